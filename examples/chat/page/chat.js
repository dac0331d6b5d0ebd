import { io } from "/socket.io-client.js";

const TYPING_EVERY_MS = 1000; // less than the server's 3 s of patience
const ANSWER_MS = 10_000;

const at = (id) => document.getElementById(id);
const login = at("login");
const room = at("room");
const messages = at("messages");
const complaint = login.querySelector(".complaint");

const socket = io();
const typists = new Map(); // socket id → name
let name = "";
let lastTyped = 0;

function show(text, { by, className }) {
  const followed = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 60;
  const line = document.createElement("li");
  if (className) line.className = className;
  if (by) line.append(Object.assign(document.createElement("b"), { textContent: by }));
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  messages.append(line);
  if (followed || className === "mine") line.scrollIntoView({ block: "end" });
  return line;
}

const news = (text) => show(text, { className: "news" });

function showState(members) {
  at("state").textContent = members === 1 ? "1 person here" : `${members} people here`;
}

function showTyping() {
  const names = [...typists.values()];
  at("typing").textContent =
    names.length === 0 ? "" : names.length === 1 ? `${names[0]} is typing …` : `${names.join(" and ")} are typing …`;
}

// Throws when no answer comes.
const ask = (...event) => socket.timeout(ANSWER_MS).emitWithAck(...event);

async function join() {
  const answer = await ask("join", name).catch(() => ({ ok: false, why: "The server does not answer." }));
  complaint.textContent = answer.ok ? "" : answer.why;
  if (!answer.ok) return;
  const isFirst = room.hidden;
  login.hidden = true;
  room.hidden = false;
  showState(answer.members);
  if (isFirst) at("text").focus();
}

login.addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  name = at("name").value.trim();
  join();
});

at("say").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const text = at("text").value.trim();
  at("text").value = "";
  lastTyped = 0;
  if (!text) return;
  const line = show(text, { by: name, className: "mine" });
  const answer = await ask("say", text).catch(() => ({ ok: false }));
  if (answer.ok) return;
  line.classList.add("lost");
  line.append(" (not sent)");
});

at("text").addEventListener("input", () => {
  if (Date.now() - lastTyped < TYPING_EVERY_MS) return;
  lastTyped = Date.now();
  socket.volatile.emit("typing");
});

socket.on("connect", () => {
  typists.clear();
  showTyping();
  if (room.hidden) at("state").textContent = "";
  // A recovered socket is in the room already, and is told how many are; any other one has to join again.
  else if (!socket.recovered) join();
});
socket.on("disconnect", () => (at("state").textContent = "Connection lost, trying again …"));
socket.io.on("reconnect", () => !room.hidden && news("You are connected again."));

socket.on("said", (from, text) => show(text, { by: from }));
socket.on("joined", (who, members) => {
  news(`${who} joined`);
  showState(members);
});
socket.on("left", (who, members) => {
  news(`${who} left`);
  showState(members);
});
socket.on("members", showState);
socket.on("typing", (id, who) => {
  typists.set(id, who);
  showTyping();
});
socket.on("quiet", (id) => {
  typists.delete(id);
  showTyping();
});
