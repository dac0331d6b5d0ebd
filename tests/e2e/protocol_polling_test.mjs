// Engine.IO over HTTP long-polling.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { eventually, within } from "./support/deadline.mjs";
import { useServer } from "./support/stage.mjs";
import { enginePath, PollingSession, SEPARATOR } from "./support/wire.mjs";

const NOWHERE = (n = "") => `40/nowhere${n},`,
  NO_SUCH = (n = "") => `44/nowhere${n},{"message":"Invalid namespace"}`;

describe("polling", () => {
  const stage = useServer({ settings: { "engine.max_payload": "2KiB" } });
  const open = () => PollingSession.open(stage.server);

  it("answers a post by ok, and delivers by the next poll", async () => {
    const session = await open(),
      posted = await session.post(NOWHERE());
    assert.equal(posted.headers.get("content-type"), "text/html");
    assert.equal(await posted.text(), "ok");
    const polled = await session.get();
    assert.equal(polled.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.equal(polled.headers.get("cache-control"), "no-store");
    assert.equal(Number(polled.headers.get("content-length")), NO_SUCH().length);
    assert.equal(await polled.text(), NO_SUCH());
  });

  it("a poll waits for what comes", async () => {
    const session = await open(),
      polled = session.poll();
    await session.send(NOWHERE());
    assert.deepEqual(await polled, [NO_SUCH()]);
  });

  it("several packets share a body, in both directions and in order", async () => {
    const session = await open(),
      numbers = Array.from({ length: 25 }, (_, i) => i);
    await session.send(...numbers.map(NOWHERE));
    assert.deepEqual(await session.poll(), numbers.map(NO_SUCH));
  });

  it("takes a body of any type but octets, chunked, and in pieces", async () => {
    const session = await open();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json"]) {
      assert.equal((await session.post(NOWHERE(), { headers: { "content-type": type } })).status, 200);
      assert.deepEqual(await session.poll(), [NO_SUCH()]);
    }
    const head = `POST ${enginePath({ transport: "polling", sid: session.sid })} HTTP/1.1\r\nHost: x\r\n`;
    for (const pieces of [
      [`${head}Transfer-Encoding: chunked\r\n\r\n`, "5\r\n40/no\r\n", "6\r\nwhere,\r\n0\r\n", "\r\n"],
      [`${head}Content-Length: 11\r\n\r\n4`, "0/now", "here", ","],
    ]) {
      const socket = connect(stage.server.port, "127.0.0.1");
      for (const piece of pieces) {
        await new Promise((resolve) => socket.write(piece, resolve));
        await new Promise(setImmediate);
      }
      assert.deepEqual(await session.poll(), [NO_SUCH()]);
      socket.destroy();
    }
    assert.equal(
      (await session.post(NOWHERE(), { headers: { "content-type": "application/octet-stream" } })).status,
      400,
    );
    await session.assertGone();
  });

  it("a body over max_payload is 413, and the session lives on", async () => {
    const session = await open();
    assert.equal((await session.post(`4${"x".repeat(2048)}`)).status, 413);
    await session.send(NOWHERE());
    assert.deepEqual(await session.poll(), [NO_SUCH()]);
    await session.send(NOWHERE("x".repeat(2048 - NOWHERE().length)));
  });

  it("a second poll ends the session: the first gets a close packet, the second 400", async () => {
    const session = await open(),
      first = session.get();
    await session.send("3"); // the first poll is there by now, or this one ends up second
    const second = await session.get(),
      answers = [await first, second];
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    assert.equal(await answers.find(({ status }) => status === 200).text(), "1");
    await session.assertGone();
  });

  it("a second post beside one that is still coming ends the session", async () => {
    const session = await open(),
      path = enginePath({ transport: "polling", sid: session.sid });
    const first = connect(stage.server.port, "127.0.0.1").on("error", () => {});
    const ended = new Promise((resolve) => first.once("close", resolve).resume());
    first.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n40/no`);
    // When one of these is on its way before the first, it is the one whose connection ends.
    const second = () => session.post(NOWHERE()).catch(() => ({ status: 0 }));
    await eventually(async () => (await second()).status === 400, "the second post to be refused");
    await within(ended, "the end of the first post");
    await session.assertGone();
  });

  it("a poll whose connection ends takes the session with it at once", async () => {
    const session = await open(),
      leave = new AbortController();
    const polled = session.get({ signal: leave.signal }).catch(() => {});
    await session.send("3");
    leave.abort();
    await polled;
    await eventually(async () => {
      const answer = await session.post("3").catch(() => null);
      return answer?.status === 400;
    }, "the end of the session");
  });

  for (const body of ["abc", "", SEPARATOR, `${NOWHERE()}${SEPARATOR}`, "7", "2", "b!!!"]) {
    it(`a body that cannot be decoded ends the session: ${JSON.stringify(body)}`, async () => {
      const session = await open();
      await session.post(body || undefined, body ? {} : { headers: { "content-length": "0" } });
      await eventually(async () => (await session.get()).status === 400, "the end of the session");
    });
  }

  it("packets that only a server sends are ignored", async () => {
    const session = await open();
    await session.send("0{}", "5", "6", NOWHERE());
    assert.deepEqual(await session.poll(), [NO_SUCH()]);
  });

  it("a close packet ends the session and frees its poll", async () => {
    const session = await open(),
      polled = session.poll();
    await session.send("3");
    await session.send("1");
    assert.deepEqual(await polled, ["6"]);
    await session.assertGone();
  });

  it("a method other than GET and POST is refused, and the session lives on", async () => {
    const session = await open();
    const answer = await fetch(stage.server.url + enginePath({ transport: "polling", sid: session.sid }), {
      method: "PUT",
      body: "x",
    });
    assert.ok(answer.status >= 400, `${answer.status}`);
    await session.send(NOWHERE());
    assert.deepEqual(await session.poll(), [NO_SUCH()]);
  });
});

describe("heartbeats over polling", () => {
  const stage = useServer({ settings: { "engine.ping_interval": "200ms", "engine.ping_timeout": "1s" } });

  it("a ping comes by the poll, and comes again after its pong", async () => {
    const session = await PollingSession.open(stage.server);
    for (let beat = 0; beat < 3; beat++) {
      assert.deepEqual(await session.poll(), ["2"]);
      await session.send("3");
    }
  });

  it("without a pong the session ends, also when nobody polls", async () => {
    const [polling, silent] = [await PollingSession.open(stage.server), await PollingSession.open(stage.server)];
    assert.deepEqual(await polling.poll(), ["2"]);
    const answer = await polling.get();
    if (answer.status === 200) assert.equal(await answer.text(), "1");
    await polling.assertGone();
    await eventually(async () => (await silent.get()).status === 400, "the end of a session that never polled");
  });
});
