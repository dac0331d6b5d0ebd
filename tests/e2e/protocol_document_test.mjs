// docs/protocol.md says what the server does: its examples are played, what it calls missing is looked for, and so are the
// tests that it names.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codeIn, differences, rowsOf, sectionsOf, textOf } from "./support/document.mjs";
import { Phone } from "./support/phone.mjs";
import { Receiver } from "./support/receiver.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { Scene, storiesOf } from "./support/story.mjs";
import { tokenOf } from "./support/tokens.mjs";

const PROTOCOL = sectionsOf("docs/protocol.md");
const skip = isReference && "the page describes what this version serves; the reference serves more and less";

describe("the examples of docs/protocol.md", { skip }, () => {
  for (const { heading, settings, play } of storiesOf(PROTOCOL)) {
    it(heading, async () => {
      const receiver = settings["webhooks.url"] === "receiver" ? await new Receiver().open() : null,
        server = await new RingbackServer({ settings: { ...settings, ...receiver?.settings } }).start(),
        scene = new Scene(server, receiver);
      try {
        await play(scene);
        await scene.assertNothingElse();
      } finally {
        scene.close();
        await server.close();
        await receiver?.close();
      }
    });
  }

  it("would fail if they were wrong", () => {
    const found = (actual, documented) => differences(actual, documented, {}).length;
    const id = "0123456789abcdef01234567",
      other = "0123456789abcdef01234568";
    assert.equal(
      found({ a: [1, { b: null }], id, n: 2, m: 6 }, { a: [1, { b: null }], id: "<callId>", n: "<n>", m: "<3n>" }),
      0,
    );
    for (const [actual, documented] of [
      [{}, { a: 1 }],
      [{ a: 1 }, {}],
      [{ a: null }, { a: {} }],
      [[1, 2], [1]],
      [{ a: "1" }, { a: 1 }],
      ["x", "<callId>"],
      [
        { a: id, b: other },
        { a: "<callId>", b: "<callId>" },
      ],
      [
        { n: 2, m: 5 },
        { n: "<n>", m: "<3n>" },
      ],
      [1.5, "<n>"],
      ["today", "<time>"],
      ["a.b", "<jwt>"],
    ])
      assert.equal(found(actual, documented), 1, JSON.stringify([actual, documented]));
  });
});

describe("what docs/protocol.md says is not served", { skip }, () => {
  const stage = useServer();
  for (const { missing } of rowsOf(PROTOCOL, "missing")) {
    const [kind] = missing.split(" "),
      name = codeIn(missing);
    if (kind === "namespace") {
      it(`${kind} ${name}`, async () => {
        const phone = new Phone(stage.server, name, { auth: { token: tokenOf(stage.account("ADMIN")) } });
        await assert.rejects(phone.connect(), { message: "Invalid namespace", data: undefined });
        phone.close();
      });
    }
    if (kind === "route")
      it(`${kind} ${name}`, async () => assert.equal((await fetch(stage.server.url + name)).status, 404));
  }
});

describe("the tests that docs/protocol.md names", () => {
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  // The titles of a file, each as a pattern; the groups are what a template puts in.
  function titlesIn(file, source) {
    const names = [...source.matchAll(/^(?:TYPED_)?TEST(?:_[FP])?\((\w+), (\w+)\)/gm)].map(
      ([, suite, name]) => `${suite}.${name}`,
    );
    const texts = [...source.matchAll(/\b(?:it|play)\(\s*(["'`])((?:\\.|(?!\1).)*)\1/gs)].map(([, , text]) => text);
    return (/\.[ch]pp$/.test(file) ? names : texts).map((title) => {
      const pieces = title.split(/\$\{[^}]*\}/).map(escaped);
      return new RegExp(`^${pieces.join("(.+)")}$`);
    });
  }
  function hasTest(file, title) {
    const source = textOf(`tests/${file}`);
    const found = titlesIn(file, source).map((pattern) => pattern.exec(title));
    return found.some((match) => match && match.slice(1).every((insertion) => source.includes(insertion)));
  }
  for (const { "asked for": asked, file, test } of rowsOf(PROTOCOL, "asked for"))
    it(asked, () => assert.ok(hasTest(codeIn(file), codeIn(test)), `${codeIn(file)} has the test ${codeIn(test)}`));

  it("would not be found if they were not there", () => {
    for (const title of ["a rejected call that nobody tests", "a successful SCREEN call that the user ends"])
      assert.equal(hasTest("e2e/flows_test.mjs", title), false, title);
    assert.equal(hasTest("unit/call/call_flow_test.cpp", "CallFlow.ThisIsNoTest"), false);
  });
});
