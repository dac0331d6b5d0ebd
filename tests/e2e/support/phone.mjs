// One device: the official client on one namespace, which keeps every event in the order in which it came.
import assert from "node:assert/strict";
import { io } from "socket.io-client";
import { PATIENCE_MS, within } from "./deadline.mjs";
import { Gate } from "./gate.mjs";
import { HERE } from "./place.mjs";

const TRANSPORT_OPTIONS = { websocket: ["websocket"], polling: ["polling"], upgrade: ["polling", "websocket"] };
export const TRANSPORTS = Object.keys(TRANSPORT_OPTIONS);

const PRESENCE = "telecaller:presence-changed";
const CONTACTS = new Set(["user:online", "user:offline"]);
let fences = 0;

// Events in order, and whoever waits for the next one.
class Inbox {
  #waiting = [];
  arrived = [];

  put(item) {
    const taker = this.#waiting.shift();
    if (taker) taker(item);
    else this.arrived.push(item);
  }
  async take(what, ms) {
    if (this.arrived.length) return this.arrived.shift();
    let taker;
    try {
      return await within(
        new Promise((resolve) => {
          taker = resolve;
          this.#waiting.push(taker);
        }),
        what,
        ms,
      );
    } catch (error) {
      this.#waiting = this.#waiting.filter((other) => other !== taker);
      throw error;
    }
  }
}

export class Phone {
  #events = new Inbox();
  #presences = new Inbox();
  #contacts = new Inbox();
  #gate = null;
  #listed = new Set(); // who was online by the last `user:list`
  seen = []; // every event that ever came: [name, ...arguments]

  // `account` is what ./stage.mjs makes; `namespace` "/user" and so on; `droppable` phones can lose their connection, and
  // those that are `recoverable` come back by themselves.
  constructor(
    server,
    namespace,
    { account, auth, transport = "websocket", droppable = false, recoverable = false, options = {}, isOfThisTest = () => true },
  ) {
    Object.assign(this, { server, namespace, account, auth, transport, recoverable, options, isOfThisTest });
    this.droppable = droppable || recoverable;
  }

  // Resolves when the namespace is joined; rejects with the client's error (`message`, `data`) when it is refused.
  async connect() {
    let { port, host } = this.server;
    if (this.droppable) [port, host] = [await (this.#gate = new Gate()).open(port, host), HERE.address];
    this.socket = io(`http://${host}:${port}${this.namespace}`, {
      auth: this.auth,
      transports: TRANSPORT_OPTIONS[this.transport],
      forceNew: true,
      reconnection: this.recoverable,
      reconnectionDelay: 100,
      ...this.options,
    });
    this.closed = new Promise((resolve) => this.socket.once("disconnect", resolve));
    this.socket.onAny((name, ...args) => this.#receive(name, args));
    await within(
      new Promise((resolve, reject) => this.socket.once("connect", resolve).once("connect_error", reject)),
      `${this.name} connecting`,
    );
    return this;
  }

  get name() {
    return `${this.account?.name ?? "somebody"} on ${this.namespace}`;
  }
  get id() {
    return this.account.id;
  }

  #receive(name, args) {
    if (this.recoverable) args.pop(); // the offset
    this.seen.push([name, ...args]);
    if (this.#isKnownAlready(name, args[0])) return;
    // Presence may come before or after what a call tells, so it is a stream of its own in both namespaces.
    if (CONTACTS.has(name)) this.#contacts.put({ name, args });
    else if (name !== PRESENCE) this.#events.put({ name, args });
    else if (this.isOfThisTest(args[0].telecallerId)) this.#presences.put(args[0]);
  }

  // The announcement of somebody who came just before us may follow the list that names them.
  #isKnownAlready(name, payload) {
    if (name === "user:list") this.#listed = new Set(payload.users.map(({ _id }) => _id));
    if (name === "user:offline") this.#listed.delete(payload.userId);
    return name === "user:online" && this.#listed.delete(payload.user._id);
  }

  // The payload of the next event of its stream, which must be `name`.
  async next(name, ms = PATIENCE_MS) {
    const event = await (CONTACTS.has(name) ? this.#contacts : this.#events).take(
      () => `${this.name} waiting for ${name}, after ${JSON.stringify(this.seen.map(([n]) => n))}`,
      ms,
    );
    assert.equal(event.name, name, `${this.name}: the next event, with ${JSON.stringify(event.args)}`);
    assert.equal(event.args.length, 1, `${this.name}: ${name} has one argument`);
    return event.args[0];
  }

  // The next change of presence, which must be of `telecaller` (a phone) to `presence`.
  async nextPresence(telecaller, presence) {
    const change = await this.#presences.take(
      () => `${this.name} waiting for ${telecaller.account.name} to be ${presence}`,
      PATIENCE_MS,
    );
    assert.deepEqual(
      [change.telecallerId, change.presence],
      [telecaller.id, presence],
      `${this.name}: the next change of presence`,
    );
    return change;
  }

  emit(event, ...args) {
    this.socket.emit(event, ...args);
  }

  // Emits and gives the acknowledgement.
  ask(event, ...args) {
    return within(this.socket.emitWithAck(event, ...args), `${this.name} waiting for the acknowledgement of ${event}`);
  }

  // Emits, and fails unless it was acknowledged with `ok: true`.
  async done(event, ...args) {
    const answer = await this.ask(event, ...args);
    assert.equal(answer.ok, true, `${this.name}: ${event} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  // A round trip through the connection and the server: what was sent to this device before has arrived after it. It
  // asks for a namespace that does not exist, which leaves no trace.
  async fence() {
    const nowhere = this.socket.io.socket(`/fence-${++fences}`);
    await within(new Promise((resolve) => nowhere.once("connect_error", resolve)), `${this.name}: a round trip`);
  }

  // No event is left that the test did not expect.
  assertNothingElse() {
    assert.deepEqual(
      [...this.#events.arrived, ...this.#contacts.arrived].map(({ name, args }) => [name, ...args]),
      [],
      `${this.name}: nothing else came`,
    );
  }
  assertNoPresence() {
    assert.deepEqual(this.#presences.arrived, [], `${this.name}: no other change of presence came`);
  }

  // The app says goodbye.
  hangUpConnection() {
    this.socket.disconnect();
  }
  // The connection is lost without a word; needs `droppable`.
  async drop() {
    if (this.transport === "polling") await this.#gate.polling();
    this.#gate.cut();
  }
  // The connection is lost; needs `recoverable`.
  async interrupt() {
    const lost = new Promise((resolve) => this.socket.once("disconnect", resolve));
    this.#gate.interrupt();
    await within(lost, `${this.name}: the loss of its connection`);
  }
  // The connection is lost and the client comes back, recovered or not; needs `recoverable`. `meanwhile` is done while
  // it is away.
  async comeBack(meanwhile = () => {}) {
    const back = new Promise((resolve) => this.socket.once("connect", resolve));
    await this.interrupt();
    await meanwhile();
    await within(back, `${this.name}: the way back`);
    return this.socket.recovered;
  }
  // The connection goes silent; needs `droppable`.
  freeze() {
    this.#gate.freeze();
  }

  close() {
    this.socket?.disconnect();
    this.#gate?.cut();
  }
}

// Nothing else came to any of these phones. Twice around, so that what one of them caused at another has arrived there.
export async function nothingElse(...phones) {
  for (let round = 0; round < 2; round++) for (const phone of phones) if (phone.socket.connected) await phone.fence();
  await phones[0]?.server.settle?.();
  for (const phone of phones) phone.assertNothingElse();
}
