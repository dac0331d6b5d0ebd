// Two visitors of the demo page who talk through the real LiveKit.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "../e2e/support/deadline.mjs";
import { API_KEY, API_SECRET, sdk } from "../e2e/support/livekit.mjs";
import { FAKE_MEDIA, launchChromium } from "./chromium.mjs";
import { DemoPage } from "./demo_page.mjs";
import { isMissing, LivekitServer } from "./livekit_server.mjs";
import { freePort, startServer } from "./ringback_server.mjs";

const MEDIA_MS = 30_000;
// `./dev` says why in the line of each test.
const skip = isMissing;

describe("calls through LiveKit", { skip, timeout: 300_000 }, () => {
  let livekit, server, rooms, browser;

  before(async () => {
    // Each has to know the other's address before it starts.
    const listen = `127.0.0.1:${await freePort()}`;
    livekit = await new LivekitServer().start(`http://${listen}/api/v1/livekit/webhook`);
    server = await startServer(
      {
        "livekit.url": livekit.url,
        "livekit.api_key": API_KEY,
        "livekit.api_secret": API_SECRET,
        "livekit.sweep_interval": "1s",
      },
      listen,
    );
    rooms = new sdk.RoomServiceClient(livekit.httpUrl, API_KEY, API_SECRET);
    browser = await launchChromium([...FAKE_MEDIA, "--autoplay-policy=no-user-gesture-required"]);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await livekit?.stop();
  });

  const roomNames = async () => (await rooms.listRooms()).map(({ name }) => name);
  const inRoom = async (name) => {
    try {
      return (await rooms.listParticipants(name)).filter(({ state }) => state === 2); // ACTIVE
    } catch (error) {
      if (error.status === 404 || error.code === "not_found") return [];
      throw error;
    }
  };

  // Ravi of one page calls Maya of the other.
  async function talk(callType = "audio") {
    const [caller, callee] = [await DemoPage.open(browser, server.url), await DemoPage.open(browser, server.url)];
    for (const demo of [caller, callee]) await demo.waitUntilReady();
    const suffix = await callee.page.evaluate(() => sessionStorage.getItem("ringback-demo-suffix"));
    const maya = `Maya, ${suffix.slice(-4)}`;
    await caller.press(caller.user, callType === "audio" ? `Call ${maya}` : `Video call ${maya}`);
    await callee.press(callee.maya, "Accept the call from Ravi");
    const room = await eventually(async () => (await roomNames())[0], "a room", MEDIA_MS);
    await eventually(async () => (await inRoom(room)).length === 2, "both in the room", MEDIA_MS);
    return { caller, callee, room };
  }
  // Ravi hears the beeps of Maya's microphone and the other way round.
  async function assertAudioFlows({ caller, callee }) {
    for (const [phone, name] of [
      [caller.user, "Maya"],
      [callee.maya, "Ravi"],
    ]) {
      const meter = phone.getByRole("meter", { name: `Volume of ${name}` });
      await eventually(async () => (await meter.evaluate(({ value }) => value)) > 0.01, `to hear ${name}`, MEDIA_MS);
    }
  }
  async function over({ caller, callee }) {
    for (const demo of [caller, callee]) {
      await demo.waitUntilIdle();
      await demo.page.context().close();
    }
  }

  it("audio flows, and hanging up removes the room within a second", async () => {
    const call = await talk();
    await assertAudioFlows(call);
    await call.caller.user.getByText("Maya is in the room", { exact: true }).waitFor();
    const [one] = await rooms.listRooms([call.room]);
    const options = [one.maxParticipants, one.emptyTimeout, one.departureTimeout];
    assert.deepEqual(options, [2, 60, 30], "those of the token");
    for (const { permission } of await inRoom(call.room))
      assert.deepEqual(permission.canPublishSources, [2], "microphone");
    await call.caller.press(call.caller.user, "Hang up the call with Maya");
    const began = Date.now();
    await eventually(async () => !(await roomNames()).includes(call.room), "the end of the room", 1000);
    assert.ok(Date.now() - began < 1000);
    await over(call);
  });

  it("pictures flow in a video call", async () => {
    const call = await talk("video");
    await assertAudioFlows(call);
    const video = call.callee.maya.locator("video");
    await eventually(async () => (await video.evaluate(({ videoWidth }) => videoWidth)) > 0, "a picture", MEDIA_MS);
    await call.callee.press(call.callee.maya, "Hang up the call with Ravi");
    await over(call);
  });

  it("a participant whom an operator of LiveKit removes ends the call", async () => {
    const call = await talk();
    await assertAudioFlows(call);
    const [{ identity }] = (await inRoom(call.room)).filter((each) => each.identity.startsWith("demo-maya"));
    await rooms.removeParticipant(call.room, identity);
    await call.caller.sees(call.caller.user, "Media room closed");
    await call.callee.sees(call.callee.maya, "Media room closed");
    await eventually(async () => !(await roomNames()).includes(call.room), "the end of the room");
    await over(call);
  });

  it("a LiveKit that is killed delays nothing, and leaves no room when it is back", async () => {
    const call = await talk();
    await assertAudioFlows(call);
    await livekit.kill();
    const began = Date.now();
    await call.caller.press(call.caller.user, "Hang up the call with Maya");
    await call.caller.sees(call.caller.user, "You hung up");
    await call.callee.sees(call.callee.maya, "Ravi hung up");
    assert.ok(Date.now() - began < 3000, "at once");
    // And a call that begins without LiveKit is a call too.
    await call.caller.press(call.caller.user, "Call Isha");
    await call.caller.press(call.caller.isha, "Accept the call from Ravi");
    await call.caller.sees(call.caller.user, "Audio call");
    await livekit.comeBack();
    await call.caller.press(call.caller.user, "Hang up the call with Isha");
    await over(call);
    await eventually(async () => (await roomNames()).length === 0, "no room", MEDIA_MS);
  });

  it("a call outlives a LiveKit that is killed and comes back", async () => {
    const call = await talk();
    await assertAudioFlows(call);
    await livekit.kill();
    await livekit.comeBack();
    await call.caller.sees(call.caller.user, "Audio call");
    await call.callee.press(call.callee.maya, "Hang up the call with Ravi");
    await over(call);
    await eventually(async () => (await roomNames()).length === 0, "no room", MEDIA_MS);
  });
});
