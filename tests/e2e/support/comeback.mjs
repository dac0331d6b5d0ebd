// Servers that go and come back, and the phones that do so with them.
import { eventually } from "./deadline.mjs";
import { callRow } from "./store.mjs";

// `kill -9`, and the next process on the same port with the same data. Phones lose their connections with the old one.
export async function crash(server) {
  await server.kill();
  const killedAt = Date.now();
  await server.comeBack();
  return killedAt;
}

// SIGTERM, and the next process.
export async function restart(server) {
  await server.stop();
  await server.comeBack();
}

// Official clients that come back by themselves, as apps have them.
export const FAITHFUL = { options: { reconnection: true, reconnectionDelay: 100, reconnectionDelayMax: 300 } };
export const isBack = (...phones) =>
  eventually(() => phones.every(({ socket }) => socket.connected), "phones that are back");

export const over = (server, callId) =>
  eventually(() => {
    const row = callRow(server, callId);
    return row?.ended_at && row;
  }, "the end of the call");
