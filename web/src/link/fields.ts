// Reads what came over the wire, field by field: what is not of the expected type is not there.

export type Fields = Record<string, unknown>;

export type CallType = "AUDIO" | "VIDEO";
export type Presence = "ONLINE" | "ON_CALL" | "OFFLINE";

export interface Person {
  id: string;
  name: string;
}

export function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : {};
}

export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

// Milliseconds of a time in ISO 8601.
export function instant(value: unknown): number | null {
  return typeof value === "string" ? count(Date.parse(value)) : null;
}

export function person(value: unknown): Person | null {
  const fields = fieldsOf(value);
  const id = text(fields["_id"]);
  return id ? { id, name: text(fields["name"]) ?? "Unknown" } : null;
}
