import { el } from "./dom";

export interface Tab {
  id: string; // also the address behind `#`
  name: string;
  hint: string;
  build(): HTMLElement;
}

// Tabs whose pages are built when they are first shown, and stay: a call must not end with a look at the other one.
export function tabs(all: readonly [Tab, ...Tab[]], hint: HTMLElement): { bar: HTMLElement; panels: HTMLElement[] } {
  const parts = all.map((tab) => {
    const button = el(
      "button",
      { type: "button", role: "tab", class: "tab", id: `tab-${tab.id}`, "aria-controls": `panel-${tab.id}` },
      tab.name,
    );
    const panel = el("div", {
      role: "tabpanel",
      class: "panel",
      id: `panel-${tab.id}`,
      "aria-labelledby": `tab-${tab.id}`,
    });
    button.addEventListener("click", () => (location.hash = tab.id));
    return { tab, button, panel };
  });

  const show = (): void => {
    const chosen = parts.find(({ tab }) => `#${tab.id}` === location.hash) ?? parts[0];
    for (const { tab, button, panel } of parts) {
      const isChosen = tab === chosen?.tab;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
      if (isChosen && !panel.hasChildNodes()) panel.append(tab.build());
      if (isChosen) hint.textContent = tab.hint;
    }
  };
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = parts.findIndex(({ button }) => button === document.activeElement);
    if (!by || at < 0) return;
    const next = parts[(at + by + parts.length) % parts.length];
    next?.button.focus();
    next?.button.click();
  };
  window.addEventListener("hashchange", show);
  const bar = el("div", { class: "tabs", role: "tablist", "aria-label": "Demo" }, ...parts.map(({ button }) => button));
  bar.addEventListener("keydown", step);
  show();
  return { bar, panels: parts.map(({ panel }) => panel) };
}
