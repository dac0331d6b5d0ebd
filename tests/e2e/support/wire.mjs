// Engine.IO by hand, below every client library: what the protocol documents say, byte by byte.
import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { PATIENCE_MS, within } from "./deadline.mjs";

export const SEPARATOR = "\x1e";

export const enginePath = (query = {}) => `/socket.io/?${new URLSearchParams({ EIO: 4, ...query })}`;

// One HTTP request of the polling transport.
export function request(server, query, options) {
  return fetch(server.url + enginePath({ transport: "polling", ...query }), options);
}

// The text of an answer that must be 200.
export async function textOf(answer) {
  assert.equal(answer.status, 200, `${answer.status} ${answer.statusText}`);
  return answer.text();
}

export async function assertError(answer, status, code, message) {
  assert.equal(answer.status, status);
  assert.match(answer.headers.get("content-type"), /^application\/json/);
  assert.equal(await answer.text(), JSON.stringify({ code, message }));
}

// A polling session whose every request the test makes itself.
export class PollingSession {
  static async open(server) {
    const session = new PollingSession();
    session.server = server;
    const text = await textOf(await request(server, {}));
    assert.equal(text[0], "0");
    session.handshake = JSON.parse(text.slice(1));
    session.sid = session.handshake.sid;
    return session;
  }
  get(options) {
    return request(this.server, { sid: this.sid }, options);
  }
  post(body, options = {}) {
    return request(this.server, { sid: this.sid }, { method: "POST", body, ...options });
  }
  async poll() {
    return (await textOf(await this.get())).split(SEPARATOR);
  }
  async send(...packets) {
    assert.equal(await textOf(await this.post(packets.join(SEPARATOR))), "ok");
  }
  async assertGone() {
    await assertError(await this.get(), 400, 1, "Session ID unknown");
  }
}

// A WebSocket and its messages in order.
export class RawSocket {
  #arrived = [];
  #waiting = null;

  static async open(server, { query = {}, protocols = [], options = {} } = {}) {
    const raw = new RawSocket();
    raw.ws = new WebSocket(
      server.url.replace("http", "ws") + enginePath({ transport: "websocket", ...query }),
      protocols,
      options,
    );
    raw.ws.on("message", (bytes, isBinary) => raw.#put(isBinary ? bytes : bytes.toString()));
    raw.closed = new Promise((resolve) => raw.ws.on("close", (code) => resolve(code)));
    raw.closed.then(() => raw.#put(null));
    await within(
      new Promise((resolve, reject) => raw.ws.once("open", resolve).once("error", reject)),
      "a WebSocket handshake",
    );
    raw.ws.on("error", () => {});
    return raw;
  }
  #put(message) {
    this.#arrived.push(message);
    this.#waiting?.();
  }
  // The next message; null once it is closed.
  async next() {
    if (!this.#arrived.length)
      await within(
        new Promise((resolve) => {
          this.#waiting = resolve;
        }),
        "a WebSocket message",
      );
    return this.#arrived[0] === null ? null : this.#arrived.shift();
  }
  send(message) {
    this.ws.send(message);
  }
  // The close code, once what came before has been read away.
  closeCode() {
    return within(this.closed, "the end of the WebSocket");
  }
  close() {
    this.ws.terminate();
  }
}

// Either transport as a stream of packets, for what holds on both.
export class Wire {
  #polled = [];

  static async open(server, transport) {
    const wire = new Wire();
    if (transport === "websocket") {
      wire.socket = await RawSocket.open(server);
      wire.handshake = JSON.parse((await wire.socket.next()).slice(1));
    } else {
      wire.session = await PollingSession.open(server);
      wire.handshake = wire.session.handshake;
    }
    return wire;
  }
  async send(...packets) {
    if (this.socket) for (const packet of packets) this.socket.send(packet);
    else
      await this.session.post(
        packets
          .map((packet) => (typeof packet === "string" ? packet : `b${packet.toString("base64")}`))
          .join(SEPARATOR),
      );
  }
  // The next packet but heartbeats; null once the server has closed.
  async next() {
    for (;;) {
      const packet = await (this.socket ? this.socket.next() : this.#nextPolled());
      if (packet === "2") await this.send("3");
      else return packet;
    }
  }
  async #nextPolled() {
    while (!this.#polled.length) {
      const answer = await within(this.session.get(), "a poll", PATIENCE_MS);
      if (answer.status === 400) return null;
      const packets = (await answer.text()).split(SEPARATOR).filter((packet) => packet !== "6");
      this.#polled.push(...packets.map((packet) => (packet === "1" ? null : packet)));
    }
    return this.#polled[0] === null ? null : this.#polled.shift();
  }
  // Joins a namespace, and gives the id of the socket there.
  async join(namespace, auth) {
    await this.send(`40${namespace},${JSON.stringify(auth)}`);
    const packet = await this.next(),
      start = `40${namespace},`;
    assert.ok(packet?.startsWith(start), `joined ${namespace}: ${packet}`);
    const reply = JSON.parse(packet.slice(start.length));
    assert.deepEqual(Object.keys(reply), ["sid"]);
    return reply.sid;
  }
  close() {
    this.socket?.close();
  }
}
