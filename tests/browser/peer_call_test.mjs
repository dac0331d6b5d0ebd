import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
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
  const play = (name, tell, options = {}) =>
    it(name, async () => {
      const number = ++stories;
      const nila = await PeerPage.open(browser, server.url, `Nila${number}`, options.nila);
      const omar = await PeerPage.open(browser, server.url, `Omar${number}`, options.omar);
      await PeerPage.tell([nila, omar], async () => {
        await nila.person(omar.name).getByText("Online", { exact: true }).waitFor();
        await tell(nila, omar);
      });
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

  play("carry sound both ways, and hanging up frees both", async (nila, omar) => {
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

  play("carry pictures, which either can turn off and on", async (nila, omar) => {
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

  play("show the other one muted, and on hold, while nothing is sent", async (nila, omar) => {
    await talk(nila, omar);
    await nila.press("Mute");
    await omar.sees(`${nila.name} is muted`);
    assert.equal(await nila.button("Mute").getAttribute("aria-pressed"), "true");
    await omar.hears((now, before) => now.audioBytes > before.audioBytes, "the silence");
    await nila.press("Mute");
    await omar.losesSight(`${nila.name} is muted`);
    await omar.hearsSound();

    await omar.press("Hold");
    await omar.sees("You hold the call");
    await nila.sees(`${omar.name} holds the call`);
    for (const peer of [nila, omar]) await staysSilent(peer);
    await omar.press("Hold");
    await nila.losesSight(`${omar.name} holds the call`);
    for (const peer of [nila, omar]) await peer.hearsSound();
    await hangUp(omar, nila);
  });

  for (const who of ["caller", "callee"]) {
    play(`survive a reload of the ${who}`, async (nila, omar) => {
      await talk(nila, omar, { video: true });
      await nila.press("Mute");
      await omar.sees(`${nila.name} is muted`);
      for (const peer of [nila, omar]) await peer.seesVideo();
      const [loaded, other] = who === "caller" ? [nila, omar] : [omar, nila];
      const since = Date.now();
      await loaded.page.reload({ waitUntil: "commit" });
      for (const peer of [loaded, other]) {
        await peer.hears(
          (now) => now.frames > 0 && now.audioBytes > 0 && now.connections === connectionsOf(peer),
          "media",
        );
      }
      const took = Date.now() - since;
      assert.ok(took <= RESUME_MS, `media are back after ${took} ms`);
      assert.equal(await nila.button("Mute").getAttribute("aria-pressed"), "true");
      await omar.sees(`${nila.name} is muted`);
      await nila.press("Mute");
      await omar.losesSight(`${nila.name} is muted`);
      for (const peer of [nila, omar]) await peer.hearsSound();
      await hangUp(nila, omar);
      await talk(omar, nila);
      await hangUp(omar, nila);

      function connectionsOf(peer) {
        return peer === loaded ? 1 : 2;
      }
    });
  }

  play("survive a reload of both at once", async (nila, omar) => {
    await talk(nila, omar);
    for (const peer of [nila, omar]) await peer.hearsSound();
    await Promise.all([nila, omar].map((peer) => peer.page.reload({ waitUntil: "commit" })));
    for (const peer of [nila, omar]) await peer.sees("Media: connected · direct");
    for (const peer of [nila, omar]) await peer.hearsSound();
    await hangUp(omar, nila);
  });

  play("outlive a break of one's connection to the server, without a new one between the two", async (nila, omar) => {
    await talk(nila, omar);
    await omar.page.evaluate(() => window.dispatchEvent(new Event("offline")));
    await omar.sees("Connected");
    await omar.press("Mute");
    await nila.sees(`${omar.name} is muted`);
    await omar.press("Mute");
    for (const peer of [nila, omar]) {
      const { connections } = await peer.hearsSound();
      assert.equal(connections, 1);
    }
    await hangUp(nila, omar);
  });

  play("can be rejected", async (nila, omar) => {
    await nila.press(`Call ${omar.name}`);
    await omar.sees("Incoming audio call");
    for (const peer of [nila, omar])
      await peer.phone
        .getByRole("timer", { name: "Time left to answer" })
        .getByText(/^[1-9]\d* s left$/)
        .waitFor();
    await omar.press(`Reject the call from ${nila.name}`);
    await nila.sees(`${omar.name} declined`);
    await omar.sees(`You declined ${nila.name}`);
    await talk(nila, omar);
    await hangUp(nila, omar);
  });

  play("can be cancelled, and survive a reload of the caller while they ring", async (nila, omar) => {
    await nila.press(`Video call ${omar.name}`);
    await omar.sees("Incoming video call");
    await nila.page.reload();
    await nila.sees("Ringing · video call");
    await omar.sees("Incoming video call");
    await nila.press(`Cancel the call to ${omar.name}`);
    await nila.sees("You cancelled the call");
    await omar.sees(`${nila.name} cancelled`);
    await talk(omar, nila);
    await hangUp(omar, nila);
  });

  play("end for who is left when the other one leaves", async (nila, omar) => {
    await talk(nila, omar);
    await omar.press("Mute");
    await nila.sees(`${omar.name} is muted`);
    await omar.press("Sign out");
    await nila.sees(`${omar.name} disconnected`);
    await omar.page.getByRole("textbox", { name: "Your name" }).waitFor();
    await nila.person(omar.name).waitFor({ state: "hidden" });
  });

  play("that cross become one", async (nila, omar) => {
    // At once, and whatever shows by then: nobody waits until the other one's call may be seen. Who is rung before the press
    // accepts instead.
    const call = async (from, to) => {
      await from.button(`Call ${to.name}`).evaluate((button) => button.click());
      const accept = from.button(`Accept the call from ${to.name}`);
      const talking = from.phone.getByText("Media: connected · direct");
      await accept.or(talking).filter({ visible: true }).first().waitFor();
      if (await accept.isVisible()) await accept.click();
      await talking.waitFor();
    };
    await Promise.all([call(nila, omar), call(omar, nila)]);
    for (const peer of [nila, omar]) await peer.hearsSound();
    await hangUp(nila, omar);
  });

  play(
    "fit a phone, with a name for every control",
    async (nila, omar) => {
      await isFitting(nila);
      await nila.press(`Video call ${omar.name}`);
      await omar.sees("Incoming video call");
      for (const peer of [nila, omar]) await isFitting(peer);
      await omar.press(`Accept the call from ${nila.name}`);
      for (const peer of [nila, omar]) await peer.seesVideo();
      const quality = nila.phone.getByRole("img", {
        name: /^Quality: Round trip \d+ milliseconds, receiving \d+, sending \d+ kilobits per second, loss \d+\.\d percent$/,
      });
      await quality.waitFor();
      await nila.press("Mute");
      await nila.press("Hold");
      await omar.sees(`${nila.name} holds the call`);
      for (const peer of [nila, omar]) await isFitting(peer);
      await hangUp(omar, nila);
      for (const peer of [nila, omar]) await isFitting(peer);
    },
    { nila: PHONE, omar: { ...PHONE, colorScheme: "dark" } },
  );

  play("go on while the other tab is looked at, which the keyboard reaches", async (nila, omar) => {
    await talk(nila, omar);
    await nila.page.getByRole("tab", { name: "Peer call", selected: true }).focus();
    await nila.page.keyboard.press("ArrowLeft");
    await nila.page.getByRole("tab", { name: "Marketplace", selected: true }).waitFor();
    await nila.page.getByRole("region", { name: "User phone, Ravi" }).waitFor();
    assert.equal(await nila.phone.isVisible(), false);
    await nila.hearsSound();
    await nila.page.keyboard.press("ArrowRight");
    await hangUp(nila, omar);
  });
});

// Nothing that counts as sound comes any more, for as long as a second.
async function staysSilent(peer) {
  let last = null;
  let since = Date.now();
  await peer.hears((now) => {
    if (now.audioBytes !== last) [last, since] = [now.audioBytes, Date.now()];
    return Date.now() - since > 1000;
  }, "silence");
}

async function isFitting(peer) {
  const beyond = await peer.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(beyond <= 0, `${beyond} pixels beyond the right edge`);
  const nameless = await peer.page.evaluate(() =>
    [...document.querySelectorAll("button, input, summary, video, [role=tab], [role=img]")]
      .filter((control) => control.checkVisibility())
      .filter((control) => {
        const label = document.querySelector(`label[for="${control.id}"]`) ?? control.closest("label");
        return !(control.getAttribute("aria-label") ?? label?.textContent ?? control.textContent).trim();
      })
      .map((control) => control.outerHTML),
  );
  assert.deepEqual(nameless, []);
}
