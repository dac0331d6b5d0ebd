// Runs the examples of a section of a page: its `js run` blocks are one program, in which each `json` block is a check of
// what the caption above it names.
import assert from "node:assert/strict";
import { io } from "socket.io-client";
import { eventually, within } from "./deadline.mjs";
import { differences } from "./document.mjs";
import { nowSeconds, sign } from "./tokens.mjs";

const RESERVED = ["connect", "connect_error", "disconnect"],
  PRESENCE = "telecaller:presence-changed";
const AsyncFunction = (async () => {}).constructor;

// The events of a call come in one order; presence, and what the client itself reports, each in one of its own.
const streamOf = (event) => ([...RESERVED, PRESENCE].includes(event) ? event : "call");

class Listener {
  #streams = new Map();

  constructor(socket) {
    socket.onAny((event, ...args) => this.#put(event, args));
    for (const event of RESERVED) socket.on(event, (...args) => this.#put(event, args));
  }
  #stream(name) {
    if (!this.#streams.has(name)) this.#streams.set(name, { arrived: [], waiting: [] });
    return this.#streams.get(name);
  }
  #put(event, args) {
    const { arrived, waiting } = this.#stream(streamOf(event));
    if (waiting.length) waiting.shift()({ event, args });
    else arrived.push({ event, args });
  }
  async next(wanted) {
    const { arrived, waiting } = this.#stream(streamOf(wanted));
    const { event, args } =
      arrived.shift() ?? (await within(new Promise((resolve) => waiting.push(resolve)), `the event ${wanted}`));
    assert.equal(event, wanted, `the next event, with ${JSON.stringify(args)}`);
    if (!RESERVED.includes(event)) assert.equal(args.length, 1, `${event} has one argument`);
    return args[0];
  }
  get undocumented() {
    return this.#stream("call").arrived;
  }
}

// What the code of the page has in scope.
export class Scene {
  #listeners = new Map();
  #seen = {};
  fences = 0;

  // `receiver`: of the server's webhooks, if the story has one.
  constructor(server, receiver) {
    this.url = server.url;
    this.webhookSecret = receiver?.secret;
    this.webhook = async (type) => {
      const isNext = ({ event, isRead }) => event.type === type && !isRead;
      const request = await eventually(() => receiver.attempts.find(isNext), `the webhook ${type}`);
      request.isRead = true;
      return request;
    };
    this.io = (address, options) => {
      const socket = io(address, { forceNew: true, reconnection: false, transports: ["websocket"], ...options });
      this.#listeners.set(socket, new Listener(socket));
      return socket;
    };
    this.token = (claims) => sign({ iat: nowSeconds(), exp: nowSeconds() + 3600, ...claims });
    this.next = (socket, event) => this.#listeners.get(socket).next(event);
  }
  async received(socket, event, documented) {
    this.is(await this.next(socket, event), documented, event);
  }
  is(actual, documented, what) {
    assert.deepEqual(differences(actual, documented, this.#seen, what), []);
  }

  // Round trips, twice around, so that what one socket caused at another has arrived there.
  async assertNothingElse() {
    const sockets = [...this.#listeners.keys()].filter(({ connected }) => connected);
    for (const socket of [...sockets, ...sockets])
      await within(
        new Promise((resolve) => socket.io.socket(`/fence-${++this.fences}`).once("connect_error", resolve)),
        "a round trip",
      );
    for (const { undocumented } of this.#listeners.values())
      assert.deepEqual(undocumented, [], "events that the page does not show");
  }
  close() {
    for (const socket of this.#listeners.keys()) socket.disconnect();
  }
}

const isCode = ({ language, words }) => language === "js" && words[0] === "run";

function checkOf({ caption, text }, documented) {
  documented.push(JSON.parse(text));
  const value = `documented[${documented.length - 1}]`;
  const received = /^`(\w+)` receives `([\w:-]+)`:$/.exec(caption);
  if (received) return `await scene.received(${received[1]}, ${JSON.stringify(received[2])}, ${value});\n`;
  const is = /^`([^`]+)` is:$/.exec(caption);
  if (is) return `scene.is(${is[1]}, ${value}, ${JSON.stringify(is[1])});\n`;
  throw new Error(`what is this the payload of? ${caption}`);
}

// The stories of a page: heading, settings of the server, and `play(scene)`.
export function storiesOf(sections) {
  const blocks = sections.flatMap(({ blocks: all }) => all);
  const setup = blocks.find((block) => isCode(block) && block.words[1] === "setup");
  const stories = [];
  for (const { heading, blocks: all } of sections) {
    const told = all.filter((block) => block !== setup && ["js", "json"].includes(block.language));
    if (!told.length) continue;
    const unread = told.find((block) => block.language === "js" && !isCode(block));
    if (unread) throw new Error(`under ${heading}: a js block that is not run`);
    const documented = [];
    const body = told.map((block) => (isCode(block) ? block.text : checkOf(block, documented))).join("");
    const settings = Object.fromEntries(
      told.filter(isCode).flatMap(({ words }) => words.slice(1).map((word) => word.split(/=(.*)/s, 2))),
    );
    const program = new AsyncFunction(
      "scene",
      "documented",
      `const { io, url, token, next, webhook, webhookSecret } = scene;\n${setup.text}{\n${body}}`,
    );
    stories.push({ heading, settings, play: (scene) => program(scene, documented) });
  }
  return stories;
}
