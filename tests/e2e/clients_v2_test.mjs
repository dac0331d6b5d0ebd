// The JavaScript client of Socket.IO 2.x, which speaks Engine.IO v3, against a server that allows it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io as current } from "socket.io-client";
import io from "socket.io-client-2";
import { CONVERSATION, settled } from "./support/conversation.mjs";
import { acknowledged, next, skip, TRANSPORTS, useInteropServer } from "./support/interop.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

describe("clients of Socket.IO 2", { skip }, () => {
  const open = useInteropServer("--eio3");

  for (const [name, transports] of Object.entries(TRANSPORTS))
    describe(name, () => {
      const connect = () => settled(open(io, "/", { transports }), name === "polling" ? name : "websocket");
      for (const [behaviour, test] of Object.entries(CONVERSATION)) it(behaviour, () => test(connect));
    });

  it("bring the query of a namespace as auth, and get what refuses them as an error", async () => {
    const guest = open(io, "/guarded?token=open%20sesame&lang=%C3%A9");
    assert.deepEqual(await next(guest, "welcome"), [
      { nsp: "/guarded", auth: { token: "open sesame", lang: "é" } },
    ]);
    assert.deepEqual(await next(open(io, "/guarded?token=wrong"), "error"), [{ code: 401, hint: "ask at the door" }]);
    assert.deepEqual(await next(open(io, "/nowhere"), "error"), ["Invalid namespace"]);
  });

  it("know their id in each namespace", async () => {
    const main = open(io, "/"),
      quiet = main.io.socket("/quiet");
    await Promise.all([next(main, "welcome"), next(quiet, "connect")]);
    assert.match(main.id, /^[\w-]{20}$/);
    assert.equal(quiet.id, `/quiet#${main.id}`);
    // The id is a room: what is said to it reaches its bearer alone.
    const heard = [];
    main.on("news", () => heard.push("main"));
    quiet.on("news", () => heard.push("quiet"));
    await acknowledged(quiet, "say", { room: quiet.id, event: "news", args: [] });
    await acknowledged(main, "say", { room: main.id, event: "news", args: [] });
    assert.deepEqual(heard, ["quiet", "main"]);
  });

  it("hear the same broadcasts as current clients", async () => {
    const old = open(io, "/"),
      recent = open(current, "/");
    await Promise.all([next(old, "welcome"), next(recent, "welcome")]);
    for (const speaker of [old, recent]) {
      const both = Promise.all([next(old, "news"), next(recent, "news")]);
      speaker.emit("say", { event: "news", args: ["é🚀", [1, null]] });
      assert.deepEqual(await both, [["é🚀", [1, null]], ["é🚀", [1, null]]]);
    }
  });

  it("leave a namespace and keep their connection", async () => {
    const main = open(io, "/"),
      quiet = main.io.socket("/quiet");
    await Promise.all([next(main, "welcome"), next(quiet, "connect")]);
    quiet.close();
    assert.deepEqual(await acknowledged(main, "echo", 1), [1]);
    quiet.open();
    await next(quiet, "connect");
    assert.deepEqual(await acknowledged(quiet, "echo", 2), [2]);
  });
});

describe("a server that does not allow Socket.IO 2", { skip }, () => {
  const open = useInteropServer();

  it("refuses its clients", async () => {
    for (const transports of Object.values(TRANSPORTS)) {
      const [error] = await next(open(io, "/", { transports, reconnection: false }), "connect_error");
      assert.match(String(error), /xhr poll error|websocket error/);
    }
  });
});

describe("clients of Socket.IO 2 as phones", { skip: isReference && "Engine.IO v3" }, () => {
  const stage = useServer({ settings: { "engine.allow_eio3": true } });

  it("call and are called", async () => {
    const tess = await stage.telecaller();
    const account = stage.account("USER", { name: "Uma" });
    const uma = io(`${stage.server.url}/user?token=${tokenOf(account)}`, { forceNew: true, transports: ["websocket"] });
    try {
      await next(uma, "connect");
      const [{ ok, callId }] = await acknowledged(uma, "call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      assert.equal(ok, true);
      await tess.next("call:incoming");
      const accepted = next(uma, "call:accepted");
      tess.emit("call:accept", { callId });
      assert.equal((await accepted)[0].callId, callId);
    } finally {
      uma.disconnect();
    }
  });

  it("are refused with the error's data", async () => {
    const stranger = io(`${stage.server.url}/user?token=nonsense`, { forceNew: true, transports: ["websocket"] });
    try {
      assert.equal((await next(stranger, "error"))[0].code, "UNAUTHORIZED");
    } finally {
      stranger.disconnect();
    }
  });
});
