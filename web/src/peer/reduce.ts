import { CONTROLS, PLAIN, type Answer, type OwnCall, type Path, type Shown, type Signal } from "./wire";
import type { Call, Outcome, PeerEvent, PeerState, Ringing } from "./state";

const NOTICES_KEPT = 3;

// The whole behaviour of a peer's phone, without socket, clock, media or page. The documented events and the
// acknowledgements may come in either order: whichever is first moves the phone, the second changes nothing.
export function reduce(phone: PeerState, event: PeerEvent): PeerState {
  const { call } = phone;
  switch (event.kind) {
    case "link":
      return linked(phone, event);
    case "signal":
      return heard(phone, event.signal, event.at);
    case "dialed":
      return call
        ? phone
        : {
            ...phone,
            last: null,
            call: { phase: "dialing", peer: event.peer, callType: event.callType, crossing: null },
          };
    case "dial-answered":
      return dialAnswered(phone, event.answer);
    case "asked":
      return call && call.phase !== "dialing" ? { ...phone, call: { ...call, asked: event.asked } } : phone;
    case "answered":
      return answered(phone, event);
    case "given-up":
      return givenUp(phone, event);
    case "resumed":
      return resumed(phone, event.call, event.path, event.at);
    case "not-resumed":
      return noticed(finished(phone, "lost", "me"), event.message);
    case "controlled":
      return call?.phase === "talking"
        ? { ...phone, call: { ...call, mine: { ...call.mine, ...CONTROLS[event.control] } } }
        : phone;
    case "noticed":
      return noticed(phone, event.text);
    case "dismissed":
      return { ...phone, notices: phone.notices.filter(({ id }) => id !== event.notice) };
  }
}

type Of<Kind extends PeerEvent["kind"]> = Extract<PeerEvent, { kind: Kind }>;

// A drop keeps the call for the time of the grace, and its media may not even notice. Who goes offline has ended it.
function linked(phone: PeerState, { link, reason }: Of<"link">): PeerState {
  const told = reason ? noticed(phone, reason) : phone;
  const isGone = link === "offline" || link === "refused";
  const next = isGone ? finished(told, "lost", "me") : told;
  return { ...next, link, isGreeted: false, hasLeg: false, people: [] };
}

function heard(phone: PeerState, signal: Signal, at: number): PeerState {
  const { call } = phone;
  switch (signal.name) {
    case "auth:success":
      return greeted(phone, signal.call);
    case "auth:error":
      return noticed(phone, signal.message);
    case "user:list":
      return { ...phone, people: inOrder(signal.users) };
    case "user:online":
      return { ...phone, people: inOrder([...without(phone.people, signal.user.id), signal.user]) };
    case "user:offline":
      return { ...phone, people: without(phone.people, signal.id) };
    case "call:ringing":
      return call?.phase === "dialing" ? { ...phone, hasLeg: true, call: dialed(call, signal.callId, null) } : phone;
    case "call:incoming":
      return rung(phone, { ...signal, phase: "ringing", role: "callee", asked: null });
    case "call:accepted":
      return accepted(phone, signal.callId, signal.role, signal.path, at);
    case "call:rejected":
      return over(phone, signal, "rejected");
    case "call:missed":
      return over(phone, signal, "missed");
    case "call:cancelled":
      return over(phone, signal, "cancelled");
    case "call:ended":
      return over(phone, signal, "ended");
    case "call:busy":
      return call?.phase === "dialing" ? finished(phone, "busy", "them") : phone;
    case "call:reconnecting":
    case "call:reconnected": {
      if (call?.phase !== "talking" || call.callId !== signal.callId) return phone;
      return { ...phone, call: { ...call, isPeerAway: signal.name === "call:reconnecting" } };
    }
    case "call:error":
      return noticed(call?.phase === "dialing" ? undialed(phone, call) : phone, signal.message);
    default: {
      if (call?.phase !== "talking" || call.callId !== signal.callId) return phone;
      return { ...phone, call: { ...call, theirs: { ...call.theirs, ...CONTROLS[signal.name] } } };
    }
  }
}

// The server knows best whether there is still a call. Which one it was may be told by its final event, right after.
function greeted(phone: PeerState, call: OwnCall | null): PeerState {
  const next = { ...phone, isGreeted: true, hasLeg: false };
  const shown = phone.call;
  if (!shown || shown.phase === "dialing" || shown.callId === call?.callId) return next;
  return finished(next, "lost", "me");
}

function rung(phone: PeerState, call: Ringing): PeerState {
  const shown = phone.call;
  // Who dials at this moment joins the call of the other one, or is refused and can answer it.
  if (shown?.phase === "dialing") return { ...phone, call: { ...shown, crossing: call } };
  // A device that reconnects hears of the same call again; a phone in a call is never rung.
  return shown ? phone : { ...phone, last: null, call };
}

function dialAnswered(phone: PeerState, answer: Answer): PeerState {
  const { call } = phone;
  if (!answer.ok || !answer.callId) {
    // Why was told as an event.
    return call?.phase === "dialing" ? undialed(phone, call) : phone;
  }
  if (call?.phase === "dialing") return { ...phone, hasLeg: true, call: dialed(call, answer.callId, answer.expiresAt) };
  if (call?.phase === "ringing" && call.callId === answer.callId)
    return { ...phone, call: { ...call, expiresAt: answer.expiresAt } };
  return phone;
}

