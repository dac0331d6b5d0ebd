// REST as an operator's program would use it. Every answer is held against the server's own /openapi.json.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import Ajv from "ajv/dist/2020.js";
import { tokenOf } from "./tokens.mjs";

const described = new WeakMap(); // server → its description, with compiled schemas

async function describe(server) {
  const answer = await fetch(`${server.url}/openapi.json`);
  assert.equal(answer.status, 200, "/openapi.json");
  assert.match(answer.headers.get("content-type"), /^application\/json/);
  const document = await answer.json();
  // Schemas refer to each other by their place in the document, so it is one schema with many parts.
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema(document, "openapi");
  const compiled = new Map();
  const check = (pointer, value, what) => {
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `openapi${pointer}` }));
    const holds = compiled.get(pointer);
    assert.ok(holds(value), `${what}: ${JSON.stringify(value)}: ${ajv.errorsText(holds.errors)}`);
  };
  return { document, check, answered: new Set() };
}

export class Rest {
  // `account`: who asks; null: somebody without a token.
  constructor(server, account) {
    Object.assign(this, { server, account });
  }

  // The answer's `status`, `headers` and parsed `body`. `path` is below /api/v1.
  async ask(method, path, { body, headers = {}, token = this.account && tokenOf(this.account) } = {}) {
    await this.server.settle?.(); // another node may be asked than the one that is still writing
    const answer = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    if (method !== "GET") await this.server.settle?.(); // what was written is known to the others too
    const result = { status: answer.status, headers: answer.headers, body: await answer.json() };
    await this.#assertDescribed(method, path, result);
    return result;
  }

  async #assertDescribed(method, path, { status, headers, body }) {
    if (!described.has(this.server)) described.set(this.server, describe(this.server));
    const { document, check, answered } = await described.get(this.server);
    const what = `${method} ${path} → ${status}`;
    if (status !== 200) {
      assert.equal(headers.get("content-type"), "application/problem+json", what);
      assert.equal(body.status, status, what);
      return check("#/components/schemas/problem", body, what);
    }
    const [plain] = path.split("?");
    const route = Object.keys(document.paths).find((pattern) =>
      new RegExp(`^${pattern.replace(/\{[^}]*\}/g, "[^/]+")}$`).test(plain),
    );
    const { schema } = document.paths[route][method.toLowerCase()].responses[200].content["application/json"];
    assert.equal(headers.get("content-type"), "application/json", what);
    check(schema.$ref, body, what);
    answered.add(`${method} ${route}`);
  }

  // The body of an answer that must be 200.
  async get(path, method = "GET", options) {
    const { status, body } = await this.ask(method, path, options);
    assert.equal(status, 200, `${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }
  put(path, body) {
    return this.get(path, "PUT", { body });
  }
  patch(path, body) {
    return this.get(path, "PATCH", { body });
  }
  addCoins(id, amount, key = randomUUID(), reason = "a test") {
    return this.get(`/accounts/${id}/coins`, "POST", { body: { amount, reason }, headers: { "idempotency-key": key } });
  }

  // Asks, and must be refused.
  async refused(status, code, method, path, options) {
    const answer = await this.ask(method, path, options);
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${method} ${path}`);
    return answer;
  }

  // Every item of a list, page by page.
  async all(path, limit) {
    const items = [];
    for (let cursor = ""; cursor !== null;) {
      const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
      const page = await this.get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
      assert.ok(page.items.length <= limit, "a page is within its limit");
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }
}

// The operations of the server's description that no request of a test has been answered by with 200 so far.
export async function unansweredOf(server) {
  const { document, answered } = await described.get(server);
  const all = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
  );
  return all.filter((operation) => !answered.has(operation));
}

export const adminOf = (stage) => new Rest(stage.server, stage.account("ADMIN", { name: "Root" }));
