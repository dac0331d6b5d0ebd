type Emit = (name: string, payload: object) => Promise<unknown>;

interface Item {
  name: string;
  payload: object;
}

// What a phone sends to the other end of its call, in order and until the server has acknowledged it: what was under way
// when the connection broke is sent again by whoever comes back, so the other end may get it twice.
export class Outbox {
  #items: Item[] = [];
  #isOpen = false;

  constructor(private readonly emit: Emit) {}

  // Signals are for the device that has the call: while there is none, they wait.
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const item of this.#items) void this.#send(item);
  }

  close(): void {
    this.#isOpen = false;
  }

  clear(): void {
    this.#items = [];
  }

  put(name: string, payload: object): void {
    const item = { name, payload };
    this.#items.push(item);
    if (this.#isOpen) void this.#send(item);
  }

  // A refusal is an answer too: sending the same again would not help.
  async #send(item: Item): Promise<void> {
    const answer = await this.emit(item.name, item.payload);
    if (answer !== null) this.#items = this.#items.filter((other) => other !== item);
  }
}
