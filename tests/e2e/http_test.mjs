// Plain HTTP beside Socket.IO: health, readiness, what does not exist, and CORS.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";

const ORIGIN = "https://app.example";
const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

describe("HTTP", () => {
  const stage = useServer();
  const get = (path, options) => fetch(stage.server.url + path, options);

  it("GET /healthz and /readyz say 200", async () => {
    for (const path of ["/healthz", "/readyz"]) assert.equal((await get(path)).status, 200, path);
  });

  it("what does not exist is 404", async () => {
    for (const path of ["/nowhere", "/api/v1/nowhere", "/socket.iox", "/healthz/more", "/%00", "/..%2f..%2fetc/passwd"])
      assert.equal((await get(path)).status, 404, path);
  });

  it("no CORS headers without cors_origins", async () => {
    const answer = await get(HANDSHAKE, { headers: { Origin: ORIGIN } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  });

  const raw = (text) =>
    within(
      new Promise((resolve, reject) => {
        let answer = "";
        const socket = connect(stage.server.port, "127.0.0.1", () => socket.write(text));
        socket
          .setEncoding("utf8")
          .on("data", (chunk) => {
            answer += chunk;
          })
          .on("end", () => resolve(answer))
          .on("error", reject);
      }),
      "an answer",
    );

  it("what is not HTTP is refused, and nothing else suffers", async () => {
    for (const text of [
      "nonsense\r\n\r\n",
      "GET /healthz HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    ])
      assert.match(await raw(text), /^(?:$|HTTP\/1\.[01] (?:4\d\d|505) )/, text);
    assert.equal((await get("/healthz")).status, 200);
  });

  it("several requests share one connection, also when they are sent at once", async () => {
    const answer = await raw(
      "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert.equal(answer.match(/HTTP\/1\.1 200 /g).length, 2);
  });
});

for (const [origins, allowed] of [
  [[ORIGIN, "https://other.example"], [ORIGIN]],
  [["*"], ["*", ORIGIN]],
]) {
  const skip = isReference && origins[0] === "*" && "the reference compares * literally";
  describe(`CORS with cors_origins ${JSON.stringify(origins)}`, { skip }, () => {
    const stage = useServer({ settings: { "server.cors_origins": origins } });
    const assertAllowed = ({ headers }) =>
      assert.ok(allowed.includes(headers.get("access-control-allow-origin")), JSON.stringify([...headers]));
    const url = () => stage.server.url + HANDSHAKE;

    it("a preflight is answered", async () => {
      const answer = await fetch(url(), {
        method: "OPTIONS",
        headers: { Origin: ORIGIN, "Access-Control-Request-Method": "POST" },
      });
      assert.equal(answer.status, 204);
      assertAllowed(answer);
      assert.match(answer.headers.get("access-control-allow-methods"), /POST/);
    });

    it("polls, posts and errors carry the header", async () => {
      const headers = { Origin: ORIGIN };
      const opened = await fetch(url(), { headers });
      assertAllowed(opened);
      const { sid } = JSON.parse((await opened.text()).slice(1));
      const posted = await fetch(`${url()}&sid=${sid}`, { method: "POST", body: "40/nowhere,", headers });
      assertAllowed(posted);
      const polled = await fetch(`${url()}&sid=${sid}`, { headers });
      assertAllowed(polled);
      const refused = await fetch(`${url()}&sid=unknown`, { headers });
      assert.equal(refused.status, 400);
      assertAllowed(refused);
    });

    if (origins[0] !== "*") {
      it("an origin that is not listed is not allowed", async () => {
        const answer = await fetch(url(), { headers: { Origin: "https://evil.example" } });
        assert.ok(!["*", "https://evil.example"].includes(answer.headers.get("access-control-allow-origin")));
      });
    }
  });
}