function dialed(
  { callType, peer }: Extract<Call, { phase: "dialing" }>,
  callId: string,
  expiresAt: number | null,
): Call {
  return { phase: "ringing", role: "caller", callId, callType, peer, expiresAt, asked: null };
}

function undialed(phone: PeerState, { crossing }: Extract<Call, { phase: "dialing" }>): PeerState {
  return { ...phone, call: crossing };
}

function answered(phone: PeerState, { asked, callId, answer, at }: Of<"answered">): PeerState {
  const { call } = phone;
  if (!call || call.phase === "dialing" || call.callId !== callId) return phone;
  if (!answer.ok) {
    // The reason came as an event. A call that the server does not know any more is over here as well.
    const isOver =
      answer.code === "CALL_NOT_FOUND" || answer.code === "CALL_NOT_ACTIVE" || answer.code === "CALL_NOT_RINGING";
    return isOver && asked !== "accept"
      ? finished(phone, "ended", "them")
      : { ...phone, call: { ...call, asked: null } };
  }
  if (asked === "accept") return answer.path ? accepted(phone, callId, "callee", answer.path, at) : phone;
  if (asked === "reject") return finished(phone, "rejected", "me");
  if (asked === "cancel") return finished(phone, "cancelled", "me");
  return finished(phone, "ended", "me", null, answer.seconds);
}

function givenUp(phone: PeerState, { asked, because }: Of<"given-up">): PeerState {
  const { call } = phone;
  if (!call) return phone;
  const told = noticed(phone, because);
  if (call.phase === "dialing") return asked === "dial" ? undialed(told, call) : phone;
  return asked === "dial" ? phone : { ...told, call: { ...call, asked: null } };
}

function accepted(phone: PeerState, callId: string, role: "caller" | "callee", path: Path, since: number): PeerState {
  const { call } = phone;
  if (!call || call.phase === "talking") return phone;
  if (call.phase === "ringing" && call.callId !== callId) return phone;
  if (call.phase === "dialing" && role === "caller") return phone; // of an earlier call: this one has no id yet
  const callType = call.phase === "dialing" ? (call.crossing?.callType ?? call.callType) : call.callType;
  // A cancel on its way hangs the call up: its acknowledgement is still awaited.
  const asked = call.phase === "ringing" && call.asked === "cancel" ? call.asked : null;
  const media = { mine: PLAIN, theirs: PLAIN, isPeerAway: false };
  return {
    ...phone,
    hasLeg: true,
    call: { phase: "talking", callId, callType, peer: call.peer, role, since, path, ...media, asked },
  };
}

// After a reload all there is to know of the call comes from the server; otherwise it changes nothing but the link.
function resumed(phone: PeerState, own: OwnCall | null, path: Path, at: number): PeerState {
  if (!own) return finished(phone, "lost", "me");
  const next = { ...phone, hasLeg: true };
  const { call } = phone;
  if (call?.phase === "talking" && call.callId === own.callId)
    return { ...next, call: { ...call, theirs: own.peerMedia } };
  const { callId, callType, peer, role } = own;
  if (own.status === "RINGING")
    return { ...next, call: { phase: "ringing", role, callId, callType, peer, expiresAt: null, asked: null } };
  const media = { mine: own.media, theirs: own.peerMedia, isPeerAway: false };
  const since = own.acceptedAt ?? at;
  return { ...next, call: { phase: "talking", callId, callType, peer, role, since, path, ...media, asked: null } };
}

type Final = Extract<Signal, { name: "call:rejected" | "call:missed" | "call:cancelled" | "call:ended" }>;

function over(phone: PeerState, signal: Final, how: Outcome["how"]): PeerState {
  const { call, last } = phone;
  const seconds = signal.name === "call:ended" ? signal.seconds : null;
  if (call?.phase === "dialing" && call.crossing?.callId === signal.callId)
    return { ...phone, call: { ...call, crossing: null } };
  if (call && call.phase !== "dialing" && call.callId === signal.callId)
    return finished(phone, how, "them", signal.reason, seconds);
  // Told to who was away: how the call came to its end.
  if (last?.how === "lost" && last.callId === signal.callId)
    return { ...phone, last: { ...last, how, by: "them", reason: signal.reason, seconds } };
  return phone;
}

function finished(
  phone: PeerState,
  how: Outcome["how"],
  by: Outcome["by"],
  reason: string | null = null,
  seconds: number | null = null,
): PeerState {
  const { call } = phone;
  if (!call) return phone;
  const { peer } = call;
  const ids =
    call.phase === "dialing" ? { callId: null, role: "caller" as const } : { callId: call.callId, role: call.role };
  return { ...phone, hasLeg: false, call: null, last: { ...ids, how, by, reason, peer, seconds } };
}

function noticed(phone: PeerState, text: string): PeerState {
  const id = phone.noticesGiven + 1;
  const others = phone.notices.filter((notice) => notice.text !== text);
  return { ...phone, noticesGiven: id, notices: [...others, { id, text }].slice(-NOTICES_KEPT) };
}

function without(people: Shown[], id: string): Shown[] {
  return people.filter((person) => person.id !== id);
}

function inOrder(people: Shown[]): Shown[] {
  return [...people].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}
