import { avatar, el, write } from "../page/dom";
import { keepFocus } from "../page/focus";
import { noticesView } from "../page/notices_view";
import { linkText } from "../page/words";
import { callView } from "./call_view";
import type { Phone } from "./phone";
import { rosterView } from "./roster_view";
import type { PhoneState } from "./state";
import { figuresText, outcomeText, roleText, spokenState } from "./wording";

// A part of a phone: built once, then told every new state, so that focus and selection survive.
export interface View {
  element: HTMLElement;
  show(state: PhoneState): void;
}

export function phoneView(phone: Phone): HTMLElement {
  const { identity } = phone;
  const connection = el("span", { class: "phone-link" });
  const toggle = el("button", {
    type: "button",
    role: "switch",
    class: "switch",
    "aria-label": `${identity.name} online`,
    click: () => (isOn(phone.state) ? phone.goOffline() : phone.goOnline()),
  });
  const spoken = el("p", { class: "unseen", role: "status" });
  const idle = identity.role === "USER" ? rosterView(phone) : waitingView(identity.name);
  const call = callView(phone);
  const last = lastView(phone);
  const notices = noticesView((notice) => phone.dismiss(notice));
  const idleScreen = el("div", { class: "screen" }, idle.element, last.element);
  const screens = el(
    "div",
    { class: "screens", role: "group", "aria-label": `${identity.name}'s screen`, tabindex: "-1" },
    idleScreen,
    call.element,
    notices.element,
  );
  const phoneBody = el(
    "div",
    { class: "phone" },
    el(
      "header",
      { class: "phone-head" },
      avatar(identity.name),
      el("div", { class: "phone-owner" }, el("h2", {}, identity.name), connection),
      toggle,
    ),
    screens,
    spoken,
  );
  const label = `${roleText[identity.role]} phone`;
  const section = el(
    "section",
    { class: `station station-${identity.role.toLowerCase()}`, "aria-label": `${label}, ${identity.name}` },
    el("p", { class: "station-label", "aria-hidden": "true" }, label),
    phoneBody,
  );

  const show = (state: PhoneState): void => {
    const hadFocus = screens.contains(document.activeElement);
    section.dataset["link"] = state.link;
    section.dataset["phase"] = state.call?.phase ?? "idle";
    write(connection, linkText[state.link]);
    write(spoken, spokenState(state));
    toggle.setAttribute("aria-checked", String(isOn(state)));
    idleScreen.hidden = state.call !== null;
    for (const part of [idle, call, last, notices]) part.show(state);
    if (hadFocus) keepFocus(screens);
  };
  phone.onChange(show);
  show(phone.state);
  return section;
}

function isOn({ link }: PhoneState): boolean {
  return link !== "offline" && link !== "refused";
}

function waitingView(name: string): View {
  const line = el("p", { class: "waiting-line" });
  const face = el("div", { class: "call-face" }, avatar(name, "large"));
  return {
    element: el("div", { class: "waiting" }, face, line),
    show: ({ link }) =>
      write(
        line,
        link === "online" ? "Waiting for a call" : link === "offline" ? "Nobody can call this phone" : linkText[link],
      ),
  };
}

function lastView(phone: Phone): View {
  const text = el("p", { class: "last-text" });
  const figures = el("p", { class: "last-figures" });
  const element = el("div", { class: "last", role: "group", "aria-label": "Last call" }, text, figures);
  return {
    element,
    show: ({ last }) => {
      element.hidden = last === null;
      if (!last) return;
      write(text, outcomeText(phone.identity.role, last));
      write(figures, figuresText(phone.identity.role, last));
    },
  };
}
