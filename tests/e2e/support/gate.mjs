// A TCP relay between a phone and the server, for losing a connection the way networks lose it: without a word of
// Socket.IO or Engine.IO before the end.
import { connect, createServer } from "node:net";
import { eventually } from "./deadline.mjs";

export class Gate {
  #pairs = new Set();
  #server;

  async open(port, host) {
    this.#server = createServer((near) => {
      const far = connect(port, host),
        pair = [near, far];
      near.on("data", (bytes) => {
        pair.isPolling = bytes.subarray(0, 4).toString() === "GET ";
      });
      far.on("data", () => {
        pair.isPolling = false;
      });
      this.#pairs.add(pair);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        from.setNoDelay(true).pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
      }
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => this.#server.once("listening", resolve));
    return this.#server.address().port;
  }

  // A phone on HTTP is between two polls for a moment; a loss is only seen by the poll that waits at the server.
  polling() {
    return eventually(() => [...this.#pairs].some((pair) => pair.isPolling), "a poll that waits");
  }

  // Both sides see their connections end, and no new one gets through.
  cut() {
    this.#server.close();
    this.interrupt();
  }

  // Both sides see their connections end, and may try again.
  interrupt() {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  // Nobody sees anything, and no byte gets through any more: a phone in a tunnel.
  freeze() {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
    this.#server.removeAllListeners("connection").on("connection", (near) => {
      near.pause().on("error", () => {});
      this.#pairs.add([near, near]);
    });
  }
}
