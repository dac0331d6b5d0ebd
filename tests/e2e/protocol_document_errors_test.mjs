// The error tables of docs/protocol.md: each row is provoked, and what the server sends is compared with it.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { within } from "./support/deadline.mjs";
import { codeIn, codesIn, rowsOf, sectionsOf } from "./support/document.mjs";
import { Phone } from "./support/phone.mjs";
import { adminOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds, sign, tokenOf } from "./support/tokens.mjs";
import { assertError, enginePath, PollingSession, RawSocket, request } from "./support/wire.mjs";

const PROTOCOL = sectionsOf("docs/protocol.md");
const NO_CALL = "0123456789abcdef01234567";
const skip = isReference && "the page describes what this version serves; the reference serves more and less";

// Each row is provoked by what `provocations` has for it. The `excuses` say of the others why they cannot be.
function describeRows(rows, keyOf, provocations, excuses = {}) {
  it("every row is provoked or excused", () =>
    assert.deepEqual(rows.map(keyOf).sort(), [...Object.keys(provocations), ...Object.keys(excuses)].sort()));
  for (const row of rows) if (keyOf(row) in provocations) it(keyOf(row), () => provocations[keyOf(row)](row));
}

describe("the connection errors of docs/protocol.md", { skip }, () => {
  const stage = useServer();
  const crowded = useServer({ settings: { "limits.connections_per_minute": 1 } });
  const strict = useServer({ settings: { "accounts.provisioning": "strict" } });
  const pending = useServer({ settings: { "accounts.default_approval": "PENDING" } });

  async function assertRefused({ server }, token, row, namespace = "/user") {
    const phone = new Phone(server, namespace, { auth: { token } });
    const error = await phone.connect().then(
      () => assert.fail("it was let in"),
      (refusal) => refusal,
    );
    phone.close();
    assert.deepEqual(
      { message: error.message, data: error.data },
      { message: codeIn(row.message), data: { code: codeIn(row["`data.code`"]) } },
    );
  }
  const user = () => stage.account("USER");
  describeRows(rowsOf(PROTOCOL, "message", "Connection errors"), ({ message }) => codeIn(message), {
    "Too many connection attempts. Please wait.": async (row) => {
      await crowded.user();
      await assertRefused(crowded, undefined, row);
    },
    "Authentication token required": (row) => assertRefused(stage, undefined, row),
    "Invalid or expired token": (row) => assertRefused(stage, sign({ userId: "uma", exp: nowSeconds() - 60 }), row),
    "Access denied": (row) => assertRefused(stage, tokenOf(user()), row, "/telecaller"),
    "Account not found": (row) => assertRefused(strict, tokenOf(user()), row),
    "Account not approved. Please wait for admin approval.": (row) =>
      assertRefused(pending, tokenOf(stage.account("TELECALLER")), row, "/telecaller"),
    "Account suspended. Please contact support.": async (row) => {
      const account = user();
      await adminOf(stage).put(`/accounts/${account.id}`, { accountStatus: "SUSPENDED" });
      await assertRefused(stage, tokenOf(account), row);
    },
  });
});

