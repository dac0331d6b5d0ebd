// What a phone asks for beside its connection, with the token that it connected with.

// Puts an account among one's own contacts. Resolves with why it did not work, null when it did.
export async function putContact(token: string, id: string): Promise<string | null> {
  try {
    const response = await fetch(`/api/v1/contacts/${encodeURIComponent(id)}`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${token}` },
    });
    if (response.ok) return null;
    return response.status === 404 ? "Nobody has that id." : `The server refused (HTTP ${response.status}).`;
  } catch {
    return "The server cannot be reached.";
  }
}

// The answer to a GET; null when there is none.
export async function getJson(token: string, path: string): Promise<unknown> {
  try {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
    return response.ok ? ((await response.json()) as unknown) : null;
  } catch {
    return null;
  }
}
