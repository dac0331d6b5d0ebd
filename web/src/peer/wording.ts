import { callText, capital, duration, linkText, reasons } from "../page/words";
import type { Route } from "./quality";
import type { Outcome, PeerState, Talking } from "./state";

// Everything a peer's phone says to its person.

// The line under the other one's name while there is a call.
export function callLine({ call }: PeerState): string {
  if (!call) return "";
  const type = callText[call.callType];
  if (call.phase === "dialing") return `Starting ${type}…`;
  if (call.phase === "talking") return call.asked ? "Hanging up…" : capital(type);
  if (call.asked === "accept") return "Answering…";
  if (call.asked === "reject") return "Declining…";
  if (call.asked === "cancel") return "Cancelling…";
  return call.role === "caller" ? `Ringing · ${type}` : `Incoming ${type}`;
}

// What the other one does, each a few words.
export function peerStates({ peer: { name }, theirs, callType, isPeerAway }: Talking): string[] {
  return [
    isPeerAway ? `${name} is reconnecting…` : null,
    theirs.onHold ? `${name} holds the call` : null,
    theirs.muted ? `${name} is muted` : null,
    theirs.videoOff && callType === "VIDEO" ? `${name}'s video is off` : null,
  ].filter((state) => state !== null);
}

// How the media of the call are: over which path, or why there are none yet.
export function mediaText({ path }: Talking, state: RTCPeerConnectionState | null, route: Route | null): string {
  if (path.kind === "livekit") return `Media: LiveKit room ${path.roomName.slice(-6)}`;
  if (state === "connected") return route ? `Media: connected · ${route}` : "Media: connected";
  if (state === "disconnected") return "Media: interrupted";
  if (state === "failed") return "Media: failed";
  return "Media: connecting…";
}

// How the last call came to its end, from this phone's side.
export function outcomeText({ how, by, role, reason, peer: { name } }: Outcome): string {
  const because = reason ? reasons[reason]?.(name) : undefined;
  if (how === "lost") return `Call with ${name} lost`;
  if (how === "busy") return `${name} is busy on another call`;
  if (how === "rejected") return by === "me" ? `You declined ${name}` : `${name} declined`;
  if (how === "missed") return role === "callee" ? `Missed call from ${name}` : `${name} did not answer`;
  if (how === "cancelled") return by === "me" ? "You cancelled the call" : (because ?? `${name} cancelled`);
  return by === "me" ? "You hung up" : (because ?? `${name} hung up`);
}

export function outcomeTime({ seconds }: Outcome): string {
  return seconds === null ? "" : duration(seconds);
}

// One sentence for screen readers, said whenever it changes.
export function spokenState(state: PeerState): string {
  const { link, call, last } = state;
  if (link !== "online") return linkText[link];
  if (call?.phase === "talking" && !call.asked)
    return [`In a call with ${call.peer.name}`, ...peerStates(call)].join(", ");
  if (call) return `${callLine(state)}, ${call.peer.name}`;
  return last ? outcomeText(last) : linkText[link];
}
