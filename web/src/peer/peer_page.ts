import { EventLog } from "../log/event_log";
import { logView } from "../log/log_view";
import { el } from "../page/dom";
import { accountId } from "./account_id";
import { forget, keep, keptOf, type Kept } from "./kept";
import { PeerPhone } from "./peer_phone";
import { peerView } from "./peer_view";

const NAMES = ["Nila", "Omar", "Tara", "Kofi", "Lena", "Yuki", "Sara", "Ivan"];

// Calls from person to person: this tab is one of them, the other has a window or a browser of its own.
export function peerPage(suffix: string): HTMLElement {
  const log = new EventLog();
  const place = el("div", { class: "peer-place" });
  const page = el("div", { class: "peer" }, place, logView(log, []));

  const enter = (kept: Kept): void => {
    const phone = new PeerPhone(kept, log);
    const leave = (): void => {
      phone.goOffline();
      forget();
      place.replaceChildren(signIn(suffix, enter));
    };
    place.replaceChildren(peerView(phone, leave));
    phone.goOnline();
  };
  const kept = keptOf(suffix);
  if (kept) enter(kept);
  else place.append(signIn(suffix, enter));
  return page;
}

function signIn(suffix: string, enter: (kept: Kept) => void): HTMLElement {
  const name = el("input", {
    type: "text",
    id: "peer-name",
    class: "field",
    maxlength: "40",
    autocomplete: "nickname",
    required: true,
  });
  name.value = NAMES[Math.floor(Math.random() * NAMES.length)] ?? "";
  const submit = (event: Event): void => {
    event.preventDefault();
    const shown = name.value.trim();
    if (!shown) return;
    const kept: Kept = { id: accountId(shown, suffix), name: shown, sessionToken: null, isLivekit: false };
    keep(kept);
    enter(kept);
  };
  return el(
    "form",
    { class: "phone peer-sign-in", "aria-label": "Sign in", submit },
    el("h2", {}, "Who are you?"),
    el("label", { for: "peer-name" }, "Your name"),
    name,
    el("button", { class: "button-tonal" }, "Sign in"),
    el("p", {}, "The demo signs anybody in. Do the same in a second window or browser, and call each other."),
  );
}
