import type { CallType } from "../link/fields";
import { avatar, el, icon, write } from "../page/dom";
import { presenceText } from "../page/words";
import type { PeerPhone } from "./peer_phone";
import type { Shown } from "./wire";

// Who is there, and can be called.
export function peopleView(phone: PeerPhone) {
  const rows = new Map<string, ReturnType<typeof rowOf>>();
  const list = el("ul", { class: "roster-list", "aria-label": "People online" });
  const nobody = el("p", { class: "peer-nobody" });
  const show = (): void => {
    const { people, link, isGreeted } = phone.state;
    for (const [id, row] of rows) {
      if (people.some((person) => person.id === id)) continue;
      row.element.remove();
      rows.delete(id);
    }
    people.forEach((person, index) => {
      const row = rows.get(person.id) ?? rowOf(phone, person);
      rows.set(person.id, row);
      const hasNamesake = people.some(({ id, name }) => name === person.name && id !== person.id);
      row.show(person, link === "online" && isGreeted, hasNamesake);
      if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null);
    });
    nobody.hidden = people.length > 0;
    write(nobody, isGreeted ? "Nobody yet. Open this page in a second window or browser, and sign in there too." : "");
  };
  const element = el("div", { class: "roster" }, el("h3", {}, "People online"), nobody, list, contactsView(phone));
  return { element, show };
}

function rowOf(phone: PeerPhone, { id, name }: Shown) {
  const presence = el("span", { class: "presence" });
  let canCall = false;
  const dial = (callType: CallType) => (): void => {
    if (canCall) void phone.dial({ id, name }, callType);
  };
  const button = (label: string, picture: "call" | "video", callType: CallType): HTMLButtonElement =>
    el("button", { type: "button", class: "button-tonal", click: dial(callType) }, icon(picture), label);
  const [audio, video] = [button("Call", "call", "AUDIO"), button("Video", "video", "VIDEO")];
  const element = el(
    "li",
    { class: "roster-row" },
    el("div", { class: "roster-face" }, avatar(name), el("span", { class: "presence-dot" })),
    el("div", { class: "roster-name" }, el("span", {}, name), presence),
    el("div", { class: "roster-actions" }, audio, video),
  );
  // Of two with one name the end of the id tells which is which.
  const show = (now: Shown, isPossible: boolean, hasNamesake: boolean): void => {
    canCall = isPossible;
    element.dataset["presence"] = now.presence;
    const spokenName = hasNamesake ? `${name}, ${id.slice(-4)}` : name;
    write(presence, hasNamesake ? `${presenceText[now.presence]} · ${id.slice(-4)}` : presenceText[now.presence]);
    audio.setAttribute("aria-label", `Call ${spokenName}`);
    video.setAttribute("aria-label", `Video call ${spokenName}`);
    // Not `disabled`: that would drop the keyboard focus whenever the connection changes.
    for (const each of [audio, video]) each.setAttribute("aria-disabled", String(!isPossible));
  };
  return { element, show };
}

// For servers with `peer.directory = "contacts"`, which show nobody else.
function contactsView(phone: PeerPhone): HTMLElement {
  const id = el("input", {
    type: "text",
    class: "field",
    "aria-label": "Id of the other one",
    placeholder: "demo-…",
    autocapitalize: "none",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const add = (event: Event): void => {
    event.preventDefault();
    void phone.addContact(id.value.trim()).then(() => (id.value = ""));
  };
  return el(
    "details",
    { class: "peer-contacts" },
    el("summary", {}, "Somebody is missing?"),
    el("p", {}, "A server may show contacts only: people who have added each other. Your id:"),
    el("p", { class: "peer-id" }, phone.kept.id),
    el("form", { class: "peer-form", submit: add }, id, el("button", { class: "button-tonal" }, "Add contact")),
  );
}
