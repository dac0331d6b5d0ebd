import type { Presence } from "../link/fields";
import type { Signal } from "./signals";
import { NO_FIGURES, type Call, type Listed, type Outcome, type PhoneEvent, type PhoneState } from "./state";

const NOTICES_KEPT = 3;

// The whole behaviour of a phone, without socket, clock or page. The documented events and the acknowledgements tell
// the same story twice and may come in either order: whichever is first moves the phone, the second changes nothing.
export function reduce(phone: PhoneState, event: PhoneEvent): PhoneState {
  const { call } = phone;
  switch (event.kind) {
    case "link":
      return linked(phone, event);
    case "signal":
      return heard(phone, event.signal, event.at);
    case "dialed":
      return call
        ? phone
        : { ...phone, last: null, call: { phase: "dialing", peer: event.peer, callType: event.callType } };
    case "dial-answered":
      return dialAnswered(phone, event);
    case "asked":
      return call && call.phase !== "dialing" ? { ...phone, call: { ...call, asked: event.asked } } : phone;
    case "answered":
      return answered(phone, event);
    case "unanswered":
      return unanswered(phone, event.asked);
    case "listed":
      return { ...phone, telecallers: relisted(phone.telecallers, event.answer.telecallers) };
    case "dismissed":
      return { ...phone, notices: phone.notices.filter(({ id }) => id !== event.notice) };
  }
}

type Of<Kind extends PhoneEvent["kind"]> = Extract<PhoneEvent, { kind: Kind }>;

// A drop keeps the call: after a restart of the server it goes on, and if it does not, its final event follows the
// reconnection. A phone that goes offline itself has ended its call.
function linked(phone: PhoneState, { link, reason }: Of<"link">): PhoneState {
  const told = reason ? noticed(phone, reason) : phone;
  const gone = link === "offline" || link === "refused";
  const next = gone && told.call ? finished(told, "lost", "me") : told;
  const telecallers = link === "online" ? next.telecallers : unknown(next.telecallers);
  return { ...next, link, telecallers };
}

function heard(phone: PhoneState, signal: Signal, at: number): PhoneState {
  const { call } = phone;
  switch (signal.name) {
    case "telecaller:presence-changed":
      return { ...phone, telecallers: presenceChanged(phone.telecallers, signal) };
    case "call:ringing":
      if (call?.phase !== "dialing") return phone;
      return { ...phone, call: ringing({ ...call, peer: signal.peer ?? call.peer }, signal.callId, null, at) };
    case "call:incoming":
      // A device that reconnects hears of the same call again; a talking phone is never rung.
      if (call?.phase === "talking" || (call?.phase === "ringing" && call.callId === signal.callId)) return phone;
      return { ...phone, last: null, call: ringing(signal, signal.callId, signal.expiresAt, at) };
    case "call:accepted":
      return accepted(phone, signal.callId, signal.media, at);
    case "call:rejected":
      return isCurrent(call, signal.callId) ? finished(phone, "rejected", "them", signal.reason) : phone;
    case "call:missed":
      return isCurrent(call, signal.callId) ? finished(phone, "missed", "them", signal.reason) : phone;
    case "call:cancelled":
      return isCurrent(call, signal.callId) ? finished(phone, "cancelled", "them", signal.reason) : phone;
    case "call:ended":
      return isCurrent(call, signal.callId) ? finished(phone, "ended", "them", signal.reason, signal.figures) : phone;
    case "call:error":
      return noticed(call?.phase === "dialing" ? { ...phone, call: null } : phone, signal.message);
    case "error":
      return noticed(phone, signal.message);
  }
}

function dialAnswered(phone: PhoneState, { answer, at }: Of<"dial-answered">): PhoneState {
  const { call } = phone;
  if (!answer.ok || !answer.callId) return call?.phase === "dialing" ? { ...phone, call: null } : phone;
  if (call?.phase === "dialing") return { ...phone, call: ringing(call, answer.callId, answer.expiresAt, at) };
  if (call?.phase === "ringing" && call.callId === answer.callId)
    return { ...phone, call: { ...call, expiresAt: answer.expiresAt } };
  return phone;
}

