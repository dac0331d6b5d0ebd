import { verdictOf } from "../link/verdict";
import { el, hueOf } from "../page/dom";
import type { EventLog, LogEntry } from "./event_log";

const KEPT = 300;
const MARKS = { sent: "↑", received: "↓", answer: "↩", link: "•" } as const;
const SPOKEN = { sent: "sent", received: "received", answer: "acknowledged", link: "connection" } as const;

let views = 0; // a page may have several: their ids are for each alone

// What every phone sends and hears, oldest first; the newest stays in sight unless the reader has scrolled up. With
// names it can be narrowed to one of them.
export function logView(log: EventLog, names: readonly string[]): HTMLElement {
  const id = `log-${++views}`;
  const list = el("ol", { class: "log-list", "aria-label": "Events", tabindex: "0" });
  const empty = el("p", { class: "log-empty" }, "Nothing yet.");
  let shown = "All";

  const show = (name: string): void => {
    shown = name;
    for (const row of list.children) if (row instanceof HTMLElement) row.hidden = isHidden(row);
    list.scrollTop = list.scrollHeight;
  };
  const isHidden = (row: HTMLElement): boolean => shown !== "All" && row.dataset["who"] !== shown;

  log.onEntry((entry) => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 24;
    const row = rowOf(entry);
    row.hidden = isHidden(row);
    list.append(row);
    if (list.childElementCount > KEPT) list.firstElementChild?.remove();
    empty.hidden = true;
    if (atEnd) list.scrollTop = list.scrollHeight;
  });

  const clear = (): void => {
    list.replaceChildren();
    empty.hidden = false;
  };
  return el(
    "section",
    { class: "log", "aria-labelledby": `${id}-title` },
    el(
      "header",
      { class: "log-head" },
      el("h2", { id: `${id}-title` }, "Event log"),
      el(
        "button",
        { type: "button", class: "button-quiet", "aria-label": "Clear the event log", click: clear },
        "Clear",
      ),
    ),
    names.length === 0
      ? null
      : el(
          "fieldset",
          { class: "segments" },
          el("legend", { class: "unseen" }, "Show events of"),
          ...["All", ...names].map((name) => choice(id, name, show)),
        ),
    el("div", { class: "log-body" }, empty, list),
  );
}

function choice(group: string, name: string, show: (name: string) => void): HTMLElement {
  const radio = el("input", { type: "radio", name: group, value: name, class: "unseen", change: () => show(name) });
  radio.checked = name === "All";
  return el("label", {}, radio, el("span", {}, name));
}

function rowOf({ who, direction, name, payload, at }: LogEntry): HTMLElement {
  const line = [
    el("time", { datetime: new Date(at).toISOString(), title: new Date(at).toISOString() }, clock(at)),
    el("span", { class: `log-who hue-${hueOf(who)}` }, who),
    el(
      "span",
      { class: `log-mark log-mark-${direction}`, title: SPOKEN[direction] },
      el("span", { "aria-hidden": "true" }, MARKS[direction]),
      el("span", { class: "unseen" }, SPOKEN[direction]),
    ),
    el("span", { class: "log-name", title: name }, name),
    direction === "answer" ? verdict(payload) : el("span"),
  ];
  const content =
    payload === undefined
      ? el("div", { class: "log-line" }, ...line)
      : el(
          "details",
          {},
          el("summary", { class: "log-line" }, ...line),
          el("pre", {}, JSON.stringify(payload, null, 2)),
        );
  return el("li", { "data-who": who }, content);
}

// Whether an acknowledgement says yes, or the code of its refusal, without unfolding it.
function verdict(payload: unknown): HTMLElement {
  const { ok, code } = verdictOf(payload);
  return ok
    ? el("span", { class: "log-answer" }, "ok")
    : el("span", { class: "log-answer log-answer-refused" }, code ?? "refused");
}

function clock(at: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