describe("the error codes of docs/protocol.md", { skip }, () => {
  const stage = useServer({
    settings: {
      "calls.reconnect_grace": "30s",
      "limits.call_initiate_per_minute": null,
      "limits.call_accept_per_minute": null,
    },
  });
  const pending = useServer({ settings: { "accounts.default_approval": "PENDING" } });
  const prepaid = useServer({ settings: { "billing.mode": "prepaid" } });

  // What an ADMIN writes of the account closes the phone with the row's error.
  async function assertClosing(phone, fields, row) {
    await adminOf(stage).patch(`/accounts/${phone.id}`, fields);
    assert.deepEqual(await phone.next("error"), { message: codeIn(row.message), code: codeIn(row.code) });
    assert.equal(codeIn(row.event), "error");
    assert.equal(await phone.closed, "io server disconnect");
  }

  // The refusal of `event` is the row's, in the acknowledgement and in one of the row's events.
  async function assertRefusal(phone, event, payload, row, name) {
    const error = { code: codeIn(row.code), message: codeIn(row.message).replace("{name}", name) };
    assert.deepEqual(await phone.ask(event, payload), { ok: false, error });
    const told = event === "call:initiate" ? "call:error" : "error";
    assert.ok(codesIn(row.event).includes(told), `${told} is documented`);
    assert.deepEqual(await phone.next(told), {
      ...error,
      ...(payload.callId?.length === 24 && { callId: payload.callId }),
    });
  }
  const calling = (telecaller) => ({ telecallerId: telecaller.id, callType: "AUDIO" });
  const initiate = async (payload, row, name) => assertRefusal(await stage.user(), "call:initiate", payload, row, name);
  const both = async () => [await stage.user(), await stage.telecaller()];

  describeRows(
    rowsOf(PROTOCOL, "code", "Errors"),
    ({ message }) => codeIn(message),
    {
      "Too many call attempts. Please wait a moment.": async (row) => {
        const user = await stage.user();
        for (let attempt = 0; attempt < 5; attempt++) {
          await user.ask("call:initiate", {});
          await user.next("call:error");
        }
        await assertRefusal(user, "call:initiate", {}, row);
      },
      "Too many requests. Please wait.": async (row) => {
        const tess = await stage.telecaller();
        for (let attempt = 0; attempt < 20; attempt++) {
          await tess.ask("call:accept", { callId: NO_CALL });
          await tess.next("error");
        }
        await assertRefusal(tess, "call:accept", { callId: NO_CALL }, row);
      },
      "Invalid call request": (row) => initiate({ callType: "AUDIO" }, row),
      "Invalid call type": (row) => initiate({ telecallerId: "tess", callType: "SCREEN" }, row),
      "Invalid call ID": async (row) => assertRefusal(await stage.user(), "call:end", { callId: "7" }, row),
      "Your account is not available. Please contact support.": async (row) => {
        const account = pending.account("USER"),
          token = (role, iat) => ({ token: sign({ userId: account.id, role, iat }) });
        const user = await pending.phone(account, { auth: token("USER", nowSeconds() - 9) });
        const phone = new Phone(pending.server, "/telecaller", { account, auth: token("TELECALLER", nowSeconds()) });
        await assert.rejects(phone.connect(), { message: "Account not approved. Please wait for admin approval." });
        phone.close();
        await assertRefusal(user, "call:initiate", { telecallerId: "tess", callType: "AUDIO" }, row);
        await assertRefusal(user, "call:refresh-token", { callId: NO_CALL }, row);
      },
      "This person is no longer available for calls.": (row) =>
        initiate({ telecallerId: "nobody", callType: "AUDIO" }, row),
      "{name} is currently offline. Please try again later.": async (row) => {
        const tess = await stage.telecaller();
        tess.hangUpConnection();
        const user = await stage.user();
        while ((await user.done("presence:list")).telecallers.some(({ _id }) => _id === tess.id));
        await assertRefusal(user, "call:initiate", calling(tess), row, "Tess");
      },
      "{name} is busy on another call. Please try again later.": async (row) => {
        const [user, tess] = await both();
        await talk(user, tess);
        await initiate(calling(tess), row, "Tess");
      },
      "{name} is currently unavailable. Please try again later.": async (row) => {
        const tess = await stage.telecaller({ droppable: true });
        await tess.drop();
        // Until the server has seen the loss the phone rings in vain.
        for (;;) {
          const user = await stage.user();
          const answer = await user.ask("call:initiate", calling(tess));
          if (!answer.ok) break;
          await user.done("call:cancel", { callId: answer.callId });
        }
        await initiate(calling(tess), row, "Tess");
      },
      "You already have an active call.": async (row) => {
        const [user, tess] = await both();
        await ring(user, tess);
        await assertRefusal(user, "call:initiate", calling(await stage.telecaller()), row);
      },
      "You do not have enough coins for this call.": async (row) => {
        const user = await prepaid.user();
        await assertRefusal(user, "call:initiate", calling(await prepaid.telecaller()), row);
      },
      "Account suspended. Please contact support.": async (row) =>
        assertClosing(await stage.user(), { accountStatus: "SUSPENDED" }, row),
      "Account not approved. Please wait for admin approval.": async (row) =>
        assertClosing(await stage.telecaller(), { approvalStatus: "REJECTED" }, row),
      "Access denied": async (row) => assertClosing(await stage.user(), { role: "TELECALLER" }, row),
      "Call not found or already ended.": async (row) =>
        assertRefusal(await stage.user(), "call:cancel", { callId: NO_CALL }, row),
      "Call is no longer available.": async (row) => {
        const [user, tess] = await both(),
          callId = await talk(user, tess);
        await assertRefusal(tess, "call:reject", { callId }, row);
      },
      "Call is not active.": async (row) => {
        const [user, tess] = await both(),
          callId = await ring(user, tess);
        await assertRefusal(user, "call:end", { callId }, row);
        await assertRefusal(tess, "call:refresh-token", { callId }, row);
      },
      "Payload too large.": async (row) => {
        const user = await stage.user(),
          telecallerIds = Array.from({ length: 1001 }, (_, i) => `t${i}`);
        await user.done("presence:subscribe", { telecallerIds: telecallerIds.slice(1) });
        await assertRefusal(user, "presence:subscribe", { telecallerIds }, row);
      },
      "Invalid or expired token": async (row) => {
        const account = stage.account("USER"),
          phone = await stage.phone(account, { auth: { token: sign({ userId: account.id, exp: nowSeconds() - 3 }) } });
        assert.deepEqual(
          [codeIn(row.event), await phone.next("error")],
          ["error", { message: codeIn(row.message), code: codeIn(row.code) }],
        );
        assert.equal(await phone.closed, "io server disconnect");
      },
    },
    {
      "Something went wrong. Please try again.":
        "needs a database that fails; CallStory.NobodyHearsOfACallThatTheStoreDoesNotTake proves it",
      "An error occurred": "needs a database that fails; CallText.TwoRefusalsHaveASecondText has the words",
    },
  );
});

