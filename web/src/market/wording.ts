import type { Role } from "../link/identity";
import { callText, capital, duration, linkText, reasons } from "../page/words";
import type { Outcome, PhoneState } from "./state";

// Everything a phone says to its person.

export const roleText: Record<Role, string> = { USER: "User", TELECALLER: "Telecaller" };

// The line under the other one's name while there is a call.
export function callLine({ role, call }: PhoneState): string {
  if (!call) return "";
  const type = callText[call.callType];
  if (call.phase === "dialing") return `Starting ${type}…`;
  if (call.phase === "talking") return call.asked ? "Hanging up…" : capital(type);
  if (call.asked === "accept") return "Answering…";
  if (call.asked === "reject") return "Declining…";
  if (call.asked === "cancel") return "Cancelling…";
  return role === "USER" ? `Ringing · ${type}` : `Incoming ${type}`;
}

export function mediaText(state: PhoneState): string {
  if (state.call?.phase !== "talking") return "";
  return state.call.media ? `media: LiveKit room ${state.call.media.roomName.slice(-6)}` : "media: off";
}

// How the last call came to its end, from this phone's side.
export function outcomeText(role: Role, { how, by, reason, peer }: Outcome): string {
  const because = reason ? reasons[reason]?.(peer.name) : undefined;
  if (how === "lost") return `Call with ${peer.name} lost`;
  if (how === "rejected") return by === "me" ? `You declined ${peer.name}` : `${peer.name} declined`;
  if (how === "missed")
    return role === "USER"
      ? reason === "timeout"
        ? `${peer.name} did not answer`
        : (because ?? `${peer.name} did not answer`)
      : `Missed call from ${peer.name}`;
  if (how === "cancelled") return by === "me" ? "You cancelled the call" : (because ?? `${peer.name} cancelled`);
  return by === "me" ? "You hung up" : (because ?? `${peer.name} hung up`);
}

export function figuresText(role: Role, { figures: { seconds, coins } }: Outcome): string {
  const parts = [];
  if (seconds !== null) parts.push(duration(seconds));
  if (coins !== null) parts.push(`${coins} ${coins === 1 ? "coin" : "coins"} ${role === "USER" ? "spent" : "earned"}`);
  return parts.join(" · ");
}

// One sentence for screen readers, said whenever it changes.
export function spokenState(state: PhoneState): string {
  const { link, call, last, role } = state;
  if (link !== "online") return linkText[link];
  if (call)
    return call.phase === "talking" && !call.asked
      ? `In a call with ${call.peer.name}`
      : `${callLine(state)}, ${call.peer.name}`;
  if (!last) return linkText[link];
  const figures = figuresText(role, last);
  return figures ? `${outcomeText(role, last)}, ${figures}` : outcomeText(role, last);
}
