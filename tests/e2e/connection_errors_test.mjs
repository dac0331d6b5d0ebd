// Who may connect: the checks of the contract's section 2, each with its message and code.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PATIENCE_MS } from "./support/deadline.mjs";
import { assertError } from "./support/expect.mjs";
import { nothingElse, Phone } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds, sign, tokenOf } from "./support/tokens.mjs";

const MISSING = ["UNAUTHORIZED", "Authentication token required"],
  INVALID = ["UNAUTHORIZED", "Invalid or expired token"];
const DENIED = ["ACCESS_DENIED", "Access denied"];

const stage = useServer();

async function assertRefused(namespace, { token, ...options }, [code, message]) {
  const phone = new Phone(stage.server, namespace, { auth: token === undefined ? {} : { token }, ...options });
  try {
    await phone.connect();
    assert.fail(`${namespace} let in ${token}`);
  } catch (error) {
    assert.deepEqual([error.message, error.data], [message, { code }]);
  } finally {
    phone.close();
  }
}
const claims = (more) => ({ userId: "somebody", role: "USER", iat: nowSeconds(), exp: nowSeconds() + 60, ...more });

for (const transport of ["websocket", "polling"]) {
  describe(`connection errors over ${transport}`, () => {
    for (const namespace of ["/user", "/telecaller"]) {
      it(`${namespace} without a token`, async () => {
        await assertRefused(namespace, { transport }, MISSING);
        await assertRefused(namespace, { token: "", transport }, MISSING);
      });

      it(`${namespace} with something that is no valid token`, async () => {
        const role = namespace === "/user" ? "USER" : "TELECALLER";
        for (const token of [
          "nonsense",
          "a.b.c",
          sign(claims({ role }), { secret: "another secret that is also long enough" }),
          sign(claims({ role }), { header: { alg: "none" } }),
          sign(claims({ role }), { header: { alg: "HS512", typ: "JWT" } }),
        ])
          await assertRefused(namespace, { token, transport }, INVALID);
      });

      it(`${namespace} with a token of another role`, async () => {
        for (const role of ["USER", "TELECALLER", "ADMIN"].filter((other) => `/${other.toLowerCase()}` !== namespace))
          await assertRefused(namespace, { token: tokenOf({ id: `${role}-1`, role }), transport }, DENIED);
      });
    }
  });
}

describe("tokens", () => {
  const connects = async (token, options = {}) => {
    const phone = new Phone(stage.server, "/user", { auth: token ? { token } : {}, ...options });
    await phone.connect();
    phone.close();
  };

  it("that expired are refused after a leeway of 5 s", async () => {
    await assertRefused("/user", { token: sign(claims({ exp: nowSeconds() - 10 })) }, INVALID);
    await connects(sign(claims({ exp: nowSeconds() - 1 })));
  });

  it("that are not valid yet are refused before a leeway of 5 s", async () => {
    await assertRefused("/user", { token: sign(claims({ nbf: nowSeconds() + 60 })) }, INVALID);
    await connects(sign(claims({ nbf: nowSeconds() + 2 })));
  });

  it("name the account in userId, else in sub; without a role it is a USER", async () => {
    await connects(sign({ sub: "by-sub" }));
    await connects(sign({ userId: "by-user-id", sub: "not-this" }));
    for (const id of [
      {},
      { userId: 7 },
      { userId: "" },
      { userId: "with space" },
      { userId: "x".repeat(129) },
      { userId: "ü" },
    ])
      await assertRefused("/user", { token: sign(id) }, INVALID);
  });

  it("with a role that does not exist are refused", async () => {
    await assertRefused("/user", { token: sign(claims({ role: "ROOT" })) }, INVALID);
  });

  it("may come as a bearer", async () => {
    const header = (value) => ({ transport: "polling", options: { extraHeaders: { Authorization: value } } });
    await connects(null, header(`Bearer ${sign(claims())}`));
    await assertRefused("/user", header("Bearer nonsense"), INVALID);
  });

  it("may come as a cookie from the server's own pages, and from no others", async () => {
    // Over polling: a WebSocket of a foreign page may be refused before anybody looks at its cookie.
    const headers = (more) => ({
      transport: "polling",
      options: { extraHeaders: { Cookie: `other=1; authenticationToken=${sign(claims())}`, ...more } },
    });
    await connects(null, headers({}));
    await connects(null, headers({ Origin: stage.server.url }));
    await assertRefused("/user", headers({ Origin: "https://evil.example" }), MISSING);
  });

  it("that expire while connected close the socket, which does not come back by itself", async () => {
    const account = stage.account("USER");
    const phone = await stage.phone(account, { auth: { token: sign({ userId: account.id, exp: nowSeconds() }) } });
    const error = await phone.next("error", 2 * PATIENCE_MS); // the leeway of 5 s comes first
    assertError(error, "UNAUTHORIZED", "Invalid or expired token");
    assert.equal(await phone.closed, "io server disconnect");
  });

  it("refresh the account they name", async () => {
    const user = await stage.user(),
      tess = stage.account("TELECALLER", { name: "Tess" });
    const token = (name, iat) => ({ auth: { token: sign({ userId: tess.id, role: "TELECALLER", name, iat }) } });
    (await stage.phone(tess, token("Tess", nowSeconds() - 50))).hangUpConnection();
    await user.nextPresence({ id: tess.id, account: tess }, "ONLINE");
    await user.nextPresence({ id: tess.id, account: tess }, "OFFLINE");
    (await stage.phone(tess, token("Theresa", nowSeconds() - 20))).hangUpConnection();
    const { telecaller } = await user.nextPresence({ id: tess.id, account: tess }, "ONLINE");
    assert.equal(telecaller.name, "Theresa");
    await user.nextPresence({ id: tess.id, account: tess }, "OFFLINE");
    await stage.phone(tess, token("Tess of old", nowSeconds() - 40));
    assert.equal((await user.nextPresence({ id: tess.id, account: tess }, "ONLINE")).telecaller.name, "Theresa");
  });
});

