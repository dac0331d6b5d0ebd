// Engine.IO over WebSocket, and the way there from polling.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { eventually } from "./support/deadline.mjs";
import { useServer } from "./support/stage.mjs";
import { assertError, PollingSession, RawSocket } from "./support/wire.mjs";

const NOWHERE = (n = "") => `40/nowhere${n},`,
  NO_SUCH = (n = "") => `44/nowhere${n},{"message":"Invalid namespace"}`;

// A frame with what a test wants to say about it; masked as a client's must be, unless told otherwise.
function frame(opcode, payload, { fin = true, masked = true, reserved = 0 } = {}) {
  const body = Buffer.from(payload),
    key = randomBytes(4),
    head = [(fin ? 0x80 : 0) | reserved | opcode];
  if (body.length < 126) head.push((masked ? 0x80 : 0) | body.length);
  else head.push((masked ? 0x80 : 0) | 126, body.length >> 8, body.length & 255);
  if (masked)
    body.forEach((byte, i) => {
      body[i] = byte ^ key[i % 4];
    });
  return Buffer.concat([Buffer.from(head), masked ? key : Buffer.alloc(0), body]);
}
const TEXT = 1,
  PING = 9;

describe("WebSocket", () => {
  const stage = useServer({ settings: { "engine.max_payload": "2KiB" } });
  const open = async (options) => {
    const raw = await RawSocket.open(stage.server, options);
    assert.equal((await raw.next())[0], "0");
    return raw;
  };
  const assertAlive = async (raw) => {
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH());
    raw.close();
  };

  it("carries one packet in one message, in order", async () => {
    const raw = await open();
    for (let i = 0; i < 50; i++) raw.send(NOWHERE(i));
    for (let i = 0; i < 50; i++) assert.equal(await raw.next(), NO_SUCH(i));
    raw.close();
  });

  it("takes frames in pieces, messages in fragments with a ping between them, and answers the ping", async () => {
    const raw = await open(),
      { _socket: tcp } = raw.ws;
    const pong = new Promise((resolve) => raw.ws.once("pong", (data) => resolve(data.toString())));
    const bytes = Buffer.concat([
      frame(TEXT, "40/no", { fin: false }),
      frame(PING, "are you there"),
      frame(0, "whe", { fin: false }),
      frame(0, "re,"),
    ]);
    for (const byte of bytes) tcp.write(Buffer.from([byte]));
    assert.equal(await raw.next(), NO_SUCH());
    assert.equal(await pong, "are you there");
    await assertAlive(raw);
  });

  it("selects the first subprotocol that was offered, and no extension", async () => {
    const raw = await open({ protocols: ["one", "two"], options: { perMessageDeflate: true } });
    assert.deepEqual([raw.ws.protocol, raw.ws.extensions], ["one", ""]);
    await assertAlive(raw);
  });

  const closing = [
    ["a message over max_payload", (raw) => raw.send(`4${"x".repeat(2048)}`), 1009],
    ["text that is not UTF-8", (raw) => raw.ws._socket.write(frame(TEXT, Buffer.from([0x34, 0xff, 0xfe]))), 1007],
    ["a frame without a mask", (raw) => raw.ws._socket.write(frame(TEXT, NOWHERE(), { masked: false })), 1002],
    ["a reserved bit", (raw) => raw.ws._socket.write(frame(TEXT, NOWHERE(), { reserved: 0x40 })), 1002],
    ["an unknown opcode", (raw) => raw.ws._socket.write(frame(3, NOWHERE())), 1002],
    ["a continuation of nothing", (raw) => raw.ws._socket.write(frame(0, NOWHERE())), 1002],
    ["a ping in fragments", (raw) => raw.ws._socket.write(frame(PING, "x", { fin: false })), 1002],
    ["an unknown packet", (raw) => raw.send("7"), 1005],
    ["an empty text", (raw) => raw.send(""), 1005],
    ["a client's ping packet", (raw) => raw.send("2"), 1005],
  ];
  for (const [what, send, code] of closing) {
    it(`is closed by ${what}: ${code}`, async () => {
      const raw = await open();
      send(raw);
      assert.equal(await raw.closeCode(), code);
    });
  }

  it("answers a close frame with one", async () => {
    const raw = await open();
    raw.ws.close(1000);
    assert.equal(await raw.closeCode(), 1000);
  });
});

