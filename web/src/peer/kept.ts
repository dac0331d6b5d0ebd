// What a tab remembers of its person over a reload. Another tab has its own, also when it began as a copy: the account
// ends in the tab's suffix.
export interface Kept {
  id: string;
  name: string;
  sessionToken: string | null;
  isLivekit: boolean; // how the media of the call travel, which only its acceptance tells
}

const KEY = "ringback-peer";
const RELAY = "ringback-peer-relay-only";

export function keep(kept: Kept): void {
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}

export function keptOf(suffix: string): Kept | null {
  let kept: unknown;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
  if (kept === null || typeof kept !== "object") return null;
  const { id, name, sessionToken, isLivekit } = kept as Partial<Kept>;
  if (typeof id !== "string" || !id.endsWith(`-${suffix}`) || typeof name !== "string") return null;
  return {
    id,
    name,
    sessionToken: typeof sessionToken === "string" ? sessionToken : null,
    isLivekit: isLivekit === true,
  };
}

// `?relay=only` in the address asks for it too.
export function wantsRelayOnly(): boolean {
  return (sessionStorage.getItem(RELAY) ?? new URLSearchParams(location.search).get("relay")) === "only";
}

export function setRelayOnly(only: boolean): void {
  sessionStorage.setItem(RELAY, only ? "only" : "any");
}
