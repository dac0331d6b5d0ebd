import { avatar, el, icon, paintAvatar, write, type IconName } from "../page/dom";
import type { PeerPhone } from "./peer_phone";
import type { Asked } from "./state";
import { callLine } from "./wording";

const TICK_MS = 250;

// The screen of a call that is not accepted yet.
export function ringView(phone: PeerPhone) {
  const face = avatar("?", "large");
  const peer = el("p", { class: "call-peer" });
  const line = el("p", { class: "call-line" });
  const clock = el("p", { class: "call-clock", role: "timer", "aria-label": "Time left to answer" });
  const buttons: Record<"reject" | "accept" | "cancel", HTMLButtonElement> = {
    reject: action(phone, "reject", "Reject", "hang-up", "stop"),
    accept: action(phone, "accept", "Accept", "call", "go"),
    cancel: action(phone, "cancel", "Cancel", "hang-up", "stop"),
  };
  const element = el(
    "div",
    { class: "screen call" },
    el("div", { class: "call-face" }, face),
    el("div", { class: "call-words" }, peer, line, clock),
    el("div", { class: "call-actions" }, ...Object.values(buttons)),
  );
  const tick = (): void => {
    const { call } = phone.state;
    const until = call?.phase === "ringing" ? call.expiresAt : null;
    write(clock, until === null ? "" : `${Math.max(0, Math.ceil((until - Date.now()) / 1000))} s left`);
  };
  let ticking: number | undefined;

  const show = (): void => {
    const { call, link } = phone.state;
    const isShown = call !== null && call.phase !== "talking";
    element.hidden = !isShown;
    clearInterval(ticking);
    if (!isShown) return;
    tick();
    ticking = window.setInterval(tick, TICK_MS);
    paintAvatar(face, call.peer.name, "large");
    write(peer, call.peer.name);
    write(line, callLine(phone.state));
    const isRung = call.phase === "ringing" && call.role === "callee";
    buttons.reject.hidden = buttons.accept.hidden = !isRung;
    buttons.cancel.hidden = isRung;
    const isPossible = link === "online" && call.phase === "ringing" && !call.asked;
    for (const button of Object.values(buttons)) button.setAttribute("aria-disabled", String(!isPossible));
    buttons.reject.setAttribute("aria-label", `Reject the call from ${call.peer.name}`);
    buttons.accept.setAttribute("aria-label", `Accept the call from ${call.peer.name}`);
    buttons.cancel.setAttribute("aria-label", `Cancel the call to ${call.peer.name}`);
  };
  return { element, show };
}

function action(
  phone: PeerPhone,
  asked: Asked,
  label: string,
  picture: IconName,
  tone: "go" | "stop",
): HTMLButtonElement {
  const press = (): void => {
    if (button.getAttribute("aria-disabled") !== "true") void phone.ask(asked);
  };
  const button = el(
    "button",
    { type: "button", class: `call-action call-action-${tone}`, click: press },
    icon(picture),
    el("span", {}, label),
  );
  return button;
}
