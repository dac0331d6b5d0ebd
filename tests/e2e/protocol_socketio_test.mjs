// Socket.IO packets, on both transports.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";
import { Wire } from "./support/wire.mjs";

const USER = { token: tokenOf({ id: "wire-user", role: "USER" }) };
const NO_CALL = '{"callId":"0123456789abcdef01234567"}';
const stage = useServer();

for (const transport of ["websocket", "polling"]) {
  describe(`Socket.IO over ${transport}`, () => {
    const joined = async () => {
      const wire = await Wire.open(stage.server, transport);
      wire.id = await wire.join("/user", USER);
      return wire;
    };
    // The namespace answers: an event with an acknowledgement comes back.
    const assertAlive = async (wire) => {
      await wire.send('42/user,77["presence:subscribe",{"telecallerIds":["nobody"]}]');
      assert.equal(await wire.next(), '43/user,77[{"ok":true}]');
      wire.close();
    };
    const assertClosed = async (wire) => assert.equal(await wire.next(), null, "the connection is closed");

    it("CONNECT is answered with the id of the socket, which is not the session's", async () => {
      const wire = await joined(),
        again = await joined();
      assert.match(wire.id, /^[A-Za-z0-9_-]{20}$/);
      assert.notEqual(wire.id, wire.handshake.sid);
      assert.notEqual(wire.id, again.id);
      again.close();
      await assertAlive(wire);
    });

    it("CONNECT to a namespace that does not exist is refused, and the connection stays", async () => {
      const wire = await joined();
      for (const nsp of ["/nowhere", "/user/", "/USER", "/user2", "/?a=b"]) {
        await wire.send(`40${nsp},`);
        assert.equal(await wire.next(), `44${nsp},{"message":"Invalid namespace"}`);
      }
      await assertAlive(wire);
    });

    it("a refusal carries message and data, and the client may try again", async () => {
      const wire = await Wire.open(stage.server, transport);
      for (const packet of ["40/user", "40/user,", "40/user,{}"]) {
        await wire.send(packet);
        assert.equal(
          await wire.next(),
          '44/user,{"message":"Authentication token required","data":{"code":"UNAUTHORIZED"}}',
        );
      }
      await wire.join("/user", USER);
      await assertAlive(wire);
    });

    it("DISCONNECT leaves the namespace, not the connection", async () => {
      const wire = await joined();
      await wire.send("41/user,");
      await wire.send("40/nowhere,");
      assert.equal(await wire.next(), '44/nowhere,{"message":"Invalid namespace"}');
      assert.notEqual(await wire.join("/user", USER), wire.id);
      await assertAlive(wire);
    });

    const skip = isReference && "the reference leaves a namespace one turn of its loop too late";
    it("DISCONNECT and CONNECT in one burst leave and join again", { skip }, async () => {
      const wire = await joined();
      await wire.send("41/user,", `40/user,${JSON.stringify(USER)}`);
      assert.match(await wire.next(), /^40\/user,\{"sid":/);
      await assertAlive(wire);
    });

    it("acknowledgement ids come back as they were sent", async () => {
      const wire = await joined();
      for (const id of ["0", "7", "123456", "4294967296"]) {
        await wire.send(`42/user,${id}["presence:subscribe",{}]`);
        assert.equal(await wire.next(), `43/user,${id}[{"ok":true}]`);
      }
      await assertAlive(wire);
    });

    it("an event without an acknowledgement id is not acknowledged", async () => {
      const wire = await joined();
      await wire.send(`42/user,["call:cancel",${NO_CALL}]`);
      const event = await wire.next();
      assert.ok(event.startsWith('42/user,["error",'), event);
      await assertAlive(wire);
    });

    it("unknown events, numbers as names, and acknowledgements of nothing are ignored", async () => {
      const wire = await joined();
      await wire.send(
        '42/user,["chat"]',
        '42/user,1["chat",{}]',
        '42/user,[7,"x"]',
        "43/user,5[]",
        '43/user,99999["x"]',
      );
      await assertAlive(wire);
    });

    it("binary attachments are collected, and an unknown binary event is ignored", async () => {
      const wire = await joined();
      await wire.send(
        '452-/user,["chat",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]',
        Buffer.from([1, 2]),
        Buffer.alloc(0),
      );
      await assertAlive(wire);
    });

    it("a binary event where JSON is expected is refused like any other wrong payload", async () => {
      const wire = await joined();
      await wire.send('451-/user,3["call:cancel",{"_placeholder":true,"num":0}]', Buffer.from([1]));
      const packets = [await wire.next(), await wire.next()].sort();
      assert.ok(packets[0].startsWith('42/user,["error",'), packets[0]);
      assert.equal(
        packets[1],
        '43/user,3[{"ok":false,"error":{"code":"INVALID_CALL_ID","message":"Invalid call ID"}}]',
      );
      await assertAlive(wire);
    });

    const fatal = [
      "4",
      "4abc",
      "49",
      "42/user,{}",
      "42/user,[]",
      '42/user,["a"',
      "42/user,[null]",
      "42/user,[{}]",
      "42/user,[true]",
      '42/user,["connect"]',
      '42/user,["disconnect"]',
      '42/user,["connect_error"]',
      '42/user,["disconnecting"]',
      '42/user,["newListener"]',
      '42/user,["removeListener"]',
      "43/user,1{}",
      '44/user,{"message":"x"}',
      '44/user,"x"',
      "41/user,{}",
      '40/other,"x"',
      "40/other,[]",
      '450-/user,["a"]',
      '4511-/user,["a"]',
      '45/user,["a"]',
      '45x-/user,["a"]',
      '451-/user,["a"',
      '451-/user,["a",{"_placeholder":true,"num":"0"}]',
    ];
    for (const packet of fatal) {
      it(`a packet that cannot be read closes the connection: ${packet}`, async () => {
        const wire = await joined();
        await wire.send(packet, ...(packet.endsWith("}]") ? [Buffer.from([1])] : []));
        await assertClosed(wire);
      });
    }

    it("text while attachments are awaited closes the connection", async () => {
      const wire = await joined();
      await wire.send('451-/user,["a",{"_placeholder":true,"num":0}]', '42/user,["b"]');
      await assertClosed(wire);
    });

    it("an attachment that nobody announced closes the connection", async () => {
      const wire = await joined();
      await wire.send(Buffer.from([1, 2, 3]));
      await assertClosed(wire);
    });

    it("a placeholder out of range closes the connection", async () => {
      const wire = await joined();
      await wire.send('451-/user,["a",{"_placeholder":true,"num":1}]', Buffer.from([1]));
      await assertClosed(wire);
    });

    it("a second CONNECT to a joined namespace closes the connection", async () => {
      const wire = await joined();
      await wire.send(`40/user,${JSON.stringify(USER)}`);
      await assertClosed(wire);
    });

    it("an event before CONNECT closes the connection", async () => {
      const wire = await Wire.open(stage.server, transport);
      await wire.send('42/user,["presence:list"]');
      await assertClosed(wire);
    });

    it("deep nesting is refused or ignored, and hurts nobody else", async () => {
      const wire = await joined(),
        other = await joined();
      await wire.send(`42/user,["call:initiate",${"[".repeat(100_000)}${"]".repeat(100_000)}]`);
      await assertAlive(other);
      wire.close();
    });
  });
}

describe("engine.connect_timeout", () => {
  const stage = useServer({ settings: { "engine.connect_timeout": "1s" } });

  for (const transport of ["websocket", "polling"]) {
    it(`closes a connection that joins no namespace, over ${transport}`, async () => {
      const wire = await Wire.open(stage.server, transport);
      await wire.send("40/nowhere,");
      assert.equal(await wire.next(), '44/nowhere,{"message":"Invalid namespace"}');
      assert.equal(await wire.next(), null);
    });

    it(`leaves one alone that joined and left, over ${transport}`, async () => {
      const wire = await Wire.open(stage.server, transport),
        witness = await Wire.open(stage.server, transport);
      await wire.join("/user", USER);
      await wire.send("41/user,");
      assert.equal(await witness.next(), null, "one that never joined is closed by now");
      await wire.join("/user", USER);
      wire.close();
    });
  }
});
