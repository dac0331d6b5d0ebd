import { reduce } from "../src/market/reduce";
import { readAnswer, readSignal } from "../src/market/signals";
import { newPhone, type Asked, type PhoneEvent, type PhoneState } from "../src/market/state";

export const MAYA = { id: "demo-maya-1", name: "Maya" };
export const ISHA = { id: "demo-isha-1", name: "Isha" };
export const RAVI = { id: "demo-ravi-1", name: "Ravi" };
export const NOON = Date.parse("2026-01-01T12:00:00.000Z");
export const CALL = "507f1f77bcf86cd799439081";

// A phone and what happens to it, told in order.
export class Story {
  private constructor(public phone: PhoneState) {}

  static user(): Story {
    return new Story(newPhone("USER", [MAYA, ISHA])).link("online");
  }

  static telecaller(): Story {
    return new Story(newPhone("TELECALLER", [])).link("online");
  }

  happens(event: PhoneEvent): this {
    this.phone = reduce(this.phone, event);
    return this;
  }

  link(link: PhoneState["link"], reason: string | null = null): this {
    return this.happens({ kind: "link", link, reason });
  }

  hears(name: string, payload: object, at = NOON): this {
    const signal = readSignal(name, payload);
    if (!signal) throw new Error(`${name} is no signal`);
    return this.happens({ kind: "signal", signal, at });
  }

  dials(callType: "AUDIO" | "VIDEO" = "AUDIO"): this {
    return this.happens({ kind: "dialed", peer: MAYA, callType });
  }

  isTold(acknowledgement: object): this {
    return this.happens({ kind: "dial-answered", answer: readAnswer(acknowledgement), at: NOON });
  }

  asks(asked: Asked): this {
    return this.happens({ kind: "asked", asked });
  }

  isAnswered(asked: Asked, acknowledgement: object, at = NOON): this {
    return this.happens({ kind: "answered", asked, callId: CALL, answer: readAnswer(acknowledgement), at });
  }

  // A user's phone that rings Maya, or a telecaller's that Ravi rings.
  ringing(): this {
    if (this.phone.role === "TELECALLER") return this.hears("call:incoming", incoming());
    return this.dials()
      .hears("call:ringing", { callId: CALL, telecaller: display(MAYA) })
      .isTold(initiated());
  }

  talking(): this {
    return this.ringing().hears("call:accepted", { callId: CALL, livekit: null });
  }
}

export const display = ({ id, name }: { id: string; name: string }) => ({ _id: id, name, profile: null });
export const expiresAt = "2026-01-01T12:00:30.000Z";
export const initiated = () => ({ ok: true, callId: CALL, expiresAt });
export const incoming = () => ({ callId: CALL, callType: "VIDEO", caller: display(RAVI), expiresAt });
