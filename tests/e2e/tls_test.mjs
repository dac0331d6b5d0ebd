// TLS with the official client: wss, https polling and the upgrade, and what a start without a usable certificate says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connect as connectTls } from "node:tls";
import { io } from "socket.io-client";
import { hasConformanceServer, useConformanceServer } from "./support/conformance.mjs";
import { eventually, isSanitized, within } from "./support/deadline.mjs";
import { ringback } from "./support/document.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { SECRET, tokenOf } from "./support/tokens.mjs";

const skip = isReference && "the reference speaks no TLS";
const folder = mkdtempSync(join(tmpdir(), "ringback-tls-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function selfSigned(name) {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
      .concat(["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"])
      .concat(["-keyout", key, "-out", certificate]),
    { stdio: "ignore" },
  );
  return { certificate, key, ca: readFileSync(certificate) };
}
const first = skip ? {} : selfSigned("first");
const tls = { "server.tls_certificate": first.certificate, "server.tls_key": first.key };

const connected = (socket) =>
  within(new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject)), "connect").then(
    () => socket,
  );
const next = (emitter, event) => within(new Promise((resolve) => emitter.once(event, resolve)), event);

describe("over TLS, the library", { skip: skip || (!hasConformanceServer && "examples/conformance is not built") }, () => {
  const server = useConformanceServer("--calm", "--tls", first.certificate, first.key, "--deflate");
  const url = () => server.url.replace("http:", "https:");
  const open = (options) => connected(io(url(), { ca: first.ca, forceNew: true, reconnection: false, ...options }));
  const echo = (socket, ...args) => within(socket.emitWithAck("message-with-ack", ...args), "the echo");

  for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]])
    it(`carries text and binary of every size over ${transports.join(", then ")}`, async () => {
      const socket = await open({ transports });
      const sizes = [0, 1, 1000, 16_383, 16_384, 16_385, 100_000, 500_000];
      const sent = sizes.flatMap((size) => ["é".repeat(size / 2), Buffer.alloc(size, size % 251)]);
      // One after the other: the client puts more into one POST than `maxPayload` allows.
      for (const message of sent) assert.deepEqual(await echo(socket, message), message);
      if (transports.length === 2) assert.equal(socket.io.engine.transport.name, "websocket");
      socket.disconnect();
    });

  it("loses nothing while 200 messages cross the upgrade", async () => {
    const socket = await open({ transports: ["polling", "websocket"] });
    const received = [];
    socket.on("message-back", (i) => received.push(i));
    for (let i = 0; i < 200; i++) {
      socket.emit("message", i);
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await eventually(() => received.length === 200, "every message");
    assert.deepEqual(
      received,
      Array.from({ length: 200 }, (_, i) => i),
    );
    socket.disconnect();
  });

  it("goes on behind a reader who was slow for a while", async () => {
    const socket = await open({ transports: ["websocket"] });
    const raw = socket.io.engine.transport.ws._socket;
    const text = "y".repeat(100_000);
    let received = 0;
    socket.on("message-back", (message) => (received += message === text));
    raw.pause();
    for (let i = 0; i < 8; i++) socket.emit("message", text);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the server's side fills up meanwhile
    raw.resume();
    await eventually(() => received === 8, "every message");
    socket.disconnect();
  });

  it("compresses, too", async () => {
    const socket = await open({ transports: ["websocket"], perMessageDeflate: {} });
    assert.equal(socket.io.engine.transport.ws.extensions, "permessage-deflate");
    assert.equal(await echo(socket, "z".repeat(50_000)), "z".repeat(50_000));
    socket.disconnect();
  });

  it("ends a session at once when the connection under its poll ends", async () => {
    const port = new URL(server.url).port;
    const ask = (path) =>
      new Promise((resolve, reject) => {
        const asked = request({ port, host: "127.0.0.1", ca: first.ca, path, agent: false }, (answer) => {
          let body = "";
          answer.on("data", (text) => (body += text)).on("end", () => resolve({ status: answer.statusCode, body }));
        });
        asked.on("error", reject).end();
        ask.last = asked;
      });
    const path = "/socket.io/?EIO=4&transport=polling";
    const { sid } = JSON.parse((await ask(path)).body.slice(1));
    const poll = ask(`${path}&sid=${sid}`).catch(() => "gone");
    await next(ask.last, "finish");
    await new Promise((resolve) => setTimeout(resolve, 30)); // to let the poll be parked
    ask.last.destroy();
    assert.equal(await poll, "gone");
    await eventually(async () => (await ask(`${path}&sid=${sid}&once`)).status === 400, "an unknown session");
  });
});