describe("namespaces", () => {
  it("that do not exist are refused by the official message", async () => {
    const phone = new Phone(stage.server, "/nowhere", {});
    await assert.rejects(phone.connect(), { message: "Invalid namespace" });
    phone.close();
  });

  it("a refused client may try again on the same connection", async () => {
    const account = stage.account("USER", { name: "Uma" });
    const phone = new Phone(stage.server, "/user", { account, auth: {} });
    await assert.rejects(phone.connect(), { message: "Authentication token required" });
    phone.socket.auth = { token: tokenOf(account) };
    await new Promise((resolve) => phone.socket.once("connect", resolve).connect());
    await nothingElse(phone);
    phone.close();
  });

  it("one connection may join /user and /telecaller with the tokens of two accounts", async () => {
    const user = stage.account("USER"),
      tess = stage.account("TELECALLER");
    const phone = await stage.phone(user);
    const other = phone.socket.io.socket("/telecaller", { auth: { token: tokenOf(tess) } });
    await new Promise((resolve, reject) => other.once("connect", resolve).once("connect_error", reject));
    const incoming = new Promise((resolve) => other.once("call:incoming", resolve));
    const { callId } = await phone.done("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
    assert.equal((await incoming).callId, callId);
    other.disconnect();
    assert.equal((await phone.next("call:ringing")).callId, callId);
    assert.equal((await phone.next("call:missed")).callId, callId);
    await nothingElse(phone);
  });
});

describe("a telecaller who waits for approval", () => {
  const strict = useServer({ settings: { "accounts.default_approval": "PENDING" } });

  it("is not let in", async () => {
    await assert.rejects(strict.telecaller(), {
      message: "Account not approved. Please wait for admin approval.",
      data: { code: "NOT_APPROVED" },
    });
  });
});

describe("strict provisioning", () => {
  const strict = useServer({ settings: { "accounts.provisioning": "strict" } });

  it("does not know an account from its token alone", async () => {
    await assert.rejects(strict.user(), { message: "Account not found", data: { code: "ACCOUNT_NOT_FOUND" } });
  });
});

describe("issuer and audience", () => {
  const picky = useServer({
    settings: { "auth.issuer": "the app", "auth.audience": "ringback", "auth.require_exp": true },
  });
  const good = { iss: "the app", aud: "ringback", exp: nowSeconds() + 600 };

  it("must be the configured ones, and exp be there when it is required", async () => {
    const connect = async (more) => {
      const account = picky.account("USER");
      return picky.phone(account, { auth: { token: sign({ userId: account.id, ...good, ...more }) } });
    };
    await connect({});
    await connect({ aud: ["other", "ringback"] });
    for (const bad of [
      { iss: "another" },
      { iss: undefined },
      { aud: "another" },
      { aud: undefined },
      { exp: undefined },
    ])
      await assert.rejects(connect(bad), { message: "Invalid or expired token" });
  });
});
