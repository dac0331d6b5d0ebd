import {
  count,
  fieldsOf,
  instant,
  person,
  text,
  type CallType,
  type Fields,
  type Person,
  type Presence,
} from "../link/fields";
import { verdictOf, type Verdict } from "../link/verdict";

// What the server says on /user and /telecaller, read once at the edge: unknown fields are ignored, a payload without
// what its event needs is no signal.

// `coins` are the reader's own: spent by a user, earned by a telecaller. Null where the server did not say.
export interface Figures {
  seconds: number | null;
  coins: number | null;
}

export interface Media {
  roomName: string;
}

export type Signal =
  | { name: "telecaller:presence-changed"; id: string; presence: Presence; shownAs: string | null }
  | { name: "call:ringing"; callId: string; peer: Person | null }
  | { name: "call:incoming"; callId: string; callType: CallType; peer: Person; expiresAt: number | null }
  | { name: "call:accepted"; callId: string; media: Media | null }
  | { name: "call:rejected" | "call:missed" | "call:cancelled"; callId: string; reason: string | null }
  | { name: "call:ended"; callId: string; reason: string | null; figures: Figures }
  | { name: "call:error" | "error"; message: string; callId: string | null };

// An acknowledgement; which fields are there depends on the event that it answers.
export interface Answer extends Verdict {
  callId: string | null;
  expiresAt: number | null;
  media: Media | null;
  figures: Figures;
  telecallers: (Person & { presence: Presence })[];
}

export function readSignal(name: string, payload: unknown): Signal | null {
  const fields = fieldsOf(payload);
  const callId = text(fields["callId"]);
  const reason = text(fields["reason"]);
  switch (name) {
    case "telecaller:presence-changed": {
      const id = text(fields["telecallerId"]);
      const presence = presenceIn(fields["presence"]);
      return id && presence ? { name, id, presence, shownAs: text(fieldsOf(fields["telecaller"])["name"]) } : null;
    }
    case "call:ringing":
      return callId ? { name, callId, peer: person(fields["telecaller"]) } : null;
    case "call:incoming": {
      const peer = person(fields["caller"]);
      const callType = fields["callType"] === "VIDEO" ? "VIDEO" : "AUDIO";
      return callId && peer ? { name, callId, callType, peer, expiresAt: instant(fields["expiresAt"]) } : null;
    }
    case "call:accepted":
      return callId ? { name, callId, media: mediaIn(fields["livekit"]) } : null;
    case "call:rejected":
    case "call:missed":
    case "call:cancelled":
      return callId ? { name, callId, reason } : null;
    case "call:ended":
      return callId ? { name, callId, reason, figures: figuresIn(fields) } : null;
    case "call:error":
    case "error": {
      const message = text(fields["message"]);
      return message ? { name, message, callId } : null;
    }
    default:
      return null;
  }
}

export function readAnswer(payload: unknown): Answer {
  const fields = fieldsOf(payload);
  const listed = Array.isArray(fields["telecallers"]) ? fields["telecallers"] : [];
  return {
    ...verdictOf(payload),
    callId: text(fields["callId"]),
    expiresAt: instant(fields["expiresAt"]),
    media: mediaIn(fields["livekit"]),
    figures: figuresIn(fields),
    telecallers: listed.flatMap((item) => {
      const who = person(item);
      const presence = presenceIn(fieldsOf(item)["presence"]);
      return who && presence ? [{ ...who, presence }] : [];
    }),
  };
}

function presenceIn(value: unknown): Presence | null {
  return value === "ONLINE" || value === "ON_CALL" || value === "OFFLINE" ? value : null;
}

function mediaIn(value: unknown): Media | null {
  const roomName = text(fieldsOf(value)["roomName"]);
  return roomName ? { roomName } : null;
}

function figuresIn(fields: Fields): Figures {
  return {
    seconds: count(fields["durationInSeconds"]),
    coins: count(fields["coinsSpent"]) ?? count(fields["coinsEarned"]),
  };
}
