import type { Role } from "../link/identity";
import type { Link } from "../link/connection";
import type { CallType } from "./signals";
import type { Listed, Outcome, PhoneState } from "./state";

// Everything a phone says to its person.

export function duration(seconds: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export const linkText: Record<Link, string> = {
  offline: "Offline",
  connecting: "Connecting…",
  online: "Connected",
  reconnecting: "Reconnecting…",
  refused: "Not connected",
};

export const presenceText: Record<Listed["presence"], string> = {
  ONLINE: "Online",
  ON_CALL: "On a call",
  OFFLINE: "Offline",
  UNKNOWN: "Unknown",
};

export const roleText: Record<Role, string> = { USER: "User", TELECALLER: "Telecaller" };

const callText: Record<CallType, string> = { AUDIO: "audio call", VIDEO: "video call" };

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

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

const reasons: Record<string, (name: string) => string> = {
  caller_disconnected: (name) => `${name} disconnected`,
  callee_disconnected: (name) => `${name} disconnected`,
  connection_lost: (name) => `${name} lost the connection`,
  timeout: () => "No answer",
  busy: (name) => `${name} was busy`,
  answered_elsewhere: () => "Answered on another device",
  rejected_elsewhere: () => "Declined on another device",
  max_duration: () => "Longest duration reached",
  coins_exhausted: () => "Coins used up",
  account_suspended: () => "Account suspended",
  admin: () => "Ended by an operator",
  room_finished: () => "Media room closed",
  server_lost: () => "The server was away",
  setup_failed: () => "The call could not be set up",
};

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
