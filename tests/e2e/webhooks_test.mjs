// Outgoing webhooks: what an app's backend is told, how it can trust it, and that it is told everything at least once.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { eventually, isSanitized, PATIENCE_MS } from "./support/deadline.mjs";
import { ringback } from "./support/document.mjs";
import { figures, METRICS_SETTINGS } from "./support/metrics.mjs";
import { FULL_STORY, isSignedBy, Receiver, WEBHOOK_SECRET } from "./support/receiver.mjs";
import { adminOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { callRow } from "./support/store.mjs";

const skip = isReference && "the reference tells nobody";
const LONG_MS = 4 * PATIENCE_MS;

const folder = mkdtempSync(join(tmpdir(), "ringback-hooks-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
function temporaryFile(name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

// A server and its receiver, which answers 200 again after each test.
// Calls of a server that has stopped end as the next one starts.
const FORGETFUL = { "calls.recovery_grace": "100ms" };

function useReceiver({ settings = {}, ...options } = {}) {
  const receiver = new Receiver(options);
  let stage;
  // Before the server is started: it has to know the port.
  before(async () => {
    await receiver.open();
    Object.assign(stage.server.settings, receiver.settings, METRICS_SETTINGS, settings);
  });
  stage = useServer();
  after(() => receiver.close());
  afterEach(() => (receiver.answer = () => 200));
  return { stage, receiver };
}

async function wholeCall(stage, { callType = "AUDIO" } = {}) {
  const user = await stage.user(),
    tess = await stage.telecaller(),
    callId = await talk(user, tess, callType);
  await user.done("call:end", { callId });
  await tess.next("call:ended");
  return { callId, user, tess };
}

describe("webhooks", { skip }, () => {
  const { stage, receiver } = useReceiver();

  it("tell each step of a call once, in order, as an ADMIN sees it", async () => {
    const { callId, user, tess } = await wholeCall(stage, { callType: "VIDEO" });
    assert.deepEqual(await receiver.story(callId), FULL_STORY);
    const [ringing, accepted, ended] = receiver.of(callId);
    assert.equal(new Set([ringing, accepted, ended].map(({ id }) => id)).size, 3, "each has an id of its own");
    assert.deepEqual(ended.data.call, await adminOf(stage).get(`/calls/${callId}`));
    const { createdAt } = ended.data.call;
    assert.equal(ringing.createdAt, createdAt);
    assert.deepEqual(ringing.data.call, {
      callId,
      callType: "VIDEO",
      status: "RINGING",
      endReason: null,
      caller: { _id: user.id, name: "Uma", profile: "avatar-1" },
      callee: { _id: tess.id, name: "Tess", profile: "avatar-3" },
      createdAt,
      acceptedAt: null,
      mediaStartedAt: null,
      endedAt: null,
      durationInSeconds: 0,
      coinsSpent: 0,
      coinsUnpaid: 0,
      coinsEarned: 0,
    });
    assert.equal(accepted.data.call.status, "ACCEPTED");
    assert.equal(accepted.createdAt, accepted.data.call.acceptedAt);
    assert.deepEqual([ended.data.call.status, ended.data.call.endReason], ["COMPLETED", "hangup"]);
    assert.equal(ended.createdAt, ended.data.call.endedAt);
    receiver.assertAllSigned();
    const { headers, method, url } = receiver.attempts.at(-1);
    assert.deepEqual([method, url, headers["content-type"]], ["POST", "/hooks?from=ringback", "application/json"]);
  });

  it("tell of calls that were rejected, cancelled, missed and busy", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const statusAfter = async (callId) => {
      await receiver.story(callId);
      const { status, endReason } = receiver.of(callId).at(-1).data.call;
      return [receiver.of(callId).length, status, endReason];
    };
    let callId = await ring(user, tess);
    await tess.done("call:reject", { callId });
    assert.deepEqual(await statusAfter(callId), [2, "REJECTED", "rejected"]);
    await user.next("call:rejected");
    callId = await ring(user, tess);
    await user.done("call:cancel", { callId });
    assert.deepEqual(await statusAfter(callId), [2, "CANCELLED", "cancelled"]);
  });

  it("tell each change of a telecaller's presence, in order", async () => {
    const { tess } = await wholeCall(stage);
    tess.hangUpConnection();
    await eventually(() => receiver.presenceOf(tess.id).includes("OFFLINE"), "the telecaller to be OFFLINE");
    assert.deepEqual(receiver.presenceOf(tess.id), ["ONLINE", "ON_CALL", "ONLINE", "OFFLINE"]);
    const event = receiver.taken.find(({ data }) => data.account?._id === tess.id);
    assert.equal(event.type, "account.presence");
    assert.deepEqual(event.data, {
      account: { _id: tess.id, name: "Tess", profile: "avatar-3", role: "TELECALLER" },
      namespace: "/telecaller",
      presence: "ONLINE",
    });
    receiver.assertAllSigned();
  });

  it("repeat what was answered with 500, 503, a redirect, too late, or half, until it is taken, and then no more", async () => {
    const failures = [
      () => 500,
      () => 503,
      () => 302,
      () => 404,
      (_, response) => response.destroy(),
      (_, response) => {
        response.writeHead(200, { "content-length": 1000 }).write("half of it");
        response.destroy();
      },
    ];
    for (const fail of failures) {
      const failed = new Map();
      receiver.answer = (attempt, response) => {
        const { id, data } = attempt.event;
        if (!data.call || failed.has(id)) return 200;
        failed.set(id, attempt.event);
        return fail(attempt, response);
      };
      const { callId } = await wholeCall(stage);
      assert.deepEqual(await receiver.story(callId, LONG_MS), FULL_STORY, String(fail));
      const attempts = receiver.attempts.filter(({ event }) => event.data.call?.callId === callId);
      assert.deepEqual(
        attempts.map(({ event }) => event.type),
        FULL_STORY.flatMap((type) => [type, type]),
        "each came twice before the next one came",
      );
      for (const { event } of attempts) assert.deepEqual(event, failed.get(event.id), "the same under the same id");
    }
    receiver.assertAllSigned();
  });

  it("a receiver that goes away and comes back gets everything in order", async () => {
    await receiver.close();
    const calls = [];
    for (let n = 0; n < 5; n++) calls.push((await wholeCall(stage)).callId);
    await eventually(() => /the receiver is away/.test(stage.server.log), "the log to say that it is away");
    assert.ok(calls.every((callId) => receiver.of(callId).length === 0));
    await receiver.open();
    for (const callId of calls) assert.deepEqual(await receiver.story(callId, LONG_MS), FULL_STORY);
    assert.match(stage.server.log, /the receiver is back/);
  });

  it("an answer longer than anybody reads is a delivery by its status", async () => {
    receiver.answer = (attempt, response) => {
      if (attempt.event.data.call) receiver.taken.push(attempt.event);
      response.writeHead(200);
      const more = () => response.destroyed || response.write("x".repeat(64 * 1024), () => setImmediate(more));
      more();
    };
    const { callId } = await wholeCall(stage);
    assert.deepEqual(await receiver.story(callId), FULL_STORY);
  });

  it("figures tell of the depth, the age and the results", async () => {
    receiver.answer = () => 500;
    const user = await stage.user(),
      tess = await stage.telecaller();
    await ring(user, tess);
    const found = await eventually(async () => {
      const now = await figures(stage.server);
      return now.ringback_webhooks_waiting >= 1 && now.ringback_webhooks_oldest_seconds > 0 && now;
    }, "the figures of what waits", LONG_MS);
    assert.ok(found['ringback_webhook_attempts_total{result="delivered"}'] > 0);
    assert.ok(found['ringback_webhook_attempts_total{result="postponed"}'] > 0);
    assert.equal(found.ringback_webhooks_lost_total, 0);
    receiver.answer = () => 200;
    await eventually(
      async () => (await figures(stage.server)).ringback_webhooks_waiting === 0,
      "an empty outbox",
      LONG_MS,
    );
  });
});

describe("webhooks that the receiver does not want", { skip }, () => {
  const { stage, receiver } = useReceiver();
  const command = (...args) => {
    const { status, stdout, stderr } = ringback("webhooks", ...args, "--data", stage.server.data);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    return stdout.split("\n").filter(Boolean);
  };
  // A call of which the receiver refuses call.ringing with 410, and takes the rest.
  async function refusedCall() {
    receiver.answer = ({ event }) => (event.type === "call.ringing" ? 410 : 200);
    const { callId } = await wholeCall(stage);
    assert.deepEqual(await receiver.story(callId), FULL_STORY.slice(1), "a dead letter holds nobody up");
    receiver.answer = () => 200;
    return callId;
  }
  const isOf = (callId) => (letter) => letter.event.data.call.callId === callId;

  it("410 makes a dead letter, which an ADMIN lists and replays through REST", async () => {
    const admin = adminOf(stage),
      first = await refusedCall(),
      second = await refusedCall();
    const letters = await admin.all("/webhooks/dead", 1);
    assert.deepEqual(
      letters.map(({ event }) => event.data.call.callId),
      [second, first],
      "newest first",
    );
    const letter = letters.find(isOf(first));
    assert.deepEqual([letter.type, letter.attempts], ["call.ringing", 1]);
    assert.match(letter.reason, /410/);
    await admin.get(`/webhooks/dead/${letter.id}/replay`, "POST");
    const back = await eventually(() => receiver.taken.find(({ id }) => id === letter.id), "the replayed event");
    assert.deepEqual(back, letter.event);
    assert.deepEqual((await admin.all("/webhooks/dead", 100)).map(({ id }) => id), [letters[0].id]);
    assert.equal((await admin.ask("POST", `/webhooks/dead/${letter.id}/replay`)).status, 404);
  });

  it("the command line lists and replays them beside the running server", async () => {
    const one = await refusedCall(),
      another = await refusedCall();
    const letters = command("list").map((line) => JSON.parse(line));
    const letter = letters.find(isOf(one));
    assert.ok(letters.some(isOf(another)));
    assert.deepEqual(command("replay", letter.id), ["1 webhooks"]);
    await eventually(() => receiver.taken.find(({ id }) => id === letter.id), "the replayed event", LONG_MS);
    assert.deepEqual(command("replay", "--all"), [`${letters.length - 1} webhooks`]);
    await eventually(
      () => letters.every(({ id }) => receiver.taken.some((event) => event.id === id)),
      "all replayed events",
      LONG_MS,
    );
    assert.deepEqual(command("list"), []);
    const unknown = ringback("webhooks", "replay", letter.id, "--data", stage.server.data);
    assert.deepEqual([unknown.status, unknown.stderr], [1, `"${letter.id}": no such dead letter\n`]);
    assert.equal(ringback("webhooks", "replay", "--data", stage.server.data).status, 2);
  });

  it("what is tried for too long becomes one too", async () => {
    Object.assign(stage.server.settings, { "webhooks.give_up_after": "1s" });
    await stage.server.stop();
    await stage.server.start();
    receiver.answer = () => 500;
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await ring(user, tess);
    const letter = await eventually(
      async () => (await adminOf(stage).all("/webhooks/dead", 100)).find((each) => each.event.data.call?.callId === callId),
      "a dead letter",
      LONG_MS,
    );
    assert.ok(letter.attempts > 1, `${letter.attempts} attempts`);
    assert.match(letter.reason, /500/);
  });
});

describe("the secret of webhooks", { skip }, () => {
  const OLD = "the secret of last year",
    file = temporaryFile("secrets", `${WEBHOOK_SECRET}\n${OLD}\n`);
  const { stage, receiver } = useReceiver({
    settings: { "webhooks.secret": null, "webhooks.secret_file": file },
  });

  it("while it is replaced both sign", async () => {
    const { callId } = await wholeCall(stage);
    await receiver.story(callId);
    for (const { header, body } of receiver.attempts) {
      assert.match(header, /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
      for (const secret of [WEBHOOK_SECRET, OLD]) assert.ok(isSignedBy(secret, header, body));
      assert.ok(!isSignedBy("another secret", header, body));
      assert.ok(!isSignedBy(OLD, header, `${body} `), "the body is signed");
      assert.ok(!isSignedBy(OLD, header.replace(/t=\d+/, "t=1700000000"), body, Infinity), "the time is signed");
    }
    assert.ok(!stage.server.log.includes(OLD) && !stage.server.log.includes(WEBHOOK_SECRET), "it is not in the log");
  });
});

describe("webhooks.events", { skip }, () => {
  const { stage, receiver } = useReceiver({ settings: { "webhooks.events": ["call.ended"] } });

  it("chooses what is told", async () => {
    const { callId, tess } = await wholeCall(stage);
    assert.deepEqual(await receiver.story(callId), ["call.ended"]);
    const other = await wholeCall(stage);
    await receiver.story(other.callId);
    assert.deepEqual(receiver.presenceOf(tess.id), []);
    assert.equal(receiver.attempts.length, 2);
  });
});

describe("webhooks and kill -9", { skip }, () => {
  const { stage, receiver } = useReceiver({ settings: { "webhooks.timeout": "5m", ...FORGETFUL } });

  it("what was committed and not delivered is delivered after the restart", async () => {
    receiver.answer = () => "never";
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await eventually(() => receiver.attempts.some(({ event }) => event.data.call?.callId === callId), "an attempt");
    assert.deepEqual(receiver.of(callId), [], "nothing was delivered");
    await stage.server.kill();
    receiver.answer = () => 200;
    await stage.server.comeBack();
    assert.equal((await receiver.story(callId, LONG_MS)).join(), FULL_STORY.join());
    const { call } = receiver.of(callId).at(-1).data;
    assert.deepEqual([call.status, call.endReason], [callRow(stage.server, callId).status, "server_lost"]);
    const ids = receiver.attempts.filter(({ event }) => event.data.call?.callId === callId).map(({ event }) => event.id);
    assert.equal(new Set(ids).size, 3, "what came twice came with its id");
  });

  it("SIGTERM does not wait for a receiver that says nothing", async () => {
    receiver.answer = () => "never";
    const user = await stage.user(),
      tess = await stage.telecaller();
    await ring(user, tess);
    const begun = Date.now();
    await stage.server.stop();
    assert.ok(Date.now() - begun < (isSanitized ? 20_000 : 4000), `${Date.now() - begun} ms`);
    receiver.answer = () => 200;
    await stage.server.start();
  });
});

describe("a receiver that says nothing", { skip }, () => {
  const { stage, receiver } = useReceiver({ settings: { "webhooks.timeout": "1s", "webhooks.max_waiting": 20 } });

  it("is in nobody's way, and what an outbox cannot hold is counted", async () => {
    receiver.answer = () => "never";
    const user = await stage.user(),
      tess = await stage.telecaller();
    for (let n = 0; n < 40; n++) {
      const callId = await talk(user, tess);
      await user.done("call:end", { callId });
      await tess.next("call:ended");
    }
    assert.match(stage.server.log, /events wait, which leaves no room for others: events are lost/);
    const found = await eventually(async () => {
      const now = await figures(stage.server);
      return now.ringback_webhooks_lost_total > 0 && now;
    }, "the figure of lost events", LONG_MS);
    assert.ok(found.ringback_webhooks_waiting <= 20, `${found.ringback_webhooks_waiting} wait`);
    receiver.answer = () => 200;
    await eventually(async () => (await figures(stage.server)).ringback_webhooks_waiting === 0, "room", 3 * LONG_MS);
    const { callId } = await wholeCall(stage);
    assert.deepEqual(await receiver.story(callId), FULL_STORY);
  });
});

describe("the address of the receiver", { skip }, () => {
  const { stage, receiver } = useReceiver({ settings: { "webhooks.allow_private_addresses": false } });

  for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
    it(`is refused when it is private, as ${host} is`, async () => {
      await stage.server.stop();
      stage.server.settings["webhooks.url"] = receiver.url.replace("127.0.0.1", host);
      await stage.server.start();
      const user = await stage.user(),
        tess = await stage.telecaller();
      await ring(user, tess);
      await eventually(() => /the receiver's address is not public/.test(stage.server.log), "the log to say so", LONG_MS);
      assert.deepEqual(receiver.attempts, []);
    });
});

describe("a redirect of webhooks", { skip }, () => {
  const { stage, receiver } = useReceiver();
  const elsewhere = new Receiver();
  before(() => elsewhere.open());
  after(() => elsewhere.close());

  it("is not followed", async () => {
    receiver.answer = (_, response) => response.writeHead(307, { location: elsewhere.url }).end() && "redirected";
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await ring(user, tess);
    await eventually(
      () => receiver.attempts.filter(({ event }) => event.data.call?.callId === callId).length > 1,
      "another attempt",
    );
    assert.deepEqual(elsewhere.attempts, []);
  });
});

describe("webhooks over TLS", { skip }, () => {
  const [certificate, key] = [join(folder, "hooks.crt"), join(folder, "hooks.key")];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
      .concat(["-subj", "/CN=hooks", "-addext", "subjectAltName=DNS:localhost"])
      .concat(["-keyout", key, "-out", certificate]),
    { stdio: "ignore" },
  );
  const { stage, receiver } = useReceiver({ settings: FORGETFUL, tls: { cert: readFileSync(certificate), key: readFileSync(key) } });

  // The server is started with what stands in the environment of this process.
  async function restartWith(environment) {
    await stage.server.stop();
    Object.assign(process.env, environment);
    try {
      await stage.server.start();
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  }

  it("a certificate that nobody trusts is refused, and one that is trusted is taken", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await eventually(() => /the receiver is away.*certificate/.test(stage.server.log), "the log to say so", LONG_MS);
    assert.deepEqual(receiver.attempts, []);
    // A proxy that is not there would be noticed.
    await restartWith({ SSL_CERT_FILE: certificate, https_proxy: "http://127.0.0.1:1" });
    assert.deepEqual(await receiver.story(callId, LONG_MS), FULL_STORY);
    receiver.assertAllSigned();
  });

  it("a certificate for another name is refused", async () => {
    stage.server.settings["webhooks.url"] = receiver.url.replace("localhost", "127.0.0.1");
    await restartWith({ SSL_CERT_FILE: certificate });
    const before = receiver.attempts.length;
    const user = await stage.user(),
      tess = await stage.telecaller();
    await ring(user, tess);
    await eventually(() => /the receiver is away/.test(stage.server.log), "the log to say so", LONG_MS);
    assert.equal(receiver.attempts.length, before);
  });
});
