import type { RemoteTrack, Room } from "livekit-client";
import type { Media } from "../market/signals";
import type { CallType } from "../link/fields";

// What a stay in a LiveKit room shows, and where.
export interface RoomScreen {
  tell(text: string): void;
  // Of the other one's voice, 0 to 1.
  volume(level: number): void;
  add(picture: HTMLMediaElement): void;
  remove(picture: HTMLMediaElement): void;
}

const METER_MS = 100;

// One phone's stay in the LiveKit room of one call: its microphone goes in, and in a video call its camera; what the
// other one sends is played, but not when both phones are on this page, where it would come out beside the microphone
// that it went into.
export class CallRoom {
  #room: Room | null = null;
  #isOver = false;
  readonly #endings: (() => void)[] = [];

  constructor(
    readonly media: Media,
    readonly callType: CallType,
    readonly other: string,
    readonly isSilent: boolean,
    readonly screen: RoomScreen,
  ) {}

  async join(): Promise<void> {
    this.screen.tell("Joining the room…");
    try {
      const livekit = await import("livekit-client");
      if (this.#isOver) return;
      livekit.setLogLevel("silent");
      const room = (this.#room = new livekit.Room());
      const { RoomEvent } = livekit;
      room
        .on(RoomEvent.TrackSubscribed, (track) => this.#play(livekit, track))
        .on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((picture) => this.screen.remove(picture)))
        .on(RoomEvent.ParticipantConnected, () => this.#tellWhoIsThere())
        .on(RoomEvent.ParticipantDisconnected, () => this.#tellWhoIsThere())
        .on(RoomEvent.Reconnecting, () => this.screen.tell("The room is lost, trying again…"))
        .on(RoomEvent.Reconnected, () => this.#tellWhoIsThere())
        .on(RoomEvent.Disconnected, () => this.screen.tell("The room is closed"));
      await room.connect(this.media.url, this.media.token);
      if (this.#isOver) return void room.disconnect();
      this.#tellWhoIsThere();
      await room.localParticipant.setMicrophoneEnabled(true);
      if (this.callType === "VIDEO") await room.localParticipant.setCameraEnabled(true);
    } catch {
      const isInside = this.#room?.state === "connected";
      if (!this.#isOver) this.screen.tell(isInside ? "No microphone" : "The room cannot be reached");
    }
  }

  leave(): void {
    this.#isOver = true;
    for (const end of this.#endings.splice(0)) end();
    void this.#room?.removeAllListeners().disconnect();
  }

  #tellWhoIsThere(): void {
    const isThere = (this.#room?.remoteParticipants.size ?? 0) > 0;
    this.screen.tell(isThere ? `${this.other} is in the room` : `Waiting for ${this.other} in the room`);
  }

  #play(livekit: typeof import("livekit-client"), track: RemoteTrack): void {
    const picture = track.attach();
    picture.muted = this.isSilent;
    this.screen.add(picture);
    if (!(track instanceof livekit.RemoteAudioTrack)) return;
    const { calculateVolume, cleanup } = livekit.createAudioAnalyser(track);
    const timer = setInterval(() => this.screen.volume(calculateVolume()), METER_MS);
    this.#endings.push(() => {
      clearInterval(timer);
      void cleanup();
    });
  }
}
