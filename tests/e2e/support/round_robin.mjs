// A TCP proxy in front of nodes, as a balancer without sticky sessions: each connection goes to the next node in service.
import { connect, createServer } from "node:net";

export class RoundRobin {
  #next = 0;

  constructor(nodes) {
    this.inService = new Set(nodes);
    this.server = createServer((near) => {
      const all = [...this.inService];
      if (!all.length) return near.destroy();
      const far = connect(all[this.#next++ % all.length].port, "127.0.0.1");
      const end = () => {
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
    return this;
  }
  // SIGTERM to the node, which the balancer's checks have taken out of service before, and the next process in its place.
  async restart(node) {
    this.inService.delete(node);
    await node.stop();
    await node.comeBack();
    this.inService.add(node);
  }
  stop() {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
