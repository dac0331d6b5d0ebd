// Where a process of the tests runs, and at which address it is reached there. Network namespaces are others
// (private_network.mjs).
import { spawn } from "node:child_process";

export const HERE = { address: "127.0.0.1", spawn };
