import { el, icon } from "./dom";

export interface Notice {
  id: number;
  text: string;
}

// What went wrong lately, each until it is dismissed.
export function noticesView(dismiss: (notice: number) => void) {
  const element = el("div", { class: "notices", role: "alert" });
  const shown = new Map<number, HTMLElement>();
  const build = (id: number, text: string): HTMLElement =>
    el(
      "div",
      { class: "notice" },
      el("p", {}, text),
      el(
        "button",
        { type: "button", class: "notice-close", "aria-label": `Dismiss: ${text}`, click: () => dismiss(id) },
        icon("close"),
      ),
    );
  return {
    element,
    show: ({ notices }: { notices: readonly Notice[] }): void => {
      for (const [id, old] of shown) {
        if (notices.some((notice) => notice.id === id)) continue;
        old.remove();
        shown.delete(id);
      }
      for (const { id, text } of notices) {
        if (shown.has(id)) continue;
        const added = build(id, text);
        shown.set(id, added);
        element.append(added);
      }
    },
  };
}
