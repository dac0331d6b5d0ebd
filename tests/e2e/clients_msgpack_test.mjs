// Clients of socket.io-msgpack-parser, and the default ones beside them, against a server of their parser.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { CONVERSATION, settled } from "./support/conversation.mjs";
import { acknowledged, next, skip, TRANSPORTS, useInteropServer } from "./support/interop.mjs";

for (const [kind, args, options] of [
  ["of the msgpack parser", ["--msgpack"], { parser }],
  ["of the default parser", [], {}],
])
  describe(`clients ${kind}`, { skip }, () => {
    const open = useInteropServer(...args);
    const start = (namespace, more = {}) => open(io, namespace, { ...options, ...more });

    for (const [name, transports] of Object.entries(TRANSPORTS))
      describe(name, () => {
        const connect = () => settled(start("/", { transports }), name === "polling" ? name : "websocket");
        for (const [behaviour, test] of Object.entries(CONVERSATION)) it(behaviour, () => test(connect));
      });

    it("are admitted to a namespace, or refused with a reason and data", async () => {
      const guest = start("/guarded", { auth: { token: "open sesame", more: [1, "é"] } });
      assert.deepEqual(await next(guest, "welcome"), [
        { nsp: "/guarded", auth: { token: "open sesame", more: [1, "é"] } },
      ]);
      const [error] = await next(start("/guarded", { auth: { token: "wrong" } }), "connect_error");
      assert.equal(error.message, "not authorized");
      assert.deepEqual(error.data, { code: 401, hint: "ask at the door" });
      const [unknown] = await next(start("/nowhere"), "connect_error");
      assert.equal(unknown.message, "Invalid namespace");
    });

    it("share a connection between namespaces", async () => {
      const main = start("/"),
        quiet = main.io.socket("/quiet");
      await Promise.all([next(main, "welcome"), next(quiet, "connect")]);
      const heard = [];
      quiet.on("news", (text) => heard.push(`quiet ${text}`));
      main.on("news", (text) => heard.push(`main ${text}`));
      await acknowledged(quiet, "say", { event: "news", args: ["one"] });
      await acknowledged(main, "say", { event: "news", args: ["two"] });
      assert.deepEqual(heard, ["quiet one", "main two"]);
    });
  });

describe("clients of another parser than the server's", { skip }, () => {
  for (const [args, options] of [
    [["--msgpack"], {}],
    [[], { parser }],
  ])
    describe(args.length ? "the server has msgpack" : "the server has the default", () => {
      const open = useInteropServer(...args);
      it("are disconnected, and the server goes on", async () => {
        const stranger = open(io, "/", { ...options, reconnection: false, transports: ["websocket"] });
        await new Promise((resolve) => stranger.io.once("close", resolve));
        assert.equal(stranger.connected, false);
        const guest = open(io, "/", args.length ? { parser } : {});
        await next(guest, "welcome");
      });
    });
});
