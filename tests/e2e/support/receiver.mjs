// An app's backend that takes webhooks: checks the signature of each, as docs/protocol.md describes it, and remembers them.
import assert from "node:assert/strict";
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { eventually, PATIENCE_MS } from "./deadline.mjs";
import { nowSeconds } from "./tokens.mjs";

export const WEBHOOK_SECRET = "the webhook secret of the tests";

// What a receiver has to do to trust a request: some `v1` is ours, and the time is now.
export function isSignedBy(secret, header, body, toleranceSeconds = 300) {
  const parts = (header ?? "").split(",").map((part) => part.split("="));
  const [[, time]] = parts.filter(([name]) => name === "t");
  if (Math.abs(nowSeconds() - Number(time)) > toleranceSeconds) return false;
  const expected = createHmac("sha256", secret).update(`${time}.${body}`).digest();
  return parts
    .filter(([name, value]) => name === "v1" && value.length === 64)
    .some(([, value]) => timingSafeEqual(Buffer.from(value, "hex"), expected));
}

export class Receiver {
  attempts = []; // every request: {event, header, headers, url, status}
  taken = []; // the events that were answered with 2xx
  // How to answer an attempt: a status, or a function that does it by itself.
  answer = () => 200;
  #server;
  #port = 0;

  constructor({ secret = WEBHOOK_SECRET, tls } = {}) {
    this.secret = secret;
    this.tls = tls;
  }

  async open() {
    const handle = (request, response) => this.#receive(request, response);
    this.#server = this.tls ? createTlsServer(this.tls, handle) : createServer(handle);
    await new Promise((resolve, reject) =>
      this.#server.once("error", reject).listen(this.#port, "127.0.0.1", resolve),
    );
    this.#port = this.#server.address().port; // on which it comes back
    return this;
  }
  get url() {
    return `${this.tls ? "https" : "http"}://${this.tls ? "localhost" : "127.0.0.1"}:${this.#port}/hooks?from=ringback`;
  }
  get settings() {
    return {
      "webhooks.url": this.url,
      "webhooks.secret": this.secret,
      "webhooks.allow_private_addresses": true,
      "webhooks.retry_first": "100ms",
    };
  }
  async close() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request, response) {
    const chunks = [];
    request
      .on("error", () => {})
      .on("data", (chunk) => chunks.push(chunk))
      .on("end", () => {
        const body = Buffer.concat(chunks).toString(),
          header = request.headers["x-ringback-signature"],
          attempt = { event: JSON.parse(body), header, headers: request.headers, method: request.method, body, url: request.url };
        attempt.isSigned = isSignedBy(this.secret, header, body);
        this.attempts.push(attempt);
        const status = this.answer(attempt, response);
        if (typeof status !== "number") return;
        attempt.status = status;
        if (status >= 200 && status < 300) this.taken.push(attempt.event);
        response.writeHead(status).end("thank you");
      });
  }

  of(callId) {
    return this.taken.filter(({ data }) => data.call?.callId === callId);
  }
  presenceOf(id) {
    return this.taken.filter(({ data }) => data.account?._id === id).map(({ data }) => data.presence);
  }
  // Until the call has ended here: its events, as they came.
  async story(callId, ms = PATIENCE_MS) {
    await eventually(
      () => this.of(callId).some(({ type }) => type === "call.ended"),
      `the end of call ${callId} at the receiver, which has ${this.of(callId).map(({ type }) => type)}`,
      ms,
    );
    return this.of(callId).map(({ type }) => type);
  }
  assertAllSigned() {
    for (const { isSigned, header } of this.attempts) assert.ok(isSigned, `the signature ${header}`);
  }
}

export const FULL_STORY = ["call.ringing", "call.accepted", "call.ended"];
