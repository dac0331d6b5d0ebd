import type { CallType } from "../link/fields";
import { avatar, el, icon, write } from "../page/dom";
import { presenceText } from "../page/words";
import type { Phone } from "./phone";
import type { View } from "./phone_view";
import type { Listed, PhoneState } from "./state";

interface Row {
  element: HTMLElement;
  show(listed: Listed, canCall: boolean): void;
}

// The telecallers that a user can call: those of this page, then those of other visitors of the same server.
export function rosterView(phone: Phone): View {
  const rows = new Map<string, Row>();
  const own = el("ul", { class: "roster-list", "aria-label": "Telecallers on this page" });
  const others = el("ul", { class: "roster-list", "aria-label": "Telecallers elsewhere" });
  const othersTitle = el("h3", {}, "Elsewhere");

  const show = ({ telecallers, link }: PhoneState): void => {
    for (const [id, row] of rows) {
      if (telecallers.some((listed) => listed.id === id)) continue;
      row.element.remove();
      rows.delete(id);
    }
    place(
      own,
      telecallers.filter((listed) => listed.own),
      link === "online",
    );
    place(
      others,
      telecallers.filter((listed) => !listed.own),
      link === "online",
    );
    othersTitle.hidden = others.hidden = others.childElementCount === 0;
  };
  const place = (list: HTMLElement, telecallers: Listed[], connected: boolean): void => {
    telecallers.forEach((listed, index) => {
      const row = rows.get(listed.id) ?? rowOf(phone, listed);
      rows.set(listed.id, row);
      row.show(listed, connected && listed.presence === "ONLINE");
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null);
    });
  };
  return { element: el("div", { class: "roster" }, el("h3", {}, "Telecallers"), own, othersTitle, others), show };
}

function rowOf(phone: Phone, listed: Listed): Row {
  const { id, name, own } = listed;
  // Every visitor's telecallers have the same names: the end of the id tells them apart.
  const tag = own ? "" : id.slice(-4);
  const spokenName = tag ? `${name}, ${tag}` : name;
  const presence = el("span", { class: "presence" });
  let canCall = false;
  const dial = (callType: CallType) => (): void => {
    if (canCall) void phone.dial({ id, name }, callType);
  };
  const audio = el(
    "button",
    { type: "button", class: "button-tonal", "aria-label": `Call ${spokenName}`, click: dial("AUDIO") },
    icon("call"),
    "Call",
  );
  const video = el(
    "button",
    { type: "button", class: "button-tonal", "aria-label": `Video call ${spokenName}`, click: dial("VIDEO") },
    icon("video"),
    "Video",
  );
  const face = el("div", { class: "roster-face" }, avatar(name), el("span", { class: "presence-dot" }));
  const element = el(
    "li",
    { class: "roster-row" },
    face,
    el("div", { class: "roster-name" }, el("span", {}, name), presence),
    el("div", { class: "roster-actions" }, audio, video),
  );
  return {
    element,
    show: (now, possible) => {
      canCall = possible;
      element.dataset["presence"] = now.presence;
      write(presence, tag ? `${presenceText[now.presence]} · ${tag}` : presenceText[now.presence]);
      // Not `disabled`: that would drop the keyboard focus whenever a presence changes.
      for (const button of [audio, video]) button.setAttribute("aria-disabled", String(!possible));
    },
  };
}
