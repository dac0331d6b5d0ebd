import type { Identity } from "../link/identity";
import { EventLog } from "../log/event_log";
import { logView } from "../log/log_view";
import { el } from "../page/dom";
import { Phone } from "./phone";
import { phoneView } from "./phone_view";

// The marketplace: one user, two telecallers, and what they say to the server.
export function marketPage(suffix: string): HTMLElement {
  const user: Identity = { id: `demo-ravi-${suffix}`, role: "USER", name: "Ravi" };
  const telecallers: Identity[] = [
    { id: `demo-maya-${suffix}`, role: "TELECALLER", name: "Maya" },
    { id: `demo-isha-${suffix}`, role: "TELECALLER", name: "Isha" },
  ];
  const log = new EventLog();
  const phones = [new Phone(user, telecallers, log), ...telecallers.map((identity) => new Phone(identity, [], log))];
  const names = phones.map((phone) => phone.identity.name);
  const page = el("div", { class: "market" }, ...phones.map(phoneView), logView(log, names));
  for (const phone of phones) phone.goOnline();
  return page;
}
