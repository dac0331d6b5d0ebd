import type { Role } from "../link/identity";
import type { Link } from "../link/connection";
import type { CallType, Person, Presence } from "../link/fields";
import type { Notice } from "../page/notices_view";
import type { Answer, Figures, Media, Signal } from "./signals";

// What a phone of the marketplace knows. Times are milliseconds of the page's clock.
export interface PhoneState {
  role: Role;
  link: Link;
  call: Call | null;
  last: Outcome | null;
  telecallers: Listed[]; // for a user: the page's own first, then the others by name
  notices: Notice[];
  noticesGiven: number;
}

export interface Listed extends Person {
  own: boolean; // has a phone on this page, and stays listed while it is offline
  presence: Presence | "UNKNOWN";
}

// dialing: asked for, the server has not answered yet · ringing: has an id, may be cancelled, accepted or rejected ·
// talking: accepted. `asked` is the request whose acknowledgement is awaited.
export type Call =
  | { phase: "dialing"; callType: CallType; peer: Person }
  | {
      phase: "ringing";
      callId: string;
      callType: CallType;
      peer: Person;
      since: number;
      expiresAt: number | null;
      asked: Asked | null;
    }
  | {
      phase: "talking";
      callId: string;
      callType: CallType;
      peer: Person;
      since: number;
      media: Media | null;
      asked: Asked | null;
    };

export type Asked = "accept" | "reject" | "cancel" | "end";

export interface Outcome {
  how: "rejected" | "missed" | "cancelled" | "ended" | "lost";
  by: "me" | "them";
  reason: string | null;
  callType: CallType;
  peer: Person;
  figures: Figures;
}

export type PhoneEvent =
  | { kind: "link"; link: Link; reason: string | null }
  | { kind: "signal"; signal: Signal; at: number }
  | { kind: "dialed"; peer: Person; callType: CallType }
  | { kind: "dial-answered"; answer: Answer; at: number }
  | { kind: "asked"; asked: Asked }
  | { kind: "answered"; asked: Asked; callId: string; answer: Answer; at: number }
  | { kind: "unanswered"; asked: Asked | "dial" }
  | { kind: "listed"; answer: Answer }
  | { kind: "dismissed"; notice: number };

export const NO_FIGURES: Figures = { seconds: null, coins: null };

export function newPhone(role: Role, own: readonly Person[]): PhoneState {
  return {
    role,
    link: "offline",
    call: null,
    last: null,
    telecallers: own.map((person) => ({ ...person, own: true, presence: "UNKNOWN" })),
    notices: [],
    noticesGiven: 0,
  };
}
