import assert from "node:assert/strict";

const DEADLINE_MS = 10_000;

// The demo page as a visitor meets it: everything is found by its role and accessible name.
export class DemoPage {
  complaints = [];

  static async open(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const demo = new DemoPage();
    demo.page = await context.newPage();
    demo.page.setDefaultTimeout(DEADLINE_MS);
    demo.page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") demo.complaints.push(message.text());
    });
    demo.page.on("pageerror", (error) => demo.complaints.push(String(error)));
    demo.page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(url).host) demo.complaints.push(`request to ${request.url()}`);
    });
    await demo.page.goto(url);
    demo.user = demo.page.getByRole("region", { name: "User phone, Ravi", exact: true });
    demo.maya = demo.page.getByRole("region", { name: "Telecaller phone, Maya", exact: true });
    demo.isha = demo.page.getByRole("region", { name: "Telecaller phone, Isha", exact: true });
    return demo;
  }

  async close() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, [], "the console is clean and nothing is fetched from elsewhere");
  }

  // `phone`: one of the regions above. Waits until it says exactly `text` somewhere.
  async sees(phone, text) {
    await phone.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor();
  }

  row(name) {
    return this.user
      .getByRole("list", { name: "Telecallers on this page" })
      .getByRole("listitem")
      .filter({ hasText: name });
  }

  async waitForPresence(name, presence) {
    await this.row(name).getByText(presence, { exact: true }).waitFor();
  }

  async waitUntilReady() {
    await this.waitForPresence("Maya", "Online");
    await this.waitForPresence("Isha", "Online");
  }

  async waitUntilIdle() {
    await this.waitUntilReady();
    await this.sees(this.maya, "Waiting for a call");
    await this.sees(this.isha, "Waiting for a call");
  }

  async press(phone, name) {
    await phone.getByRole("button", { name, exact: true }).click();
  }

  // The names of the events that the log shows, oldest first.
  async logged() {
    return this.page
      .getByRole("list", { name: "Events", exact: true })
      .locator("li:visible .log-name")
      .allTextContents();
  }
}
