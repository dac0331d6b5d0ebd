import { MediaLeg, type LegHearer } from "./media_leg";
import type { LocalMedia } from "./local_media";
import type { MediaSignal } from "./exchange";
import type { MediaState } from "./wire";

export interface SessionOptions {
  configuration: RTCConfiguration;
  fresh: () => Promise<RTCConfiguration>; // for later: credentials of relays expire
  isPolite: boolean;
  offers: boolean; // this end makes the first offer
  wantsVideo: boolean;
  local: LocalMedia;
  opened: Promise<unknown>; // when the devices are
}

// The media of one call, over as many connections as it takes: one from each time that either end is loaded anew.
export class MediaSession {
  readonly #hearer: LegHearer;
  #leg: MediaLeg;
  #work: Promise<void>;
  #isClosed = false;
  #mine: MediaState | null = null;
  #theirs: MediaState | null = null;

  constructor(
    private readonly options: SessionOptions,
    hearer: Omit<LegHearer, "broke">,
  ) {
    this.#hearer = { ...hearer, broke: (leg) => this.#mend(leg) };
    this.#leg = this.#newLeg(options.configuration, options.offers);
    this.#work = options.opened.then(() => this.#begin());
  }

  get remote(): MediaStream | null {
    return this.#leg.remote;
  }

  get state(): RTCPeerConnectionState {
    return this.#leg.state;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#leg.stats();
  }

  hear(signal: MediaSignal): void {
    this.#then(async () => {
      let verdict = this.#leg.judge(signal);
      if (verdict === "replace") {
        this.#leg.close();
        this.#leg = this.#newLeg(await this.options.fresh(), false);
        if (this.#isClosed) return this.#leg.close();
        await this.#begin();
        verdict = this.#leg.judge(signal);
      }
      if (verdict === "apply") await this.#leg.apply(signal);
    });
  }

  peerIsBack(): void {
    this.#then(() => this.#leg.repeatOffer());
  }

  // Nothing is sent while either side holds the call.
  show(mine: MediaState, theirs: MediaState): void {
    this.#mine = mine;
    this.#theirs = theirs;
    this.#then(() => this.#send());
  }

  close(): void {
    this.#isClosed = true;
    this.#leg.close();
  }

  #newLeg(configuration: RTCConfiguration, offers: boolean): MediaLeg {
    return new MediaLeg(configuration, this.options.isPolite, offers, this.#hearer);
  }

  #mend(leg: MediaLeg): void {
    this.#then(async () => {
      if (leg === this.#leg) leg.restart(await this.options.fresh());
    });
  }

  async #begin(): Promise<void> {
    if (this.#isClosed) return;
    const { microphone, camera } = this.options.local;
    await this.#leg.setTrack("audio", microphone);
    await this.#leg.setTrack("video", camera);
    this.#leg.expect("audio");
    if (this.options.wantsVideo) this.#leg.expect("video");
    await this.#send();
  }

  async #send(): Promise<void> {
    if (!this.#mine || !this.#theirs) return;
    const { microphone, camera } = this.options.local;
    const isHeld = this.#mine.onHold || this.#theirs.onHold;
    if (microphone) microphone.enabled = !this.#mine.muted;
    await this.#leg.setTrack("audio", isHeld ? null : microphone);
    await this.#leg.setTrack("video", isHeld || this.#mine.videoOff ? null : camera);
  }

  #then(next: () => void | Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#isClosed ? undefined : next()))
      .catch((error: unknown) => {
        if (!this.#isClosed) this.#hearer.failed("negotiation", error);
      });
  }
}
