// JSON Web Tokens by hand (RFC 7519, HS256), so that a test can also make the ones that a library refuses to make.
import { createHmac, timingSafeEqual } from "node:crypto";

export const SECRET = "a secret of the tests, longer than 32 bytes";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const mac = (text, secret) => createHmac("sha256", secret).update(text).digest();
export const nowSeconds = () => Math.floor(Date.now() / 1000);

export function sign(claims, { secret = SECRET, header = { alg: "HS256", typ: "JWT" } } = {}) {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${header.alg === "none" ? "" : mac(text, secret).toString("base64url")}`;
}

// The token that an app's login would issue for an account.
export function tokenOf({ id, role, name, profile, language, about }) {
  return sign({ userId: id, role, name, profile, language, about, iat: nowSeconds(), exp: nowSeconds() + 3600 });
}

// The claims of a token whose signature holds; throws otherwise.
export function verified(token, secret) {
  const [head, body, signature] = token.split(".");
  const { alg } = JSON.parse(Buffer.from(head, "base64url"));
  if (alg !== "HS256") throw new Error(`algorithm ${alg}`);
  if (!timingSafeEqual(mac(`${head}.${body}`, secret), Buffer.from(signature, "base64url")))
    throw new Error("wrong signature");
  return JSON.parse(Buffer.from(body, "base64url"));
}
