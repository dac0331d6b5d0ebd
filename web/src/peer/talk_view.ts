import { avatar, el, icon, paintAvatar, write, type IconName } from "../page/dom";
import { duration } from "../page/words";
import type { PeerPhone } from "./peer_phone";
import { qualityView } from "./quality_view";
import type { Talking } from "./state";
import { callLine, mediaText, peerStates } from "./wording";
import type { Control } from "./wire";

const TICK_MS = 250;

// The screen of an accepted call: pictures, states, controls and quality.
export function talkView(phone: PeerPhone) {
  const remote = el("video", { class: "talk-remote", autoplay: true, playsinline: true });
  const mirror = el("video", { class: "talk-mirror", autoplay: true, playsinline: true, "aria-label": "Your camera" });
  mirror.muted = true;
  const face = avatar("?", "large");
  const name = el("p", { class: "call-peer" });
  const line = el("p", { class: "call-line" });
  const clock = el("p", { class: "call-clock", role: "timer", "aria-label": "Talk time" });
  const states = el("ul", { class: "talk-states", "aria-label": "The other side" });
  const media = el("p", { class: "call-media" });
  const play = el("button", { type: "button", class: "button-tonal", click: () => start() }, "Play the sound");
  const quality = qualityView();
  const buttons = [
    toggle(phone, "muted", "Mute", "mic-off", ["call:mute", "call:unmute"]),
    toggle(phone, "onHold", "Hold", "hold", ["call:hold", "call:resume"]),
    toggle(phone, "videoOff", "Video off", "video-off", ["call:video-off", "call:video-on"]),
  ];
  const hangUp = el(
    "button",
    { type: "button", class: "call-action call-action-stop", click: () => isPossible() && void phone.ask("end") },
    icon("hang-up"),
    el("span", {}, "Hang up"),
  );
  const stage = el("div", { class: "talk-stage" }, remote, face, mirror);
  const words = el("div", { class: "talk-words" }, name, line, clock, media);
  const actions = el("div", { class: "talk-actions" }, ...buttons.map((button) => button.element), hangUp);
  const element = el("div", { class: "screen talk" }, stage, words, states, play, actions, quality.element);

  // A browser may want a touch before it plays, after a reload above all: there is a button for it, and any other does too.
  const start = (): void => {
    remote.play().then(
      () => (play.hidden = true),
      (error: unknown) => {
        play.hidden = !(error instanceof DOMException && error.name === "NotAllowedError");
        if (!play.hidden) document.addEventListener("pointerup", start, { once: true });
      },
    );
  };
  play.hidden = true;
  const isPossible = (): boolean => {
    const { link, hasLeg, call } = phone.state;
    return link === "online" && hasLeg && call?.phase === "talking" && !call.asked;
  };
  const tick = (): void => {
    const { call } = phone.state;
    if (call?.phase === "talking") write(clock, duration(Math.max(0, Math.floor((Date.now() - call.since) / 1000))));
  };
  let ticking: number | undefined;

  const show = (): void => {
    const { call } = phone.state;
    const talking = call?.phase === "talking" ? call : null;
    element.hidden = talking === null;
    clearInterval(ticking);
    showStream(remote, talking ? phone.media.remote : null, start);
    showCamera(mirror, phone, talking);
    if (!talking) return;
    tick();
    ticking = window.setInterval(tick, TICK_MS);
    paintAvatar(face, talking.peer.name, "large");
    const hasPicture = seesVideo(phone, talking);
    remote.setAttribute("aria-label", `Video of ${talking.peer.name}`);
    remote.classList.toggle("talk-remote-dark", !hasPicture);
    face.hidden = hasPicture;
    remote.muted = talking.mine.onHold;
    write(name, talking.peer.name);
    write(line, callLine(phone.state));
    write(media, mediaText(talking, phone.media.state, phone.media.route));
    showStates(states, [...(talking.mine.onHold ? ["You hold the call"] : []), ...peerStates(talking)]);
    for (const button of buttons) button.show(talking, isPossible());
    hangUp.setAttribute("aria-disabled", String(!isPossible()));
    hangUp.setAttribute("aria-label", `Hang up the call with ${talking.peer.name}`);
    quality.element.hidden = talking.path.kind !== "direct";
    quality.show(phone.media.samples);
  };
  return { element, show };
}

function seesVideo(phone: PeerPhone, { callType, mine, theirs }: Talking): boolean {
  const isSent = callType === "VIDEO" && !theirs.videoOff && !theirs.onHold && !mine.onHold;
  return isSent && (phone.media.remote?.getVideoTracks().length ?? 0) > 0;
}

function showStream(video: HTMLVideoElement, stream: MediaStream | null, start: () => void): void {
  if (video.srcObject === stream) return;
  video.srcObject = stream;
  if (stream) start();
}

function showCamera(mirror: HTMLVideoElement, phone: PeerPhone, talking: Talking | null): void {
  const { camera } = phone.media.local;
  const isShown = talking !== null && camera !== null && !talking.mine.videoOff && !talking.mine.onHold;
  mirror.hidden = !isShown;
  const shown = mirror.srcObject instanceof MediaStream ? mirror.srcObject.getVideoTracks()[0] : undefined;
  if (!isShown) mirror.srcObject = null;
  else if (shown !== camera) mirror.srcObject = new MediaStream([camera]);
}

function showStates(list: HTMLElement, texts: string[]): void {
  list.hidden = texts.length === 0;
  if ([...list.children].map((item) => item.textContent).join() !== texts.join())
    list.replaceChildren(...texts.map((text) => el("li", {}, text)));
}

type Key = "muted" | "onHold" | "videoOff";

function toggle(phone: PeerPhone, key: Key, label: string, picture: IconName, [on, off]: [Control, Control]) {
  const press = (): void => {
    const { call } = phone.state;
    if (call?.phase === "talking" && element.getAttribute("aria-disabled") !== "true")
      void phone.control(call.mine[key] ? off : on);
  };
  const element = el(
    "button",
    { type: "button", class: "call-action talk-toggle", "aria-label": label, click: press },
    icon(picture),
    el("span", {}, label),
  );
  const show = (talking: Talking, isPossible: boolean): void => {
    element.hidden = key === "videoOff" && talking.callType === "AUDIO";
    element.setAttribute("aria-pressed", String(talking.mine[key]));
    element.setAttribute("aria-disabled", String(!isPossible));
  };
  return { element, show };
}
