type Child = Node | string | null;
type Properties = Record<string, string | boolean | EventListener>;

// Builds an element. A function becomes a listener of the event its key names ("click"), `true` an attribute
// without a value; `false` leaves the attribute out. There is no way to give a style: the page runs under a
// Content-Security-Policy without inline styles.
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag: string, attributes: Record<string, string>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export type IconName = "call" | "video" | "hang-up" | "close" | "mic-off" | "hold" | "video-off";

export function icon(name: IconName): SVGElement {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

export function avatar(name: string, size: "small" | "large" = "small"): HTMLElement {
  const face = el("span", { "aria-hidden": "true" });
  paintAvatar(face, name, size);
  return face;
}

export function paintAvatar(face: HTMLElement, name: string, size: "small" | "large"): void {
  face.className = `avatar avatar-${size} hue-${hueOf(name)}`;
  face.textContent = name.slice(0, 1).toUpperCase();
}

// One of the six hues of theme.css; a name keeps its hue on every phone and in the log.
export function hueOf(name: string): number {
  return [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6;
}

// Writes only what changes, so that screen readers are not told the same text twice.
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
