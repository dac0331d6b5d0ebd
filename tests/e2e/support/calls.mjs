// The steps that many tests begin with.
import { nothingElse } from "./phone.mjs";

// `user` calls `telecaller`: both have been told. Gives the callId.
export async function ring(user, telecaller, callType = "AUDIO") {
  user.emit("call:initiate", { telecallerId: telecaller.id, callType });
  const { callId } = await telecaller.next("call:incoming");
  await user.next("call:ringing");
  return callId;
}

// …and they talk.
export async function talk(user, telecaller, callType = "AUDIO") {
  const callId = await ring(user, telecaller, callType);
  telecaller.emit("call:accept", { callId });
  await telecaller.next("call:accepted");
  await user.next("call:accepted");
  return callId;
}

// The call is over, and both parties can make another one: nothing of the first one stands in the way.
export async function canTalkAgain(user, telecaller) {
  const callId = await talk(user, telecaller);
  await user.done("call:end", { callId });
  await telecaller.next("call:ended");
  await nothingElse(user, telecaller);
}
