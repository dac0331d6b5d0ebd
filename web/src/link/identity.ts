export type Role = "USER" | "TELECALLER";

export interface Identity {
  id: string;
  role: Role;
  name: string;
}

const KEY = "ringback-demo-suffix";
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

function freshSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

// The part that makes this tab's account ids its own. It survives a reload. A duplicated tab starts with a copy of
// the first one's sessionStorage; the lock tells the two apart, and the copy takes a suffix of its own.
export async function tabSuffix(): Promise<string> {
  const kept = sessionStorage.getItem(KEY);
  if (kept && (await claim(kept))) return kept;
  const fresh = freshSuffix();
  sessionStorage.setItem(KEY, fresh);
  await claim(fresh);
  return fresh;
}

// A reload may come before the browser has freed the lock of the page that left, on a busy machine long before.
const RELEASE_MS = { reload: 5000, other: 500 };

// Holds the suffix until the tab is gone. Web Locks exist on https and on localhost only; elsewhere every claim is granted.
function claim(suffix: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = (): Promise<never> => {
      resolve(true);
      return new Promise(() => undefined);
    };
    const [navigation] = performance.getEntriesByType("navigation");
    const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
    const patience = { signal: AbortSignal.timeout(isReload ? RELEASE_MS.reload : RELEASE_MS.other) };
    navigator.locks.request(`${KEY}-${suffix}`, patience, held).catch(() => resolve(false));
  });
}
