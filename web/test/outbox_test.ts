import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../src/peer/outbox";

// A connection whose acknowledgements come when the test says so.
function connection() {
  const sent: { name: string; answer(payload: unknown): void }[] = [];
  const emit = (name: string): Promise<unknown> => new Promise((answer) => sent.push({ name, answer }));
  return { sent, emit, names: () => sent.splice(0).map(({ name }) => name) };
}
const turn = () => new Promise((done) => setImmediate(done));

test("what is put while there is nobody to send it goes out in order once there is", () => {
  const line = connection();
  const outbox = new Outbox(line.emit);
  outbox.put("a", {});
  outbox.put("b", {});
  assert.deepEqual(line.names(), []);
  outbox.open();
  outbox.put("c", {});
  outbox.open();
  assert.deepEqual(line.names(), ["a", "b", "c"]);
});

test("what was not acknowledged before the connection broke is sent again; what was is not", async () => {
  const line = connection();
  const outbox = new Outbox(line.emit);
  outbox.open();
  for (const name of ["accepted", "refused", "lost"]) outbox.put(name, {});
  line.sent[0]?.answer({ ok: true });
  line.sent[1]?.answer({ ok: false, error: { code: "CALL_NOT_ACTIVE" } });
  line.sent[2]?.answer(null);
  await turn();
  line.names();
  outbox.close();
  outbox.put("later", {});
  outbox.open();
  assert.deepEqual(line.names(), ["lost", "later"]);
});

test("the end of the call empties it", () => {
  const line = connection();
  const outbox = new Outbox(line.emit);
  outbox.put("a", {});
  outbox.clear();
  outbox.open();
  assert.deepEqual(line.names(), []);
});