describe("over TLS, the server", { skip }, () => {
  let server;
  const port = () => server.port;
  before(async () => {
    server = await new RingbackServer({ settings: tls, ca: first.ca }).start();
  });
  after(() => server.close());

  it("serves its namespaces and routes", async () => {
    const token = tokenOf({ id: "maya", role: "TELECALLER", name: "Maya" });
    const socket = await connected(
      io(`https://127.0.0.1:${port()}/telecaller`, { ca: first.ca, auth: { token }, reconnection: false }),
    );
    socket.disconnect();
  });

  it("refuses TLS 1.1 and closes on who speaks plain HTTP", async () => {
    const old = connectTls({ port: port(), ca: first.ca, maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "ALL@SECLEVEL=0" });
    const refusal = await within(new Promise((resolve) => old.once("error", resolve)), "a refusal");
    assert.match(refusal.message, /protocol version|unsupported protocol|alert/i);
    const plain = createConnection(port(), "127.0.0.1");
    plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    let got = "";
    plain.on("data", (bytes) => (got += bytes.toString("latin1")));
    await next(plain, "close");
    assert.ok(!got.startsWith("HTTP"), got);
  });

  it("serves a renewed certificate without a restart", { timeout: 60_000 }, async () => {
    const live = { certificate: join(folder, "live.crt"), key: join(folder, "live.key") };
    copyFileSync(first.certificate, live.certificate);
    copyFileSync(first.key, live.key);
    const settings = { "server.tls_certificate": live.certificate, "server.tls_key": live.key };
    const renewing = await new RingbackServer({ settings, ca: first.ca }).start();
    try {
      const second = selfSigned("second");
      writeFileSync(live.certificate, readFileSync(second.certificate));
      writeFileSync(live.key, readFileSync(second.key));
      const name = () =>
        new Promise((resolve) => {
          const socket = connectTls({ port: renewing.port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
            resolve(socket.getPeerCertificate().subject.CN);
            socket.destroy();
          });
        });
      await eventually(async () => (await name()) === "second", "the renewed certificate", isSanitized ? 40_000 : 15_000);
      assert.match(renewing.log, /live\.crt: read again/);
    } finally {
      await renewing.close();
    }
  });
});

describe("a start without a usable certificate", { skip }, () => {
  const check = (settings) => {
    const sets = Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`);
    const { status, stderr } = ringback("check-config", `--set=auth.secret=${SECRET}`, ...sets);
    return { status, stderr };
  };
  const nowhere = join(folder, "nowhere.pem");
  for (const [what, settings, message] of [
    ["half of the settings", { "server.tls_certificate": first.certificate }, "server.tls_key is not set"],
    ["the other half", { "server.tls_key": first.key }, "server.tls_certificate is not set"],
    ["no such file", { ...tls, "server.tls_certificate": nowhere }, `server.tls_certificate "${nowhere}": No such file`],
    ["a key that is none", { ...tls, "server.tls_key": first.certificate }, `server.tls_key "${first.certificate}": no PEM`],
  ])
    it(`names the setting and the file: ${what}`, () => {
      const { status, stderr } = check(settings);
      assert.notEqual(status, 0);
      assert.ok(stderr.includes(message), stderr);
    });
});
