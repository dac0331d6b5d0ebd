// Stands in for LiveKit's HTTP API: keeps rooms, answers the RoomService as slowly or wrongly as it is told to, and
// makes webhooks, which a test may lose, double, delay and reorder. Tokens are signed and verified by LiveKit's SDK.
import assert from "node:assert/strict";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { eventually } from "./deadline.mjs";

globalThis.crypto ??= webcrypto; // Node.js 18 has it under another name
export const sdk = await import("livekit-server-sdk");
const { AccessToken, TokenVerifier } = sdk;

export const API_KEY = "APIkeyOfTheTests",
  API_SECRET = "the LiveKit secret of the tests, long enough";

// The claims of a token, as LiveKit's own verifier reads them.
export const verifiedByLivekit = (token) => new TokenVerifier(API_KEY, API_SECRET).verify(token);

export class LivekitStandIn {
  rooms = new Map(); // by name: the identities of those in it → their connections
  asked = []; // {method: "DeleteRoom", room, grants}
  // For requests of one method: gives a status that is no 200 or, after as long as it likes, nothing.
  trouble = {};
  #http = createServer((request, response) => void this.#serve(request, response));
  #connections = 0;

  async open() {
    await new Promise((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return (this.url = `ws://127.0.0.1:${this.#http.address().port}`);
  }
  close() {
    this.#http.close();
    this.#http.closeAllConnections?.();
  }
  get settings() {
    return { "livekit.url": this.url, "livekit.api_key": API_KEY, "livekit.api_secret": API_SECRET };
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const method = request.url.replace("/twirp/livekit.RoomService/", ""),
      { room } = JSON.parse(Buffer.concat(chunks)),
      { video } = await verifiedByLivekit(request.headers.authorization.replace(/^Bearer /, ""));
    this.asked.push({ method, room, grants: video });
    const answer = (code, body) =>
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
    const status = await this.trouble[method]?.(room);
    if (status) return answer(status, { code: "unavailable", msg: "scripted" });
    if (method === "ListRooms") return answer(200, { rooms: [...this.rooms.keys()].map((name) => ({ name })) });
    const there = this.rooms.get(room);
    if (!there) return answer(404, { code: "not_found", msg: "requested room does not exist" });
    if (method === "DeleteRoom") return this.rooms.delete(room), answer(200, {});
    return answer(200, { participants: [...there.values()] });
  }

  // The requests of one method about one room so far.
  asksOf(method, room) {
    return this.asked.filter((each) => each.method === method && each.room === room);
  }
  isAsked(method, room, times = 1) {
    return eventually(() => this.asksOf(method, room).length >= times, `${method} of ${room}, ${times} times`);
  }
  isGone(room) {
    return eventually(() => !this.rooms.has(room), `the end of room ${room}`);
  }

  // What happens in a room. Each gives the webhook that LiveKit would send: nobody has got it yet.
  join(room, identity) {
    if (!this.rooms.has(room)) this.rooms.set(room, new Map());
    const participant = {
      sid: `PA_${++this.#connections}`,
      identity,
      state: "ACTIVE",
      joinedAt: String(Math.floor(Date.now() / 1000)),
      joinedAtMs: String(Date.now()),
    };
    this.rooms.get(room).set(identity, participant);
    return event("participant_joined", room, participant);
  }
  leave(room, identity, disconnectReason = "CLIENT_INITIATED") {
    const participant = this.rooms.get(room).get(identity);
    this.rooms.get(room).delete(identity);
    return event("participant_left", room, { ...participant, state: "DISCONNECTED", disconnectReason });
  }
  finish(room) {
    this.rooms.delete(room);
    return event("room_finished", room);
  }
}

export const event = (name, room, participant) => ({
  event: name,
  room: { name: room, sid: `RM_${randomBytes(6).toString("hex")}`, emptyTimeout: 60 },
  participant,
  id: `EV_${randomBytes(8).toString("hex")}`,
  createdAt: String(Math.floor(Date.now() / 1000)),
});

// As LiveKit signs a webhook with this body.
export async function webhookHeaders(body, secret = API_SECRET) {
  const token = new AccessToken(API_KEY, secret, { ttl: 300 });
  token.sha256 = createHash("sha256").update(body).digest("base64");
  return { "content-type": "application/webhook+json", authorization: await token.toJwt() };
}

export async function sendWebhook(server, what, { body = JSON.stringify(what), secret, of = body, headers } = {}) {
  const answer = await fetch(`${server.url}/api/v1/livekit/webhook`, {
    method: "POST",
    headers: headers ?? (await webhookHeaders(of, secret)),
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

// Sends webhooks, one after the other; each must be taken.
export async function tell(server, ...webhooks) {
  for (const each of webhooks) assert.deepEqual(await sendWebhook(server, each), { status: 200, body: {} }, each.event);
}
