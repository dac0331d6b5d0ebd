import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FAKE_MEDIA, launchChromium } from "./chromium.mjs";
import { PeerPage } from "./peer_page.mjs";
import { startServer } from "./ringback_server.mjs";

const RESUME_MS = 3_000;
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

describe("calls between two browsers", { timeout: 240_000 }, () => {
  let server;
  let browser;

  before(async () => {
    server = await startServer({ "peer.directory": "everyone", "limits.call_initiate_per_minute": "0" });
    browser = await launchChromium(FAKE_MEDIA);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // Each story gets two people of its own, and clean consoles at its end.
  let stories = 0;
  const story = (name, tell, options = {}) =>
    test(name, async () => {
      const number = ++stories;
      const nila = await PeerPage.open(browser, server.url, `Nila${number}`, options.nila);
      const omar = await PeerPage.open(browser, server.url, `Omar${number}`, options.omar);
      await nila.person(omar.name).getByText(/^Online/).waitFor();
      await tell(nila, omar);
      for (const peer of [nila, omar]) await peer.close();
    });

  async function talk(from, to, { video = false } = {}) {
    await from.press(`${video ? "Video call" : "Call"} ${to.name}`);
    await to.press(`Accept the call from ${from.name}`);
    for (const peer of [from, to]) await peer.sees("Media: connected · direct");
  }

  async function hangUp(from, to) {
    await from.press(`Hang up the call with ${to.name}`);
    await from.sees("You hung up");
    await to.sees(`${from.name} hung up`);
  }

  story("carry sound both ways, and hanging up frees both", async (nila, omar) => {
    await talk(nila, omar);
    for (const peer of [nila, omar]) {
      await peer.hearsSound();
      await peer.sees("Audio call");
      await peer.phone.getByRole("timer", { name: "Talk time" }).getByText("0:02", { exact: true }).waitFor();
    }
    await hangUp(nila, omar);
    await talk(omar, nila); // now the other way round
    for (const peer of [nila, omar]) await peer.hearsSound();
    await hangUp(nila, omar);
  });

  story("carry pictures, which either can turn off and on", async (nila, omar) => {
    await talk(nila, omar, { video: true });
    for (const peer of [nila, omar]) await peer.seesVideo();
    await omar.phone.getByLabel(`Video of ${nila.name}`).waitFor();
    await nila.press("Video off");
    await omar.sees(`${nila.name}'s video is off`);
    assert.equal(await nila.button("Video off").getAttribute("aria-pressed"), "true");
    await nila.press("Video off");
    await omar.losesSight(`${nila.name}'s video is off`);
    for (const peer of [nila, omar]) await peer.seesVideo();
    await hangUp(omar, nila);
  });
});
