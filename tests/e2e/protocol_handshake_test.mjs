// Engine.IO: opening a session, and how a request is refused.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { assertError, enginePath, PollingSession, RawSocket, request, textOf } from "./support/wire.mjs";

const KEYS = ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"];

describe("the handshake", () => {
  const stage = useServer();

  it("over polling is one OPEN packet with five keys in their order", async () => {
    const answer = await request(stage.server, {});
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("set-cookie"), null);
    const text = await textOf(answer);
    assert.equal(text[0], "0");
    const { sid, ...rest } = JSON.parse(text.slice(1));
    assert.deepEqual(Object.keys(JSON.parse(text.slice(1))), KEYS);
    assert.match(sid, /^[A-Za-z0-9_-]{20}$/);
    assert.deepEqual(rest, { upgrades: ["websocket"], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 });
  });

  it("over WebSocket is the same without upgrades", async () => {
    const raw = await RawSocket.open(stage.server),
      text = await raw.next();
    assert.equal(text[0], "0");
    const open = JSON.parse(text.slice(1));
    assert.deepEqual(Object.keys(open), KEYS);
    assert.deepEqual(open.upgrades, []);
    raw.close();
  });

  it("gives every session an id of its own", async () => {
    const sessions = await Promise.all(Array.from({ length: 50 }, () => PollingSession.open(stage.server)));
    assert.equal(new Set(sessions.map(({ sid }) => sid)).size, 50);
  });

  it("keeps other query keys out of the way, and takes a longer path", async () => {
    await textOf(await request(stage.server, { t: "abc123", token: "x", "": "y" }));
    await textOf(await fetch(`${stage.server.url}/socket.io/default/?EIO=4&transport=polling`));
  });

  it("of the path without its slash is 404", async () => {
    assert.equal((await fetch(`${stage.server.url}/socket.io?EIO=4&transport=polling`)).status, 404);
  });

  const refusals = [
    ["an unknown transport", "GET", { transport: "tobi" }, 0, "Transport unknown"],
    ["a transport named like a property", "GET", { transport: "__proto__" }, 0, "Transport unknown"],
    ["WebTransport over HTTP", "GET", { transport: "webtransport" }, 0, "Transport unknown"],
    ["an unknown session", "GET", { sid: "test" }, 1, "Session ID unknown"],
    ["a post to an unknown session", "POST", { sid: "x".repeat(20) }, 1, "Session ID unknown"],
    ["a post without a session", "POST", {}, 2, "Bad handshake method"],
    ["a put without a session", "PUT", {}, 2, "Bad handshake method"],
    ["the WebSocket transport without an upgrade", "GET", { transport: "websocket" }, 3, "Bad request"],
    ["Engine.IO version 3", "GET", { EIO: 3 }, 5, "Unsupported protocol version"],
    ["Engine.IO version 5", "GET", { EIO: 5 }, 5, "Unsupported protocol version"],
  ];
  for (const [what, method, query, code, message] of refusals)
    it(`refuses ${what}: ${code}`, async () =>
      assertError(await request(stage.server, query, { method }), 400, code, message));

  it("refuses a request without a transport: 0, and without a version: 5", async () => {
    await assertError(await fetch(`${stage.server.url}/socket.io/?EIO=4`), 400, 0, "Transport unknown");
    await assertError(
      await fetch(`${stage.server.url}/socket.io/?transport=polling`),
      400,
      5,
      "Unsupported protocol version",
    );
  });

  it("refuses another version or transport for a session that is there: 3", async () => {
    const session = await PollingSession.open(stage.server);
    await assertError(await request(stage.server, { sid: session.sid, EIO: 3 }), 400, 3, "Bad request");
    const raw = await RawSocket.open(stage.server),
      { sid } = JSON.parse((await raw.next()).slice(1));
    await assertError(await request(stage.server, { sid }), 400, 3, "Bad request");
    raw.send("40/nowhere,");
    assert.equal(await raw.next(), '44/nowhere,{"message":"Invalid namespace"}', "the session is unharmed");
    raw.close();
  });

  // What the `ws` client cannot send: an upgrade that must fail, read as plain HTTP.
  const upgrade = (path) =>
    within(
      new Promise((resolve, reject) => {
        let answer = "";
        const socket = connect(stage.server.port, "127.0.0.1", () =>
          socket.write(
            `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n` +
              "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
          ),
        );
        socket
          .setEncoding("latin1")
          .on("data", (chunk) => {
            answer += chunk;
          })
          .on("end", () => resolve(answer))
          .on("error", reject);
      }),
      "the end of a refused upgrade",
    );

  for (const [what, query] of [
    ["an unknown transport", { transport: "tobi" }],
    ["an unknown session", { transport: "websocket", sid: "test" }],
  ]) {
    it(`refuses a WebSocket with ${what} by 400 and the end of the connection`, async () => {
      assert.match(await upgrade(enginePath(query)), /^HTTP\/1\.1 400 /);
    });
  }

  const skip = isReference && "the reference refuses it after 101";
  it("refuses a WebSocket of another version", { skip }, async () => {
    await assert.rejects(RawSocket.open(stage.server, { query: { EIO: 3 } }));
  });

  it("refuses a WebSocket on a foreign path", async () => {
    assert.doesNotMatch(await upgrade("/elsewhere?EIO=4&transport=websocket"), /^HTTP\/1\.1 101/);
  });
});

for (const [transports, upgrades] of [
  [["polling"], []],
  [["websocket"], null],
]) {
  describe(`engine.transports ${JSON.stringify(transports)}`, () => {
    const stage = useServer({ settings: { "engine.transports": transports } });

    it("offers and takes these only", async () => {
      if (upgrades) {
        assert.deepEqual((await PollingSession.open(stage.server)).handshake.upgrades, upgrades);
        await assert.rejects(RawSocket.open(stage.server));
      } else {
        await assertError(await request(stage.server, {}), 400, 0, "Transport unknown");
        (await RawSocket.open(stage.server)).close();
      }
    });
  });
}
