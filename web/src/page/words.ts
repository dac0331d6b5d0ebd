import type { Link } from "../link/connection";
import type { CallType, Presence } from "../link/fields";

// What both pages say in the same words.

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

export const presenceText: Record<Presence | "UNKNOWN", string> = {
  ONLINE: "Online",
  ON_CALL: "On a call",
  OFFLINE: "Offline",
  UNKNOWN: "Unknown",
};

export const callText: Record<CallType, string> = { AUDIO: "audio call", VIDEO: "video call" };

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

// Why a call is over, where the server said more than how.
export const reasons: Record<string, (name: string) => string> = {
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
