import type { Link } from "../link/connection";
import type { CallType, Person } from "../link/fields";
import type { Notice } from "../page/notices_view";
import type { Answer, CallRole, Control, MediaState, OwnCall, Path, Shown, Signal } from "./wire";

// What a peer's phone knows. Times are milliseconds of the page's clock.
export interface PeerState {
  link: Link;
  isGreeted: boolean; // auth:success came on this connection
  hasLeg: boolean; // this connection owns the account's side of the call: what it sends reaches the other one
  people: Shown[]; // who is there, by name
  call: Call | null;
  last: Outcome | null;
  notices: Notice[];
  noticesGiven: number;
}

// dialing: asked for, the server has not answered yet · ringing: has an id · talking: accepted. `asked` is the request
// whose acknowledgement is awaited.
export type Call =
  | { phase: "dialing"; callType: CallType; peer: Person; crossing: Ringing | null }
  | Ringing
  | {
      phase: "talking";
      callId: string;
      callType: CallType;
      peer: Person;
      role: CallRole;
      since: number;
      path: Path;
      mine: MediaState;
      theirs: MediaState;
      isPeerAway: boolean;
      asked: Asked | null;
    };

export interface Ringing {
  phase: "ringing";
  role: CallRole;
  callId: string;
  callType: CallType;
  peer: Person;
  expiresAt: number | null;
  asked: Asked | null;
}

export type Talking = Extract<Call, { phase: "talking" }>;
export type Asked = "accept" | "reject" | "cancel" | "end";

export interface Outcome {
  callId: string | null;
  how: "rejected" | "missed" | "cancelled" | "ended" | "busy" | "lost";
  by: "me" | "them";
  role: CallRole;
  reason: string | null;
  peer: Person;
  seconds: number | null;
}

export type PeerEvent =
  | { kind: "link"; link: Link; reason: string | null }
  | { kind: "signal"; signal: Signal; at: number }
  | { kind: "dialed"; peer: Person; callType: CallType }
  | { kind: "dial-answered"; answer: Answer; at: number }
  | { kind: "asked"; asked: Asked }
  | { kind: "answered"; asked: Asked; callId: string; answer: Answer; at: number }
  | { kind: "given-up"; asked: Asked | "dial"; because: string }
  | { kind: "resumed"; call: OwnCall | null; path: Path; at: number }
  | { kind: "not-resumed"; message: string }
  | { kind: "controlled"; control: Control }
  | { kind: "noticed"; text: string }
  | { kind: "dismissed"; notice: number };

export function newPeer(): PeerState {
  return {
    link: "offline",
    isGreeted: false,
    hasLeg: false,
    people: [],
    call: null,
    last: null,
    notices: [],
    noticesGiven: 0,
  };
}
