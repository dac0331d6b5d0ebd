import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchChromium } from "./chromium.mjs";
import { DemoPage } from "./demo_page.mjs";
import { startServer } from "./ringback_server.mjs";

describe("the demo page", { timeout: 180_000 }, () => {
  let server;
  let browser;

  before(async () => {
    server = await startServer();
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  // Each story gets a page with accounts of its own, and a clean console at its end.
  const story = (name, tell, options) =>
    test(name, async () => {
      const demo = await DemoPage.open(browser, server.url, options);
      await tell(demo);
      await demo.close();
    });

  story("carries a call from two clicks to the hang-up", async (demo) => {
    await demo.waitUntilReady();
    await demo.press(demo.user, "Call Maya");
    await demo.press(demo.maya, "Accept the call from Ravi");
    await demo.sees(demo.user, "media: off");
    for (const phone of [demo.user, demo.maya]) {
      await demo.sees(phone, "Audio call");
      await phone
        .getByRole("timer", { name: "Talk time" })
        .getByText(/^0:(0[2-9]|[1-5]\d)$/)
        .waitFor();
    }
    if (process.env.SCREENSHOT) await demo.page.screenshot({ path: process.env.SCREENSHOT });
    await demo.press(demo.user, "Hang up the call with Maya");
    await demo.sees(demo.user, "You hung up");
    await demo.sees(demo.maya, "Ravi hung up");
    await demo.user.getByText(/^\d:\d\d · \d+ coins spent$/).waitFor();
    await demo.maya.getByText(/^\d:\d\d · \d+ coins earned$/).waitFor();
    await demo.waitUntilIdle();
  });

  story("lets the telecaller hang up a video call, and logs its events", async (demo) => {
    await demo.waitUntilReady();
    await demo.press(demo.user, "Video call Isha");
    await demo.press(demo.isha, "Accept the call from Ravi");
    await demo.sees(demo.isha, "Video call");
    await demo.press(demo.isha, "Hang up the call with Ravi");
    await demo.sees(demo.user, "Isha hung up");
    await demo.waitUntilIdle();
    const logged = await demo.logged();
    for (const name of [
      "call:initiate",
      "call:incoming",
      "call:ringing",
      "call:accept",
      "call:accepted",
      "call:end",
      "call:ended",
    ]) {
      assert.ok(logged.includes(name), `${name} is in the log`);
    }
  });

  story("counts down while it rings, and ends on a rejection", async (demo) => {
    await demo.waitUntilReady();
    await demo.press(demo.user, "Call Maya");
    for (const phone of [demo.user, demo.maya]) {
      await phone
        .getByRole("timer", { name: "Time left to answer" })
        .getByText(/^[1-9]\d* s left$/)
        .waitFor();
    }
    await demo.press(demo.maya, "Reject the call from Ravi");
    await demo.sees(demo.user, "Maya declined");
    await demo.sees(demo.maya, "You declined Ravi");
    await demo.waitUntilIdle();
  });

  story("takes a call back", async (demo) => {
    await demo.waitUntilReady();
    await demo.press(demo.user, "Call Isha");
    await demo.sees(demo.isha, "Incoming audio call");
    await demo.press(demo.user, "Cancel the call to Isha");
    await demo.sees(demo.user, "You cancelled the call");
    await demo.sees(demo.isha, "Ravi cancelled");
    await demo.waitUntilIdle();
  });

  story("follows a telecaller who goes offline and comes back", async (demo) => {
    await demo.waitUntilReady();
    const online = demo.isha.getByRole("switch", { name: "Isha online" });
    await online.click();
    await demo.waitForPresence("Isha", "Offline");
    await demo.sees(demo.isha, "Nobody can call this phone");
    assert.equal(
      await demo.user.getByRole("button", { name: "Call Isha", exact: true }).getAttribute("aria-disabled"),
      "true",
    );
    await online.click();
    await demo.waitUntilIdle();
  });

  story("ends the call of a user who goes offline", async (demo) => {
    await demo.waitUntilReady();
    await demo.press(demo.user, "Call Maya");
    await demo.press(demo.maya, "Accept the call from Ravi");
    await demo.sees(demo.user, "Audio call");
    const online = demo.user.getByRole("switch", { name: "Ravi online" });
    await online.click();
    await demo.sees(demo.user, "Call with Maya lost");
    await demo.sees(demo.maya, "Ravi disconnected");
    await online.click();
    await demo.waitUntilIdle();
  });

  story("tells what the server refuses", async (demo) => {
    await demo.waitUntilReady();
    const other = await DemoPage.open(browser, server.url);
    await other.waitUntilReady();
    const elsewhere = other.user.getByRole("list", { name: "Telecallers elsewhere" }).getByRole("listitem");
    const id = await demo.page.evaluate(() => sessionStorage.getItem("ringback-demo-suffix"));
    const maya = elsewhere.getByRole("button", { name: `Call Maya, ${id.slice(-4)}`, exact: true });
    await demo.press(demo.user, "Call Maya");
    await demo.sees(demo.maya, "Incoming audio call");
    await maya.click(); // rings already, and still counts as online
    await other.user.getByRole("alert").getByText("Maya is busy on another call. Please try again later.").waitFor();
    await other.sees(other.user, "Telecallers");
    await demo.press(demo.user, "Cancel the call to Maya");
    await demo.waitUntilIdle();
    await other.close();
  });

  story("keeps two visitors apart, and shows each the other's telecallers", async (demo) => {
    await demo.waitUntilReady();
    const other = await DemoPage.open(browser, server.url);
    await other.waitUntilReady();
    const suffix = await demo.page.evaluate(() => sessionStorage.getItem("ringback-demo-suffix"));
    const maya = other.user
      .getByRole("list", { name: "Telecallers elsewhere" })
      .getByRole("listitem")
      .filter({ hasText: suffix.slice(-4) })
      .filter({ hasText: "Maya" });
    await maya.getByText(/^Online/).waitFor();
    await demo.press(demo.user, "Call Maya");
    await demo.press(demo.maya, "Accept the call from Ravi");
    await demo.sees(demo.maya, "Audio call");
    await other.sees(other.maya, "Waiting for a call");
    await other.waitForPresence("Maya", "Online");
    await maya.getByText(/^On a call/).waitFor();
    await demo.press(demo.maya, "Hang up the call with Ravi");
    await demo.waitUntilIdle();
    await other.close();
  });

  story("stays the same visitor over a reload", async (demo) => {
    await demo.waitUntilReady();
    const suffix = () => demo.page.evaluate(() => sessionStorage.getItem("ringback-demo-suffix"));
    const first = await suffix();
    await demo.page.reload();
    await demo.waitUntilReady();
    assert.equal(await suffix(), first);
  });

  story("works by keyboard alone, and keeps the focus in the phone that is used", async (demo) => {
    await demo.waitUntilReady();
    const { keyboard } = demo.page;
    const focused = () => demo.page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    const tabTo = async (name) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if ((await focused()) === name) return;
        await keyboard.press("Tab");
      }
      assert.fail(`Tab never reaches "${name}"`);
    };
    await tabTo("Call Maya");
    await keyboard.press("Enter");
    await demo.sees(demo.maya, "Incoming audio call");
    assert.equal(await focused(), "Ravi's screen");
    await keyboard.press("Tab");
    assert.equal(await focused(), "Cancel the call to Maya");
    await tabTo("Accept the call from Ravi");
    await keyboard.press("Space");
    await demo.sees(demo.maya, "Audio call");
    assert.equal(await focused(), "Maya's screen");
    await tabTo("Hang up the call with Ravi");
    await keyboard.press("Enter");
    await demo.waitUntilIdle();
  });

  story("names every control, and every phone by its role", async (demo) => {
    await demo.waitUntilReady();
    const nameless = await demo.page.evaluate(() =>
      [...document.querySelectorAll("button, input, [role=switch]")]
        .filter(
          (control) =>
            !(
              control.getAttribute("aria-label") ??
              control.closest("label")?.textContent ??
              control.textContent
            ).trim(),
        )
        .map((control) => control.outerHTML),
    );
    assert.deepEqual(nameless, []);
    const tree = await demo.page.locator("main").ariaSnapshot();
    for (const part of [
      'region "User phone, Ravi"',
      'region "Telecaller phone, Maya"',
      'region "Telecaller phone, Isha"',
      'region "Event log"',
      'switch "Ravi online" [checked]',
      'button "Video call Isha"',
    ]) {
      assert.ok(tree.includes(part), `${part} in\n${tree}`);
    }
  });

  story("logs each phone's events with folded payloads and shortened tokens", async (demo) => {
    await demo.waitUntilReady();
    await demo.page.getByRole("radio", { name: "Ravi" }).check({ force: true });
    const events = demo.page.getByRole("list", { name: "Events", exact: true });
    const connect = events.getByRole("listitem").filter({ hasText: "connect /user" });
    assert.equal(await connect.locator("pre").isVisible(), false);
    await connect.locator("summary").click();
    const payload = JSON.parse(await connect.locator("pre").textContent());
    assert.match(payload.auth.token, /^.{10}…$/);
    assert.equal(
      await events
        .locator("li:visible")
        .filter({ hasText: "Maya" })
        .locator(".log-who")
        .filter({ hasText: "Maya" })
        .count(),
      0,
    );
    assert.doesNotMatch(await events.innerHTML(), /eyJ[\w-]+\.[\w-]+\./);
    await demo.page.getByRole("button", { name: "Clear the event log" }).click();
    assert.deepEqual(await demo.logged(), []);
  });

  story(
    "fits a small screen, in the dark",
    async (demo) => {
      await demo.waitUntilReady();
      await demo.press(demo.user, "Call Maya");
      await demo.press(demo.maya, "Accept the call from Ravi");
      await demo.sees(demo.user, "Audio call");
      const beyond = await demo.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(beyond <= 0, `${beyond} pixels beyond the right edge`);
      await demo.press(demo.maya, "Hang up the call with Ravi");
      await demo.waitUntilIdle();
    },
    { viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true },
  );
});
