// The page of examples/chat as two people meet it: everything is found by its role and accessible name.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { useExample } from "../e2e/support/example.mjs";
import { launchChromium } from "./chromium.mjs";

const FOLDER = fileURLToPath(new URL("../../examples/chat", import.meta.url));
const DEADLINE_MS = 10_000;
const PHONE = { width: 360, height: 640 };

describe("the chat page", { timeout: 120_000 }, () => {
  const server = useExample("chat_server", FOLDER);
  let browser;
  before(async () => (browser = await launchChromium()));
  after(() => browser?.close());

  async function open(viewport) {
    const page = await (await browser.newContext({ viewport })).newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    page.complaints = [];
    page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    await page.goto(server.url);
    return page;
  }
  async function join(name, viewport = { width: 900, height: 700 }) {
    const page = await open(viewport);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Join" }).click();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    return page;
  }
  async function close(...pages) {
    for (const page of pages) {
      await page.context().close();
      assert.deepEqual(page.complaints, [], "the console is clean");
    }
  }
  const sees = (page, text) => page.getByRole("log").getByText(text, { exact: true }).waitFor();
  const state = (page, text) => page.getByRole("banner").getByText(text, { exact: true }).waitFor();

  test("brings two people together, from their names to good-bye", async () => {
    const maya = await join("Maya");
    await state(maya, "1 person here");
    const ravi = await join("Ravi", PHONE);
    await sees(maya, "Ravi joined");
    for (const page of [maya, ravi]) await state(page, "2 people here");

    const field = ravi.getByRole("textbox", { name: "Message" });
    await field.pressSequentially("<b>Hello</b>");
    await maya.getByText("Ravi is typing …", { exact: true }).waitFor();
    await field.press("Enter");
    for (const page of [maya, ravi]) await sees(page, "<b>Hello</b>");
    assert.equal(await field.inputValue(), "");
    assert.equal(await maya.getByRole("status", { name: "Typing" }).textContent(), "");
    if (process.env.SCREENSHOT) await ravi.screenshot({ path: process.env.SCREENSHOT });

    await close(ravi);
    await sees(maya, "Ravi left");
    await state(maya, "1 person here");
    await close(maya);
  });

  test("fits a phone, however much was said", async () => {
    const page = await join("Maya", PHONE);
    for (let i = 0; i < 30; i++) {
      await page.getByRole("textbox", { name: "Message" }).fill(`${i} ${"long".repeat(40)}`);
      await page.getByRole("button", { name: "Send" }).click();
    }
    const button = await page.getByRole("button", { name: "Send" }).boundingBox();
    assert.ok(button.x + button.width <= PHONE.width && button.y + button.height <= PHONE.height, "the button is on the screen");
    assert.ok(button.height >= 44, "and large enough for a thumb");
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen");
    assert.ok(await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "only the messages scroll");
    await close(page);
  });

  test("comes back by itself when the connection was lost", async () => {
    const [maya, ravi] = [await join("Maya"), await join("Ravi")];
    await state(maya, "2 people here");
    await ravi.evaluate("window.dispatchEvent(new Event('offline'))");
    await sees(ravi, "You are connected again.");
    await state(ravi, "2 people here");
    await close(maya, ravi);
  });
});