describe("heartbeats over WebSocket", () => {
  const stage = useServer({ settings: { "engine.ping_interval": "200ms", "engine.ping_timeout": "1s" } });

  it("go on on a busy connection, and a missing pong ends it", async () => {
    const raw = await RawSocket.open(stage.server);
    await raw.next();
    for (let beats = 0; beats < 3;) {
      raw.send(NOWHERE());
      const packet = await raw.next();
      if (packet !== "2") continue;
      raw.send("3");
      beats++;
    }
    for (let packet = ""; packet !== null;) packet = await raw.next();
    await raw.closeCode();
  });
});

describe("the upgrade", () => {
  const stage = useServer();
  const begin = async () => {
    const session = await PollingSession.open(stage.server);
    return { session, raw: await RawSocket.open(stage.server, { query: { sid: session.sid } }) };
  };
  const probe = async (raw) => {
    raw.send("2probe");
    assert.equal(await raw.next(), "3probe");
  };

  it("goes by probe, a poll that is set free, and the switch", async () => {
    const { session, raw } = await begin(),
      polled = session.poll();
    await probe(raw);
    assert.deepEqual(await polled, ["6"]);
    raw.send("5");
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH());
    await assertError(await session.get(), 400, 3, "Bad request");
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH(), "the session is unharmed");
    raw.close();
  });

  it("every poll during it is set free", async () => {
    const { session, raw } = await begin();
    await probe(raw);
    for (let poll = 0; poll < 3; poll++) assert.deepEqual(await session.poll(), ["6"]);
    raw.send("5");
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH());
    raw.close();
  });

  it("loses nothing and keeps the order of what is under way", async () => {
    const { session, raw } = await begin(),
      got = [];
    await probe(raw);
    await session.send(...Array.from({ length: 10 }, (_, i) => NOWHERE(i)));
    const polled = await session.poll();
    got.push(...polled.filter((packet) => packet !== "6"));
    raw.send("5");
    for (let i = 10; i < 20; i++) raw.send(NOWHERE(i));
    while (got.length < 20) got.push(await raw.next());
    assert.deepEqual(
      got,
      Array.from({ length: 20 }, (_, i) => NO_SUCH(i)),
    );
    raw.close();
  });

  it("another WebSocket for the session is let in and closed, and the first goes on", async () => {
    const { session, raw } = await begin();
    await probe(raw);
    const during = await RawSocket.open(stage.server, { query: { sid: session.sid } });
    await during.closeCode();
    raw.send("5");
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH());
    const after = await RawSocket.open(stage.server, { query: { sid: session.sid } });
    await after.closeCode();
    raw.send(NOWHERE());
    assert.equal(await raw.next(), NO_SUCH());
    raw.close();
  });

  it("that begins with anything but a probe is closed, and polling goes on", async () => {
    for (const packet of ["4hello", "2other", "1"]) {
      const { session, raw } = await begin();
      raw.send(packet);
      await raw.closeCode();
      await session.send(NOWHERE());
      assert.deepEqual(await session.poll(), [NO_SUCH()]);
    }
  });

  it("that is given up leaves the session to polling", async () => {
    const { session, raw } = await begin();
    await probe(raw);
    raw.close();
    await session.send(NOWHERE());
    await eventually(async () => (await session.poll()).includes(NO_SUCH()), "the answer by polling");
  });
});

describe("engine.upgrade_timeout", () => {
  const stage = useServer({ settings: { "engine.upgrade_timeout": "1s" } });

  it("closes a WebSocket that does not finish, and polling goes on", async () => {
    const session = await PollingSession.open(stage.server),
      raw = await RawSocket.open(stage.server, { query: { sid: session.sid } });
    raw.send("2probe");
    assert.equal(await raw.next(), "3probe");
    await raw.closeCode();
    await session.send(NOWHERE());
    await eventually(async () => (await session.poll()).includes(NO_SUCH()), "the answer by polling");
  });
});
