import type { Phone } from "../market/phone";
import type { View } from "../market/phone_view";
import { el, write } from "../page/dom";
import { CallRoom } from "./call_room";

// The part of a call's screen that shows its LiveKit room, if it has one: enters the room when the call is accepted and
// leaves it when the call is over.
export function roomView(phone: Phone): View {
  const status = el("p", { class: "room-status" });
  const volume = el("meter", { class: "room-volume", min: "0", max: "1", value: "0" });
  const pictures = el("div", { class: "room-pictures" });
  const element = el(
    "div",
    { class: "room", role: "group", "aria-label": `${phone.identity.name}'s room` },
    pictures,
    status,
    volume,
  );
  let room: CallRoom | null = null;

  const screen = {
    tell: (text: string) => write(status, text),
    volume: (level: number) => void (volume.value = level),
    add: (picture: HTMLMediaElement) => pictures.append(picture),
    remove: (picture: HTMLMediaElement) => picture.remove(),
  };
  return {
    element,
    show: ({ call }) => {
      const media = call?.phase === "talking" ? call.media : null;
      element.hidden = media === null;
      if (room?.media.roomName === media?.roomName) return;
      room?.leave();
      room = null;
      pictures.replaceChildren();
      volume.value = 0;
      if (!call || !media) return;
      volume.setAttribute("aria-label", `Volume of ${call.peer.name}`);
      room = new CallRoom(media, call.callType, call.peer.name, isOnThisPage(phone.identity.id, call.peer.id), screen);
      void room.join();
    },
  };
}

// The accounts of a page's phones end in the same letters.
function isOnThisPage(one: string, other: string): boolean {
  const suffix = (id: string): string => id.slice(id.lastIndexOf("-") + 1);
  return suffix(one) === suffix(other);
}
