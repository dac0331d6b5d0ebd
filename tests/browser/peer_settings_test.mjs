// The tab "Peer call" on servers that are set up differently.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FAKE_MEDIA, launchChromium } from "./chromium.mjs";
import { PeerPage } from "./peer_page.mjs";
import { startServer } from "./ringback_server.mjs";

describe("calls between two browsers", { timeout: 120_000 }, () => {
  let browser;
  before(async () => (browser = await launchChromium(FAKE_MEDIA)));
  after(() => browser?.close());

  // A server with these settings, and two people on it.
  const play = (name, settings, tell) =>
    it(name, async () => {
      const server = await startServer(settings);
      try {
        const nila = await PeerPage.open(browser, server.url, "Nila");
        const omar = await PeerPage.open(browser, server.url, "Omar");
        await PeerPage.tell([nila, omar], tell);
      } finally {
        await server.stop();
      }
    });

  async function talk(nila, omar, media) {
    await nila.press("Call Omar");
    await omar.press("Accept the call from Nila");
    for (const peer of [nila, omar]) await peer.sees(media);
  }

  play("where only contacts see each other, can add each other", {}, async (nila, omar) => {
    const idOf = async (peer) => {
      await peer.phone.getByText("Somebody is missing?").click();
      return peer.phone.getByText(/^demo-/).textContent();
    };
    const add = async (peer, id) => {
      await peer.phone.getByRole("textbox", { name: "Id of the other one" }).fill(id);
      await peer.press("Add contact");
    };
    const [first, second] = [await idOf(nila), await idOf(omar)];
    await add(nila, "demo-nobody");
    await nila.phone.getByRole("alert").getByText("Nobody has that id.").waitFor();
    await add(nila, second);
    await nila.phone
      .getByRole("alert")
      .getByText(/^Added\. You see each other once/)
      .waitFor();
    await add(omar, first);
    await omar.person("Nila").waitFor();
    await omar.press("Call Nila");
    await nila.press("Accept the call from Omar");
    for (const peer of [nila, omar]) await peer.hearsSound();
    nila.complaints = nila.complaints.filter((text) => !text.includes("404")); // the browser's own, of nobody's id
  });

  const livekit = { url: "ws://127.0.0.1:9", api_key: "key", api_secret: "a secret of at least thirty-two bytes" };
  const throughLivekit = {
    "peer.directory": "everyone",
    "peer.media": "livekit",
    ...Object.fromEntries(Object.entries(livekit).map(([key, value]) => [`livekit.${key}`, value])),
  };
  play("whose media go through LiveKit, name the room, also after a reload", throughLivekit, async (nila, omar) => {
    await talk(nila, omar, /^Media: LiveKit room [0-9a-f]{6}$/);
    await nila.press("Mute");
    await omar.sees("Nila is muted");
    await omar.page.reload();
    await omar.sees(/^Media: LiveKit room [0-9a-f]{6}$/);
    await omar.sees("Nila is muted");
    assert.equal(await omar.page.evaluate(() => window.connections.length), 0);
    await omar.press("Hang up the call with Nila");
    await nila.sees("Omar hung up");
  });

  const recovering = { "peer.directory": "everyone", "engine.recovery_window": "1m" };
  play("go on where sockets are recovered", recovering, async (nila, omar) => {
    await talk(nila, omar, "Media: connected · direct");
    await omar.page.evaluate(() => window.dispatchEvent(new Event("offline")));
    await omar.sees("Reconnecting…");
    await omar.sees("Connected");
    await omar.press("Mute");
    await nila.sees("Omar is muted");
    await omar.page.reload();
    await omar.sees("Media: connected · direct");
    await nila.sees("Omar is muted");
    for (const peer of [nila, omar]) await peer.hears((now, then) => now.audioBytes > then.audioBytes, "media");
    await nila.press("Hang up the call with Omar");
    await omar.sees("Nila hung up");
  });
});
