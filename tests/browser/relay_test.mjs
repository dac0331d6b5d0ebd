// Media through a real TURN server, coturn, with the credentials that Ringback makes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FAKE_MEDIA, launchChromium } from "./chromium.mjs";
import { PeerPage } from "./peer_page.mjs";
import { startServer } from "./ringback_server.mjs";
import { hasTurnServer, startTurnServer } from "./turn_server.mjs";

const skip = hasTurnServer() ? false : "turnserver is not here: install coturn";

describe("calls through a relay alone", { timeout: 180_000, skip }, () => {
  let turn;
  let server;
  let stranger; // a server whose TURN secret is not coturn's
  let browser;

  before(async () => {
    turn = await startTurnServer();
    const settings = (secret) => ({
      "peer.directory": "everyone",
      "turn.urls": JSON.stringify([turn.url]),
      "turn.secret": secret,
    });
    server = await startServer(settings(turn.secret));
    stranger = await startServer(settings("not the secret of the relay"));
    browser = await launchChromium(FAKE_MEDIA);
  });

  after(async () => {
    await browser?.close();
    for (const each of [server, stranger, turn]) await each?.stop();
  });

  // Names that are not taken: who has left is listed until the grace is over.
  let pairs = 0;
  const play = (name, { on, path }, tell) =>
    it(name, async () => {
      const number = ++pairs;
      const nila = await PeerPage.open(browser, on().url, `Nila${number}`, { path });
      const omar = await PeerPage.open(browser, on().url, `Omar${number}`, { path });
      await PeerPage.tell([nila, omar], tell);
    });
  const ours = { on: () => server, path: "/#peer" };
  const relayOnly = { on: () => server, path: "/?relay=only#peer" };
  const strange = { on: () => stranger, path: "/?relay=only#peer" };

  async function talk(nila, omar) {
    await nila.press(`Call ${omar.name}`);
    await omar.press(`Accept the call from ${nila.name}`);
  }

  play("carry sound between two relayed candidates, also after a reload", relayOnly, async (nila, omar) => {
    const areRelayed = async () => {
      for (const peer of [nila, omar]) await peer.sees("Media: connected · relay");
      for (const peer of [nila, omar]) assert.deepEqual((await peer.hearsSound()).pair, ["relay", "relay"]);
    };
    await talk(nila, omar);
    await areRelayed();
    await omar.page.reload();
    await areRelayed();
    await nila.press(`Hang up the call with ${omar.name}`);
    await omar.sees(`${nila.name} hung up`);
    assert.match(turn.said(), /user <\d+:demo-nila\d+-\w+>/, "coturn knows the user by its account");
  });

  play("are the person's choice, which stays", ours, async (nila, omar) => {
    const choice = nila.page.getByRole("checkbox", { name: "Relay only (TURN)" });
    assert.equal(await choice.isChecked(), false);
    await choice.check();
    await nila.page.reload();
    await nila.sees("Connected");
    assert.equal(await choice.isChecked(), true);
    await talk(nila, omar);
    for (const peer of [nila, omar]) await peer.sees("Media: connected · relay");
    assert.equal((await nila.hearsSound()).pair[0], "relay");
  });

  play("do not come about with credentials of another secret, and the page says why", strange, async (nila, omar) => {
    await talk(nila, omar);
    for (const peer of [nila, omar]) {
      await peer.phone.getByRole("alert").getByText("The relay refuses the credentials (401).").waitFor();
      await peer.sees("Media: connecting…");
    }
  });

  it("need credentials that have not expired", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url);
    const now = Math.floor(Date.now() / 1000);
    const gather = (credentials) => page.evaluate(relayCandidates, { urls: turn.url, ...credentials });
    assert.deepEqual(await gather(turn.credentials({ expires: now - 60 })), { candidates: 0, errors: [401] });
    assert.deepEqual(await gather(turn.credentials({ expires: now + 60, by: "another" })), {
      candidates: 0,
      errors: [401],
    });
    const good = await gather(turn.credentials({ expires: now + 60 }));
    assert.ok(good.candidates > 0 && good.errors.length === 0, JSON.stringify(good));
    await page.context().close();
  });
});

// Runs in the page: what a connection gathers that may use the relay alone.
async function relayCandidates(server) {
  const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: "relay" });
  const errors = new Set();
  let candidates = 0;
  connection.addEventListener("icecandidateerror", ({ errorCode }) => errors.add(errorCode));
  const gathered = new Promise((done) =>
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.candidate) candidates += 1;
      else if (!candidate) done();
    }),
  );
  connection.createDataChannel("any");
  await connection.setLocalDescription();
  await gathered;
  connection.close();
  return { candidates, errors: [...errors] };
}
