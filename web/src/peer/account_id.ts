// Ids are ASCII; a name need not be.
export function accountId(name: string, suffix: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `demo-${word || "somebody"}-${suffix}`;
}
