import { avatar, el, write } from "../page/dom";
import { keepFocus } from "../page/focus";
import { noticesView } from "../page/notices_view";
import { linkText } from "../page/words";
import { relayChoice } from "./relay_choice";
import { peopleView } from "./people_view";
import type { PeerPhone } from "./peer_phone";
import { ringView } from "./ring_view";
import { talkView } from "./talk_view";
import { outcomeText, outcomeTime, spokenState } from "./wording";

export function peerView(phone: PeerPhone, signOut: () => void): HTMLElement {
  const { name } = phone.kept;
  const connection = el("span", { class: "phone-link" });
  const spoken = el("p", { class: "unseen", role: "status" });
  const parts = { people: peopleView(phone), ring: ringView(phone), talk: talkView(phone), last: lastView(phone) };
  const notices = noticesView((notice) => phone.dismiss(notice));
  const idle = el("div", { class: "screen" }, parts.people.element, parts.last.element, relayChoice());
  const screens = el(
    "div",
    { class: "screens", role: "group", "aria-label": `${name}'s screen`, tabindex: "-1" },
    idle,
    parts.ring.element,
    parts.talk.element,
    notices.element,
  );
  const out = el("button", { type: "button", class: "button-quiet", click: signOut }, "Sign out");
  const section = el(
    "section",
    { class: "station", "aria-label": `Phone of ${name}` },
    el(
      "div",
      { class: "phone" },
      el(
        "header",
        { class: "phone-head" },
        avatar(name),
        el("div", { class: "phone-owner" }, el("h2", {}, name), connection),
        out,
      ),
      screens,
      spoken,
    ),
  );
  const show = (): void => {
    const { state } = phone;
    const hadFocus = screens.contains(document.activeElement);
    section.dataset["link"] = state.link;
    section.dataset["phase"] = state.call?.phase ?? "idle";
    write(connection, linkText[state.link]);
    write(spoken, spokenState(state));
    idle.hidden = state.call !== null;
    for (const part of Object.values(parts)) part.show();
    notices.show(state);
    if (hadFocus) keepFocus(screens);
  };
  phone.onChange(show);
  show();
  return section;
}

function lastView(phone: PeerPhone) {
  const text = el("p", { class: "last-text" });
  const time = el("p", { class: "last-figures" });
  const element = el("div", { class: "last", role: "group", "aria-label": "Last call" }, text, time);
  const show = (): void => {
    const { last } = phone.state;
    element.hidden = last === null;
    if (!last) return;
    write(text, outcomeText(last));
    write(time, outcomeTime(last));
  };
  return { element, show };
}
