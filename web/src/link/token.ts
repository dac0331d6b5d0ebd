import type { Identity } from "./identity";

// `final`: asking again cannot help, the server said no.
export class TokenError extends Error {
  constructor(
    message: string,
    readonly final: boolean,
  ) {
    super(message);
  }
}

export async function requestToken({ id, role, name }: Identity): Promise<string> {
  let response: Response;
  try {
    response = await fetch("/demo/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id, role, name }),
    });
  } catch {
    throw new TokenError("The server cannot be reached.", false);
  }
  if (!response.ok) {
    // 429 and 5xx pass; any other refusal stays one.
    throw new TokenError(
      `The server gave no demo token (HTTP ${response.status}).`,
      response.status < 500 && response.status !== 429,
    );
  }
  const body: unknown = await response.json().catch(() => null);
  const token = body !== null && typeof body === "object" && "token" in body ? body.token : null;
  if (typeof token !== "string") throw new TokenError("The server's answer holds no token.", true);
  return token;
}
