export interface Verdict {
  ok: boolean;
  code: string | null; // why not, when the server said so
}

// What every acknowledgement begins with: {ok: true, …} or {ok: false, error: {code, message}}.
export function verdictOf(acknowledgement: unknown): Verdict {
  if (acknowledgement === null || typeof acknowledgement !== "object") return { ok: false, code: null };
  const { ok, error } = acknowledgement as { ok?: unknown; error?: unknown };
  const code =
    error !== null && typeof error === "object" && "code" in error && typeof error.code === "string"
      ? error.code
      : null;
  return { ok: ok === true, code };
}
