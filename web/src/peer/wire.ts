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

// What the server says on `/`, read once at the edge: unknown fields are ignored, a payload without what its event
// needs is no signal. The webrtc:* events are read in exchange.ts.

export type CallRole = "caller" | "callee";

export interface MediaState {
  muted: boolean;
  videoOff: boolean;
  onHold: boolean;
}

export const PLAIN: MediaState = { muted: false, videoOff: false, onHold: false };

export interface Shown extends Person {
  presence: Presence;
}

// How the media of an accepted call travel.
export type Path = { kind: "direct"; iceServers: RTCIceServer[] } | { kind: "livekit"; roomName: string };

// The account's own call, as a device that comes back is told of it.
export interface OwnCall {
  callId: string;
  callType: CallType;
  status: "RINGING" | "ACCEPTED";
  role: CallRole;
  peer: Person;
  media: MediaState;
  peerMedia: MediaState;
  acceptedAt: number | null;
}

export type Control = keyof typeof CONTROLS;
export const CONTROLS = {
  "call:mute": { muted: true },
  "call:unmute": { muted: false },
  "call:video-off": { videoOff: true },
  "call:video-on": { videoOff: false },
  "call:hold": { onHold: true },
  "call:resume": { onHold: false },
} as const satisfies Record<string, Partial<MediaState>>;

export type Signal =
  | { name: "auth:success"; sessionToken: string; iceServers: RTCIceServer[]; call: OwnCall | null }
  | { name: "auth:error"; message: string }
  | { name: "user:list"; users: Shown[] }
  | { name: "user:online"; user: Shown }
  | { name: "user:offline"; id: string }
  | { name: "call:ringing"; callId: string }
  | { name: "call:incoming"; callId: string; callType: CallType; peer: Person; expiresAt: number | null }
  | { name: "call:accepted"; callId: string; role: CallRole; path: Path }
  | { name: "call:rejected" | "call:missed" | "call:cancelled"; callId: string; reason: string | null }
  | { name: "call:busy"; callId: string }
  | { name: "call:ended"; callId: string; reason: string | null; seconds: number | null }
  | { name: "call:reconnecting" | "call:reconnected"; callId: string }
  | { name: Control; callId: string }
  | { name: "call:error"; message: string; callId: string | null };

// An acknowledgement; which fields are there depends on the event that it answers.
export interface Answer extends Verdict {
  callId: string | null;
  expiresAt: number | null;
  seconds: number | null;
  path: Path | null;
  sessionToken: string | null;
  call: OwnCall | null;
}

export function readSignal(name: string, payload: unknown): Signal | null {
  const fields = fieldsOf(payload);
  const callId = text(fields["callId"]);
  const reason = text(fields["reason"]);
  switch (name) {
    case "auth:success": {
      const sessionToken = text(fields["sessionToken"]);
      const iceServers = iceServersIn(fields["iceServers"]) ?? [];
      return sessionToken ? { name, sessionToken, iceServers, call: ownCall(fields["call"]) } : null;
    }
    case "auth:error":
    case "call:error": {
      const message = text(fields["message"]);
      if (!message) return null;
      return name === "call:error" ? { name, message, callId } : { name, message };
    }
    case "user:list":
      return Array.isArray(fields["users"])
        ? { name, users: fields["users"].flatMap((user) => shown(user) ?? []) }
        : null;
    case "user:online": {
      const user = shown(fields["user"]);
      return user ? { name, user } : null;
    }
    case "user:offline": {
      const id = text(fields["userId"]);
      return id ? { name, id } : null;
    }
    case "call:incoming": {
      const peer = person(fields["from"]);
      const callType = callTypeIn(fields["callType"]);
      return callId && peer ? { name, callId, callType, peer, expiresAt: instant(fields["expiresAt"]) } : null;
    }
    case "call:accepted": {
      const role = roleIn(fields["role"]);
      const path = pathIn(fields);
      return callId && role && path ? { name, callId, role, path } : null;
    }
    case "call:rejected":
    case "call:missed":
    case "call:cancelled":
      return callId ? { name, callId, reason } : null;
    case "call:ended":
      return callId ? { name, callId, reason, seconds: count(fields["durationInSeconds"]) } : null;
    case "call:ringing":
    case "call:busy":
    case "call:reconnecting":
    case "call:reconnected":
      return callId ? { name, callId } : null;
    default:
      return isControl(name) && callId ? { name, callId } : null;
  }
}

export function readAnswer(payload: unknown): Answer {
  const fields = fieldsOf(payload);
  return {
    ...verdictOf(payload),
    callId: text(fields["callId"]),
    expiresAt: instant(fields["expiresAt"]),
    seconds: count(fields["durationInSeconds"]),
    path: pathIn(fields),
    sessionToken: text(fields["sessionToken"]),
    call: ownCall(fields["call"]),
  };
}

function isControl(name: string): name is Control {
  return Object.hasOwn(CONTROLS, name);
}

function callTypeIn(value: unknown): CallType {
  return value === "VIDEO" ? "VIDEO" : "AUDIO";
}

function roleIn(value: unknown): CallRole | null {
  return value === "caller" || value === "callee" ? value : null;
}

function shown(value: unknown): Shown | null {
  const who = person(value);
  const { status } = fieldsOf(value);
  return who ? { ...who, presence: status === "ON_CALL" || status === "OFFLINE" ? status : "ONLINE" } : null;
}

function mediaIn(value: unknown): MediaState {
  const { muted, videoOff, onHold } = fieldsOf(value);
  return { muted: muted === true, videoOff: videoOff === true, onHold: onHold === true };
}

function ownCall(value: unknown): OwnCall | null {
  const fields = fieldsOf(value);
  const [callId, role, peer] = [text(fields["callId"]), roleIn(fields["role"]), person(fields["peer"])];
  const { status } = fields;
  if (!callId || !role || !peer || (status !== "RINGING" && status !== "ACCEPTED")) return null;
  return {
    callId,
    callType: callTypeIn(fields["callType"]),
    status,
    role,
    peer,
    media: mediaIn(fields["media"]),
    peerMedia: mediaIn(fields["peerMedia"]),
    acceptedAt: instant(fields["acceptedAt"]),
  };
}

function pathIn(fields: Fields): Path | null {
  const roomName = text(fieldsOf(fields["livekit"])["roomName"]);
  if (roomName) return { kind: "livekit", roomName };
  const iceServers = iceServersIn(fields["iceServers"]);
  return iceServers ? { kind: "direct", iceServers } : null;
}

// Null when the value is no list of them.
export function iceServersIn(value: unknown): RTCIceServer[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((item) => {
    const fields = fieldsOf(item);
    const urls = Array.isArray(fields["urls"]) ? fields["urls"].filter((url) => typeof url === "string") : [];
    if (urls.length === 0) return [];
    const [username, credential] = [text(fields["username"]), text(fields["credential"])];
    return [username && credential ? { urls, username, credential } : { urls }];
  });
}
