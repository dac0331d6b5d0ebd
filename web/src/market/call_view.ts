import { avatar, el, icon, paintAvatar, svg, write, type IconName } from "../page/dom";
import { duration } from "../page/words";
import type { Phone } from "./phone";
import type { View } from "./phone_view";
import type { Asked, Call, PhoneState } from "./state";
import { callLine, mediaText } from "./wording";

const TICK_MS = 250;
const RADIUS = 58;
const AROUND = 2 * Math.PI * RADIUS;

// The screen of a call, from dialing to hanging up. Only this view looks at the clock.
export function callView(phone: Phone): View {
  const face = avatar("?", "large");
  const arc = svg("circle", {
    class: "countdown-arc",
    cx: "64",
    cy: "64",
    r: String(RADIUS),
    "stroke-dasharray": String(AROUND),
  });
  const countdown = svg("svg", { class: "countdown", viewBox: "0 0 128 128", "aria-hidden": "true" }, arc);
  const peer = el("p", { class: "call-peer" });
  const line = el("p", { class: "call-line" });
  const clock = el("p", { class: "call-clock", role: "timer" });
  const media = el("p", { class: "call-media" });
  const buttons = {
    reject: actionButton(phone, "reject", "Reject", "hang-up", "stop"),
    cancel: actionButton(phone, "cancel", "Cancel", "hang-up", "stop"),
    end: actionButton(phone, "end", "Hang up", "hang-up", "stop"),
    accept: actionButton(phone, "accept", "Accept", "call", "go"),
  };
  const element = el(
    "div",
    { class: "screen call" },
    el("div", { class: "call-face" }, countdown, face),
    el("div", { class: "call-words" }, peer, line, clock, media),
    el("div", { class: "call-actions" }, buttons.reject, buttons.accept, buttons.cancel, buttons.end),
  );

  const tick = (call: Call | null): void => {
    if (call?.phase === "talking") {
      write(clock, duration(Math.max(0, Math.floor((Date.now() - call.since) / 1000))));
    } else if (call?.phase === "ringing" && call.expiresAt !== null) {
      const left = Math.max(0, call.expiresAt - Date.now());
      write(clock, `${Math.ceil(left / 1000)} s left`);
      const part = Math.min(1, left / Math.max(1, call.expiresAt - call.since));
      arc.setAttribute("stroke-dashoffset", String(AROUND * (1 - part)));
    } else {
      write(clock, "");
    }
  };
  let ticking: number | undefined;

  const show = (state: PhoneState): void => {
    const { call, role, link } = state;
    element.hidden = call === null;
    clearInterval(ticking);
    tick(call);
    if (!call) return;
    ticking = window.setInterval(() => tick(phone.state.call), TICK_MS);
    paintAvatar(face, call.peer.name, "large");
    write(peer, call.peer.name);
    write(line, callLine(state));
    write(media, mediaText(state));
    clock.setAttribute("aria-label", call.phase === "talking" ? "Talk time" : "Time left to answer");
    countdown.toggleAttribute("hidden", call.phase !== "ringing" || call.expiresAt === null);
    buttons.reject.hidden = buttons.accept.hidden = role === "USER" || call.phase !== "ringing";
    buttons.cancel.hidden = role === "TELECALLER" || call.phase === "talking";
    buttons.end.hidden = call.phase !== "talking";
    const possible = link === "online" && call.phase !== "dialing" && !call.asked;
    for (const [asked, button] of Object.entries(buttons)) {
      button.setAttribute("aria-disabled", String(!possible));
      button.setAttribute("aria-label", spokenAction[asked as Asked](call.peer.name));
    }
  };
  return { element, show };
}

const spokenAction: Record<Asked, (name: string) => string> = {
  accept: (name) => `Accept the call from ${name}`,
  reject: (name) => `Reject the call from ${name}`,
  cancel: (name) => `Cancel the call to ${name}`,
  end: (name) => `Hang up the call with ${name}`,
};

function actionButton(
  phone: Phone,
  asked: Asked,
  label: string,
  picture: IconName,
  tone: "go" | "stop",
): HTMLButtonElement {
  const press = (event: Event): void => {
    const { currentTarget } = event;
    if (currentTarget instanceof Element && currentTarget.getAttribute("aria-disabled") !== "true")
      void phone.ask(asked);
  };
  return el(
    "button",
    { type: "button", class: `call-action call-action-${tone}`, click: press },
    icon(picture),
    el("span", {}, label),
  );
}
