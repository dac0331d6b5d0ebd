// An idle socket costs bytes, not objects: the resident memory of the server's process before and after a thousand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isSanitized } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";
import { RawSocket } from "./support/wire.mjs";

const SOCKETS = 1000,
  KILOBYTES_PER_SOCKET = 4;
const skip =
  (isSanitized && "sanitizers need memory of their own") || (isReference && "the reference is not about memory");

describe("memory", { skip }, () => {
  const stage = useServer();

  function residentKilobytes() {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${stage.server.pid}/status`, "utf8"))[1]);
  }
  async function join(number) {
    const raw = await RawSocket.open(stage.server);
    await raw.next();
    raw.send(
      `40/user,${JSON.stringify({ token: tokenOf({ id: `idle-${number}`, role: "USER", name: `Idle ${number}` }) })}`,
    );
    assert.match(await raw.next(), /^40\/user,/);
    return raw;
  }
  async function joinMany(from, count) {
    const joined = [];
    for (let number = from; number < from + count; number += 50)
      joined.push(...(await Promise.all(Array.from({ length: 50 }, (_, i) => join(number + i)))));
    return joined;
  }

  it(`${SOCKETS} idle sockets, each of an account of its own, take less than ${KILOBYTES_PER_SOCKET} kB each`, async () => {
    // What is allocated once (code that is paged in, the store's cache, buffers of a shard) is there after the first ones.
    const first = await joinMany(0, 100),
      before = residentKilobytes();
    const idle = await joinMany(100, SOCKETS),
      each = (residentKilobytes() - before) / SOCKETS;
    for (const raw of [...first, ...idle]) raw.close();
    assert.ok(each < KILOBYTES_PER_SOCKET, `${each.toFixed(2)} kB per socket`);
    console.log(`${each.toFixed(2)} kB per idle socket`);
  });
});