describe("the refusals below Socket.IO in docs/protocol.md", { skip }, () => {
  const stage = useServer({
    settings: { "server.cors_origins": ["https://app.example"], "engine.max_payload": "2KiB" },
  });
  const flooded = useServer({ settings: { "limits.handshakes_per_minute": 1 } });
  const get = (path, options) => fetch(stage.server.url + path, options);

  const engine = {
    0: { transport: "carrier-pigeon" },
    1: { sid: "nobody" },
    2: {},
    3: { transport: "websocket" },
    5: { EIO: 3 },
  };
  describeRows(
    rowsOf(PROTOCOL, "code", "Below: Engine.IO and Socket.IO"),
    ({ code }) => code,
    Object.fromEntries(
      Object.entries(engine).map(([code, query]) => [
        code,
        async (row) =>
          assertError(
            await request(stage.server, query, { method: code === "2" ? "POST" : "GET" }),
            Number(row.status),
            Number(code),
            codeIn(row.message),
          ),
      ]),
    ),
  );

  function refusedUpgrade() {
    let answer = "";
    const head = [
      "Host: x",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Origin: https://evil.example",
    ];
    return within(
      new Promise((resolve, reject) => {
        const socket = connect(stage.server.port, "127.0.0.1", () =>
          socket.write(`GET ${enginePath({ transport: "websocket" })} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`),
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
  }
  const statuses = {
    400: async () => assert.match(await refusedUpgrade(), /^HTTP\/1\.1 400 .*\r\n\r\nForbidden$/s),
    404: async () => {
      for (const path of ["/nowhere", "/socket.io?EIO=4&transport=polling"])
        assert.equal((await get(path)).status, 404, path);
    },
    405: async () => assert.equal((await get("/healthz", { method: "POST" })).status, 405),
    413: async () => {
      const session = await PollingSession.open(stage.server);
      assert.equal((await session.post(`4${"x".repeat(2048)}`)).status, 413);
      await session.send("40/nowhere,");
    },
    429: async () => {
      assert.equal((await request(flooded.server, {})).status, 200);
      const answer = await request(flooded.server, {});
      assert.deepEqual([answer.status, /^\d+$/.test(answer.headers.get("retry-after"))], [429, true]);
    },
    431: async () => assert.equal((await get("/healthz", { headers: { Cookie: "x".repeat(17 * 1024) } })).status, 431),
    500: async () => {
      const session = await PollingSession.open(stage.server);
      assert.equal((await request(stage.server, { sid: session.sid }, { method: "PUT" })).status, 500);
      await session.send("40/nowhere,");
    },
  };
  describeRows(rowsOf(PROTOCOL, "status"), ({ status }) => status, statuses);

  // Frames with an empty mask, but for the first, which has none.
  const closings = {
    1002: ({ ws }) => ws._socket.write(Buffer.from([0x81, 1, 0x37])),
    1007: ({ ws }) => ws._socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0xff])),
    1009: (raw) => raw.send(`4${"x".repeat(2048)}`),
    none: (raw) => raw.send("7"),
  };
  describeRows(
    rowsOf(PROTOCOL, "close code"),
    (row) => row["close code"],
    Object.fromEntries(
      Object.entries(closings).map(([code, provoke]) => [
        code,
        async () => {
          const raw = await RawSocket.open(stage.server);
          await raw.next();
          provoke(raw);
          assert.equal(await raw.closeCode(), code === "none" ? 1005 : Number(code));
        },
      ]),
    ),
  );
});
