import { hasExample, useExample } from "./example.mjs";

export const hasConformanceServer = hasExample("conformance_server");

// `flags` as examples/conformance takes them, but for the port.
export const useConformanceServer = (...flags) => useExample("conformance_server", ...flags);
