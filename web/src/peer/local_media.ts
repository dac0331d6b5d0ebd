import type { CallType } from "../link/fields";

// The person's microphone and camera, while there is a call.
export class LocalMedia {
  microphone: MediaStreamTrack | null = null;
  camera: MediaStreamTrack | null = null;

  // Resolves with what is missing, in words; null when nothing is. Without a camera a video call goes on with sound.
  async open(callType: CallType): Promise<string | null> {
    if (callType === "VIDEO" && !(this.microphone && this.camera)) {
      if (await this.#take({ audio: true, video: true })) return null;
    }
    if (!this.microphone && !(await this.#take({ audio: true }))) return "The microphone cannot be used.";
    return callType === "VIDEO" && !this.camera ? "The camera cannot be used." : null;
  }

  // Turns the camera on; false when it cannot be.
  openCamera(): Promise<boolean> {
    return this.camera ? Promise.resolve(true) : this.#take({ video: true });
  }

  // Off means off: its light goes out.
  closeCamera(): void {
    this.camera?.stop();
    this.camera = null;
  }

  close(): void {
    this.closeCamera();
    this.microphone?.stop();
    this.microphone = null;
  }

  async #take(wanted: MediaStreamConstraints): Promise<boolean> {
    let stream: MediaStream;
    try {
      // Absent where the page is neither on https nor on this machine.
      if (!navigator.mediaDevices) return false;
      stream = await navigator.mediaDevices.getUserMedia(wanted);
    } catch {
      return false;
    }
    for (const track of stream.getTracks()) {
      const before = track.kind === "audio" ? this.microphone : this.camera;
      before?.stop();
      if (track.kind === "audio") this.microphone = track;
      else this.camera = track;
    }
    return true;
  }
}
