import assert from "node:assert/strict";

const DEADLINE_MS = 20_000; // four encoders share the machine with the tests

// The tab "Peer call" as one of two people meets it: everything is found by its role and accessible name. What the page
// does not show, the statistics of its connection, is read from the RTCPeerConnection itself.
export class PeerPage {
  complaints = [];

  static async open(browser, url, name, { path = "/#peer", ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const peer = new PeerPage();
    peer.name = name;
    const page = (peer.page = await context.newPage());
    page.setDefaultTimeout(DEADLINE_MS);
    await page.addInitScript(rememberConnections);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") peer.complaints.push(message.text());
    });
    page.on("pageerror", (error) => peer.complaints.push(String(error)));
    await page.goto(url + path);
    peer.phone = page.getByRole("region", { name: `Phone of ${name}`, exact: true });
    await page.getByRole("textbox", { name: "Your name" }).fill(name);
    await peer.press("Sign in", page);
    await peer.sees("Connected");
    return peer;
  }

  // Tells a story of these people; when it goes wrong, with what they see.
  static async tell(peers, story) {
    try {
      await story(...peers);
    } catch (error) {
      for (const { name, page, complaints } of peers) {
        const screen = await page.getByRole("region", { name }).innerText({ timeout: 1000 }).catch(String);
        error.stack += `\n\n${name} sees:\n${screen}\n${complaints.join("\n")}`;
      }
      throw error;
    }
    for (const peer of peers) await peer.close();
  }

  async close() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, [], "the console is clean");
  }

  async sees(text) {
    await this.phone.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor();
  }

  // Whether the phone stops saying `text`.
  async losesSight(text) {
    await this.phone.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor({ state: "hidden" });
  }

  async press(name, within = this.phone) {
    await within.getByRole("button", { name, exact: true }).click();
  }

  button(name) {
    return this.phone.getByRole("button", { name, exact: true });
  }

  person(name) {
    return this.phone.getByRole("list", { name: "People online" }).getByRole("listitem").filter({ hasText: name });
  }

  // Counters of the newest connection, and the kinds of its selected candidates.
  media() {
    return this.page.evaluate(async () => {
      const connection = window.connections.at(-1);
      if (!connection || connection.connectionState !== "connected") return null;
      const stats = [...(await connection.getStats()).values()];
      const inbound = (kind) => stats.find((each) => each.type === "inbound-rtp" && each.kind === kind);
      const transport = stats.find((each) => each.type === "transport");
      const pair = stats.find((each) => each.id === transport?.selectedCandidatePairId);
      const typeOf = (id) => stats.find((each) => each.id === id)?.candidateType;
      return {
        connections: window.connections.length,
        audioBytes: inbound("audio")?.bytesReceived ?? 0,
        audioEnergy: inbound("audio")?.totalAudioEnergy ?? 0,
        frames: inbound("video")?.framesDecoded ?? 0,
        played: document.querySelector('video[aria-label^="Video of"]')?.currentTime ?? 0,
        pair: pair ? [typeOf(pair.localCandidateId), typeOf(pair.remoteCandidateId)] : [],
      };
    });
  }

  // Resolves once `holds(now, before)` of what arrives, measured from this moment.
  async hears(holds, what, deadlineMs = DEADLINE_MS) {
    const until = Date.now() + deadlineMs;
    let before = null;
    let now = null;
    do {
      now = await this.media().catch(() => null); // between two documents
      before ??= now;
      if (now && holds(now, before)) return now;
      await new Promise((done) => setTimeout(done, 50));
    } while (Date.now() < until);
    assert.fail(`${this.name} does not get ${what} within ${deadlineMs} ms: ${JSON.stringify({ before, now })}`);
  }

  // Sound: bytes that come in, that are no silence, and that are played.
  hearsSound(deadlineMs) {
    return this.hears(
      (now, before) =>
        now.audioBytes > before.audioBytes && now.audioEnergy > before.audioEnergy && now.played > before.played,
      "sound",
      deadlineMs,
    );
  }

  seesVideo(deadlineMs) {
    return this.hears((now, before) => now.frames > before.frames, "pictures", deadlineMs);
  }
}

function rememberConnections() {
  window.connections = [];
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...options) {
      super(...options);
      window.connections.push(this);
    }
  };
}
