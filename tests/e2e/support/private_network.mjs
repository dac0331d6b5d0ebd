// A network of the tests' own that can be cut without a word: network namespaces, one for each process, around one in
// the middle that forwards between them. A test file that needs it runs itself again in there (`runInside`), so its
// clients are in the middle and reach every process, whatever is cut. There is no way out: no packet leaves the machine.
// The middle is also a process namespace: whatever ends the test file, nothing of it remains.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventually, within } from "./deadline.mjs";

const INSIDE = "RINGBACK_PRIVATE_NETWORK";
export const isInside = Boolean(process.env[INSIDE]);

// Root makes namespaces as it is; anybody else may in a namespace of users, in which he stays who he is, since
// PostgreSQL refuses to be root.
const AS_ANYBODY = ["unshare", "--user", "--map-current-user", "--keep-caps", "--"];
const INTO = [
  ...(process.getuid() === 0 ? [] : AS_ANYBODY),
  ...["setpriv", "--pdeathsig", "KILL", "--"],
  ...["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"],
];
const FORWARDING = "/proc/sys/net/ipv4/ip_forward";
// Everything that a network needs of the machine, once.
const PROBE = `set -e
ip link set lo up
echo 1 > ${FORWARDING}
ip link add probe type veth peer name far
ip rule add from 10.77.0.1 to 10.77.0.2 blackhole
unshare --net true`;

function whyNot() {
  if (isInside) return false;
  const [program, ...args] = [...INTO, "sh", "-c", PROBE];
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? false : `this machine does not permit network namespaces: ${(error?.message ?? stderr).trim()}`;
}

// Runs that file again inside, and ends as it does.
export function runInside(fileUrl) {
  const env = { ...process.env, [INSIDE]: "1" };
  delete env.RINGBACK_POSTGRES; // out of reach
  const [program, ...args] = [...INTO, process.execPath, ...process.execArgv, fileURLToPath(fileUrl)];
  process.exit(spawnSync(program, args, { stdio: "inherit", env }).status ?? 1);
}
// What a test that needs it is skipped with; asked for only where it is not skipped anyway.
export const noPrivateNetwork = whyNot;

const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"] });
const ip = (words) => run("ip", ...words.split(" "));
const namespaceOf = (pid) => readlinkSync(`/proc/${pid}/ns/net`);
let made = 0; // places

export class PrivateNetwork {
  #places = [];
  #cuts = [];

  // Another namespace, with a way to all others through the middle: { address, spawn }.
  async place() {
    const number = ++made;
    if (number === 1) {
      ip("link set lo up");
      writeFileSync(FORWARDING, "1");
    }
    // It lives as long as somebody is in it.
    const holder = spawn("unshare", ["--net", "--", "cat"], { stdio: ["pipe", "ignore", "inherit"] });
    holder.exited = new Promise((resolve) => holder.once("close", resolve));
    const { pid } = holder;
    await eventually(() => existsSync(`/proc/${pid}`) && namespaceOf(pid) !== namespaceOf("self"), "a network namespace");
    const enter = ["nsenter", `--net=/proc/${pid}/ns/net`];
    const inThere = (words) => run(...enter, "--", "ip", ...words.split(" "));
    const address = `10.77.${number}.2`;
    ip(`link add to-${number} type veth peer name way netns ${pid}`);
    ip(`address add 10.77.${number}.1/24 dev to-${number}`);
    ip(`link set to-${number} up`);
    inThere(`address add ${address}/24 dev way`);
    inThere("link set lo up");
    inThere("link set way up");
    inThere(`route add default via 10.77.${number}.1`);
    this.#places.push(holder);
    return {
      address,
      spawn(program, args, { uid, gid, ...options } = {}) {
        const as = uid === undefined ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
        return spawn(enter[0], [enter[1], ...as, "--", program, ...args], options);
      },
    };
  }

  // From now on every packet between the places of `one` and of each of the `others` vanishes in the middle, also those
  // of connections that are open: nobody is told, and neither side sees anything but silence.
  cut(one, ...others) {
    for (const other of others)
      for (const [from, to] of [[one, other], [other, one]]) {
        const rule = `from ${from.place.address} to ${to.place.address} blackhole`;
        ip(`rule add ${rule}`);
        this.#cuts.push(rule);
      }
  }
  // All that was cut, or only what is between those two.
  heal(one, other) {
    const [here, there] = [one, other].map((each) => each && ` ${each.place.address} `);
    const isHealed = (rule) => !one || (rule.includes(here) && rule.includes(there));
    for (const rule of this.#cuts.filter(isHealed)) ip(`rule del ${rule}`);
    this.#cuts = this.#cuts.filter((rule) => !isHealed(rule));
  }

  async close() {
    this.heal();
    for (const { stdin, exited } of this.#places.splice(0)) {
      stdin.end();
      await within(exited, "the end of a network namespace");
    }
  }
}