function answered(phone: PhoneState, { asked, callId, answer, at }: Of<"answered">): PhoneState {
  const { call } = phone;
  if (!isCurrent(call, callId)) return phone;
  if (!answer.ok) {
    // The reason came as an event. A call that the server does not know any more is over here as well.
    const over =
      answer.code === "CALL_NOT_FOUND" || answer.code === "CALL_NOT_ACTIVE" || answer.code === "CALL_NOT_RINGING";
    return over && asked !== "accept" ? finished(phone, "ended", "them") : { ...phone, call: { ...call, asked: null } };
  }
  if (asked === "accept") return accepted(phone, callId, answer.media, at);
  if (asked === "reject") return finished(phone, "rejected", "me");
  if (asked === "cancel") return finished(phone, "cancelled", "me");
  return finished(phone, "ended", "me", null, answer.figures);
}

function unanswered(phone: PhoneState, asked: Of<"unanswered">["asked"]): PhoneState {
  const { call } = phone;
  if (!call) return phone;
  const told = noticed(phone, "The server did not answer.");
  if (call.phase === "dialing") return asked === "dial" ? { ...told, call: null } : phone;
  return { ...told, call: { ...call, asked: null } };
}

type CallWithId = Exclude<Call, { phase: "dialing" }>;

function isCurrent(call: Call | null, callId: string): call is CallWithId {
  return call !== null && call.phase !== "dialing" && call.callId === callId;
}

function ringing(of: Pick<Call, "callType" | "peer">, callId: string, expiresAt: number | null, since: number): Call {
  return { phase: "ringing", callId, callType: of.callType, peer: of.peer, since, expiresAt, asked: null };
}

function accepted(phone: PhoneState, callId: string, media: { roomName: string } | null, since: number): PhoneState {
  const { call } = phone;
  if (call?.phase !== "ringing" || call.callId !== callId) return phone;
  // A cancel on its way hangs the call up: its acknowledgement is still awaited.
  const asked = call.asked === "cancel" ? call.asked : null;
  return {
    ...phone,
    call: { phase: "talking", callId, callType: call.callType, peer: call.peer, since, media, asked },
  };
}

function finished(
  phone: PhoneState,
  how: Outcome["how"],
  by: Outcome["by"],
  reason: string | null = null,
  figures = NO_FIGURES,
): PhoneState {
  if (!phone.call) return phone;
  const { callType, peer } = phone.call;
  return { ...phone, call: null, last: { how, by, reason, callType, peer, figures } };
}

function noticed(phone: PhoneState, text: string): PhoneState {
  const id = phone.noticesGiven + 1;
  const others = phone.notices.filter((notice) => notice.text !== text);
  return { ...phone, noticesGiven: id, notices: [...others, { id, text }].slice(-NOTICES_KEPT) };
}

// Nothing is known of the telecallers while the phone is not connected.
function unknown(telecallers: Listed[]): Listed[] {
  return telecallers.filter(({ own }) => own).map((listed) => ({ ...listed, presence: "UNKNOWN" }));
}

function relisted(before: Listed[], online: { id: string; name: string; presence: Presence }[]): Listed[] {
  const own = before
    .filter((listed) => listed.own)
    .map((listed): Listed => ({
      ...listed,
      presence: online.find(({ id }) => id === listed.id)?.presence ?? "OFFLINE",
    }));
  const others = online
    .filter(({ id }) => !own.some((listed) => listed.id === id))
    .map((one) => ({ ...one, own: false }));
  return inOrder([...own, ...others]);
}

function presenceChanged(before: Listed[], { id, presence, shownAs }: Extract<Signal, { id: string }>): Listed[] {
  const known = before.find((listed) => listed.id === id);
  const rest = before.filter((listed) => listed.id !== id);
  if (known?.own) return before.map((listed) => (listed.id === id ? { ...listed, presence } : listed));
  if (presence === "OFFLINE") return rest;
  return inOrder([...rest, { id, name: shownAs ?? known?.name ?? "Unknown", own: false, presence }]);
}

function inOrder(telecallers: Listed[]): Listed[] {
  const others = telecallers.filter(({ own }) => !own);
  others.sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  return [...telecallers.filter(({ own }) => own), ...others];
}
