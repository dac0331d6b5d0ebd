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
