export interface LogEntry {
  who: string;
  direction: "sent" | "received" | "answer" | "link";
  name: string;
  payload?: unknown;
  at: number;
}

// Entries with their tokens shortened. The log holds nothing back for readers that come later: the view subscribes
// before the first phone connects.
export class EventLog {
  readonly #readers: ((entry: LogEntry) => void)[] = [];

  onEntry(reader: (entry: LogEntry) => void): void {
    this.#readers.push(reader);
  }

  record(entry: LogEntry): void {
    const shown = { ...entry, payload: withoutTokens(entry.payload) };
    for (const reader of this.#readers) reader(shown);
  }
}

const SHOWN_OF_TOKEN = 10;
const LOOKS_LIKE_JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

// A copy in which every token is cut to its first characters: whoever reads a screenshot of the log must not be able
// to use it. A token is what a key calls so (or credential, for a relay), or what looks like a JWT under any key.
export function withoutTokens(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    const secret = /(token|credential)$/i.test(key) || LOOKS_LIKE_JWT.test(value);
    return secret && value.length > SHOWN_OF_TOKEN ? `${value.slice(0, SHOWN_OF_TOKEN)}…` : value;
  }
  if (Array.isArray(value)) return value.map((item) => withoutTokens(item));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutTokens(item, name)]));
  }
  return value;
}
