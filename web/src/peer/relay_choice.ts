import { el } from "../page/dom";
import { setRelayOnly, wantsRelayOnly } from "./kept";

// For the next calls: media through the TURN server alone, as behind the strictest firewalls.
export function relayChoice(): HTMLElement {
  const box = el("input", { type: "checkbox", change: () => setRelayOnly(box.checked) });
  box.checked = wantsRelayOnly();
  return el("label", { class: "peer-relay" }, box, el("span", {}, "Relay only (TURN)"));
}
