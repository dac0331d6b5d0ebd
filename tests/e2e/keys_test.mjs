// Tokens that a login service signs with a private key of its own, rotation while the server runs, and whose address
// counts behind a proxy.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { eventually } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds, SECRET, sign } from "./support/tokens.mjs";

const skip = isReference && "the reference knows HS256 only";

const folder = mkdtempSync(join(tmpdir(), "ringback-keys-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve = "P-256") => generateKeyPairSync("ec", { namedCurve });
const pemOf = ({ publicKey }) => publicKey.export({ type: "spki", format: "pem" });
const jwkOf = ([kid, { publicKey }]) => ({ ...publicKey.export({ format: "jwk" }), kid });
const setOf = (keys) => JSON.stringify({ keys: Object.entries(keys).map(jwkOf) });

// A file that is never seen half written.
function write(name, text) {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return file;
}

// The token of an account, signed by a private key.
function issued(account, alg, { privateKey }, header = {}) {
  const claims = { sub: account.id, role: account.role, iat: nowSeconds(), exp: nowSeconds() + 3600 };
  const text = `${encode({ alg, typ: "JWT", ...header })}.${encode(claims)}`;
  const how = alg.startsWith("ES") ? { dsaEncoding: "ieee-p1363" } : {};
  const signature = signBytes(`sha${alg.slice(2)}`, Buffer.from(text), { key: privateKey, ...how });
  return `${text}.${signature.toString("base64url")}`;
}

const INVALID = { message: "Invalid or expired token", data: { code: "UNAUTHORIZED" } };

// Joins /user with a token that the key signs.
const enter = (stage, alg, key, header) => {
  const account = stage.account("USER");
  return stage.phone(account, { auth: { token: issued(account, alg, key, header) } });
};

describe("tokens of a login service", { skip }, () => {
  const signer = { rsa: rsa(), p256: ec(), p384: ec("P-384"), stranger: rsa() };
  const stage = useServer({
    settings: {
      "auth.secret": null,
      "auth.algorithms": ["RS256", "ES256", "ES384"],
      "auth.keys": [
        write("rsa.pem", pemOf(signer.rsa)),
        write("p256.pem", pemOf(signer.p256)),
        write("set.json", setOf({ named: signer.p384 })),
      ],
    },
  });

  it("are taken from RSA and EC keys, in PEM files and in a JWKS", async () => {
    for (const transport of ["websocket", "polling"]) {
      const account = stage.account("USER");
      await stage.phone(account, { transport, auth: { token: issued(account, "RS256", signer.rsa) } });
    }
    await enter(stage, "ES256", signer.p256);
    await enter(stage, "ES384", signer.p384);
    await enter(stage, "ES384", signer.p384, { kid: "named" });
  });

  it("are refused from another key, under another curve, and for a secret that everybody knows", async () => {
    await assert.rejects(enter(stage, "RS256", signer.stranger), INVALID);
    await assert.rejects(enter(stage, "ES384", signer.p256), INVALID);
    const account = stage.account("USER");
    for (const forged of [
      sign({ sub: account.id }, { secret: pemOf(signer.rsa) }),
      sign({ sub: account.id }, { secret: SECRET }),
      sign({ sub: account.id }, { header: { alg: "none" } }),
    ])
      await assert.rejects(stage.phone(account, { auth: { token: forged } }), INVALID);
  });
});

describe("rotation", { skip }, () => {
  const old = rsa(),
    next = rsa();
  const file = write("rotating.json", setOf({ old }));
  const stage = useServer({
    settings: { "auth.secret": null, "auth.algorithms": ["RS256"], "auth.keys": [file] },
  });
  const isLetIn = (key, kid) =>
    enter(stage, "RS256", key, { kid }).then(
      () => true,
      () => false,
    );

  it("takes a new key, keeps both on a broken file, and forgets the old one, while it runs", async () => {
    await enter(stage, "RS256", old, { kid: "old" });
    await assert.rejects(enter(stage, "RS256", next, { kid: "next" }), INVALID);

    write("rotating.json", setOf({ old, next }));
    await eventually(() => isLetIn(next, "next"), "the new key counting");
    await enter(stage, "RS256", old, { kid: "old" });

    write("rotating.json", "{ half a fi");
    await eventually(async () => {
      assert.ok(await isLetIn(old, "old"));
      assert.ok(!(await isLetIn(next, "unknown")));
      return /rotating\.json.*former keys stay/.test(stage.server.log);
    }, "the warning");
    await enter(stage, "RS256", next, { kid: "next" });
    assert.equal(stage.server.log.match(/former keys stay/g).length, 1, "it is told once");

    write("rotating.json", setOf({ next }));
    await eventually(async () => !(await isLetIn(old, "old")), "the old key gone", 15_000);
    await enter(stage, "RS256", next, { kid: "next" });
  });
});

describe("behind a trusted proxy", { skip }, () => {
  const stage = useServer({
    settings: { "server.trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"], "limits.connections_per_minute": 2 },
  });
  const from = (hops) => stage.user({ options: { extraHeaders: { "X-Forwarded-For": hops } } });
  const TOO_MANY = { message: "Too many connection attempts. Please wait.", data: { code: "RATE_LIMITED" } };

  it("every client has its own limit, whatever it claims itself", async () => {
    await from("203.0.113.1");
    await from("198.51.100.1, 203.0.113.1, 10.0.0.7");
    await assert.rejects(from("198.51.100.2, 203.0.113.1"), TOO_MANY);
    await from("203.0.113.2");
  });

  it("IPv6 clients count by their /64", async () => {
    await from("2001:db8:0:1::1");
    await from("[2001:db8:0:1:ffff::2]:4711");
    await assert.rejects(from("2001:db8:0:1::3"), TOO_MANY);
    await from("2001:db8:0:2::1");
  });

  it("polling clients too", async () => {
    const options = { extraHeaders: { "X-Forwarded-For": "203.0.113.3" } };
    for (let connection = 0; connection < 2; connection++) await stage.user({ transport: "polling", options });
    await assert.rejects(stage.user({ transport: "polling", options }), TOO_MANY);
  });
});

describe("handshakes behind a trusted proxy", { skip }, () => {
  const stage = useServer({
    settings: { "server.trusted_proxies": ["127.0.0.1"], "limits.handshakes_per_minute": 1 },
  });
  const handshake = async (address) =>
    (
      await fetch(`${stage.server.url}/socket.io/?EIO=4&transport=polling`, {
        headers: { "X-Forwarded-For": address },
      })
    ).status;

  it("count by client, and by /64", async () => {
    assert.equal(await handshake("203.0.113.1"), 200);
    assert.equal(await handshake("203.0.113.1"), 429);
    assert.equal(await handshake("2001:db8::1"), 200);
    assert.equal(await handshake("2001:db8::2"), 429);
    assert.equal(await handshake("2001:db8:0:1::1"), 200);
  });
});

describe("without a trusted proxy", { skip }, () => {
  const stage = useServer({ settings: { "limits.connections_per_minute": 1 } });

  it("X-Forwarded-For is not believed", async () => {
    await stage.user();
    await assert.rejects(stage.user({ options: { extraHeaders: { "X-Forwarded-For": "203.0.113.1" } } }), {
      data: { code: "RATE_LIMITED" },
    });
  });
});
