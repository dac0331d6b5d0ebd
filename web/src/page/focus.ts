// Who works by keyboard must not be thrown to the top of the page when the button in use goes away. The screen takes
// the focus, not its first button: a second Enter must not cancel what the first began.
export function keepFocus(screens: HTMLElement): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && screens.contains(active) && active.offsetParent !== null) return;
  screens.focus({ preventScroll: true });
}
