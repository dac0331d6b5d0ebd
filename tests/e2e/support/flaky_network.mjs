// A TCP proxy in front of a server that cuts connections as a network does: without a word to either side's protocol.
import { createServer, connect } from "node:net";

export class FlakyNetwork {
  #connections = new Set();

  constructor(port) {
    this.server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      const connection = { near, far };
      this.#connections.add(connection);
      const end = () => {
        this.#connections.delete(connection);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.setNoDelay(true).on("error", end).on("close", end);
      near.pipe(far).pipe(near);
    });
  }

  async start() {
    this.server.listen(0, "127.0.0.1", 4096);
    await new Promise((resolve) => this.server.once("listening", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  get size() {
    return this.#connections.size;
  }

  // Each connection with that probability, from 0 to 1. How many they were.
  cut(probability) {
    let count = 0;
    for (const { near, far } of [...this.#connections]) {
      if (Math.random() >= probability) continue;
      count++;
      near.destroy();
      far.destroy();
    }
    return count;
  }

  stop() {
    this.cut(1);
    return new Promise((resolve) => this.server.close(resolve));
  }
}
