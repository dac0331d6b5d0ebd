// tests/interop/interop_server, the fixture on the bare library whose events its source lists, and what clients of every
// version can be asked.
import { dirname, join } from "node:path";
import { after, afterEach, before } from "node:test";
import { within } from "./deadline.mjs";
import { BINARY, isReference, ServerProcess } from "./server.mjs";

export const skip = isReference && "the reference has no library to build the fixture on";
export const TRANSPORTS = { websocket: ["websocket"], polling: ["polling"], upgrade: ["polling", "websocket"] };

class InteropServer extends ServerProcess {
  constructor(args) {
    super(join(dirname(BINARY), "tests/interop/interop_server"));
    this.args = args;
  }
  commandLine() {
    return ["--port", String(this.port), ...this.args];
  }
  isReady() {
    return fetch(`${this.url}/`).then(
      () => true,
      () => false,
    );
  }
}

// Registers the server's life with the surrounding `describe`. What it returns opens clients that end with their test:
// `io` is that of any version of the client, and the options are its own.
export function useInteropServer(...args) {
  const server = new InteropServer(args),
    sockets = [];
  before(() => server.start());
  afterEach(() => {
    // The whole connection, with the namespaces that a test opened on it by itself.
    for (const { io } of sockets.splice(0)) {
      io.reconnection(false);
      io.engine.close();
    }
    server.check();
  });
  after(() => server.close());
  return (io, namespace, options = {}) => {
    const socket = io(`${server.url}${namespace}`, { forceNew: true, reconnectionDelay: 100, ...options });
    sockets.push(socket);
    return socket;
  };
}

// The arguments with which `event` comes next.
export const next = (socket, event) =>
  within(new Promise((resolve) => socket.once(event, (...args) => resolve(args))), `"${event}"`);

// The arguments of the acknowledgement.
export const acknowledged = (socket, event, ...args) =>
  within(
    new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer))),
    `the answer to "${event}"`,
  );

// The transport that a client of any version is on.
export const transportOf = (socket) => socket.io.engine.transport.name;
