// A PostgreSQL server of the tests' own: a temporary directory, a free port, and an end with this process.
import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, PATIENCE_MS, within } from "./deadline.mjs";
import { freePort } from "./free_port.mjs";
import { HERE } from "./place.mjs";

const INSTALLED = "/usr/lib/postgresql";
const programs = (existsSync(INSTALLED) ? readdirSync(INSTALLED) : [])
  .map((version) => join(INSTALLED, version, "bin"))
  .find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));

// What a test that needs it is skipped with.
export const noPostgres = programs ? false : "PostgreSQL is not installed (Debian's package postgresql-15)";

// Not one that has ended and that nobody has asked about.
function isRunning(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

// PostgreSQL refuses to be root; Debian's package makes a user for it.
const idOf = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
const user = programs && process.getuid() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGQUIT")));

// One statement; gives what it prints.
export function psql(url, statement) {
  return execFileSync(join(programs, "psql"), ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

export class PostgresServer {
  #child = null;
  #made = 0;
  place = HERE; // where it runs

  // What the tests kill is the server, not the machine: nothing of it has to reach the disk.
  constructor({ fsync = "off" } = {}) {
    this.fsync = fsync;
  }

  async start() {
    this.folder = mkdtempSync(join(tmpdir(), "ringback-pg-"));
    if (user.uid !== undefined) chownSync(this.folder, user.uid, user.gid);
    this.port = await freePort();
    const options = ["-U", "ringback", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
    execFileSync(join(programs, "initdb"), ["-D", join(this.folder, "data"), ...options], { ...user, cwd: "/", stdio: "pipe" });
    appendFileSync(join(this.folder, "data/pg_hba.conf"), "host all all all trust\n"); // who reaches its place
    return this.comeBack();
  }

  // After stop().
  async comeBack() {
    const settings = { fsync: this.fsync, max_connections: 200, shared_buffers: "16MB" };
    const child = (this.#child = this.place.spawn(
      join(programs, "postgres"),
      [
        ...["-D", join(this.folder, "data"), "-h", this.place.address, "-p", `${this.port}`, "-k", this.folder],
        ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
      ],
      { ...user, cwd: "/", stdio: ["ignore", "ignore", "ignore"] },
    ));
    running.add(child);
    this.exited = new Promise((resolve) => child.once("close", resolve)).then(() => running.delete(child));
    await eventually(() => this.#answers(), "PostgreSQL answering", 4 * PATIENCE_MS);
    return this;
  }
  #answers() {
    try {
      return psql(this.url("postgres"), "SELECT 1") === "1";
    } catch {
      return false;
    }
  }

  url(database) {
    return `postgresql://ringback:not-to-be-logged@${this.place.address}:${this.port}/${database}`;
  }
  // A new one, empty.
  database() {
    const name = `test_${process.pid}_${++this.#made}`;
    psql(this.url("postgres"), `CREATE DATABASE ${name}`);
    return this.url(name);
  }

  // SIGQUIT: a crash. SIGINT: it ends its sessions first.
  async stop(signal = "SIGQUIT") {
    const children = this.#children();
    this.#child.kill(signal);
    await within(this.exited, "the end of PostgreSQL", 2 * PATIENCE_MS);
    // After SIGKILL they end when they notice it: until then one may still answer.
    await eventually(() => !children.some(isRunning), "the end of PostgreSQL's sessions", 2 * PATIENCE_MS);
  }
  // Every process of it stands still, or goes on.
  freeze() {
    this.#signalAll("SIGSTOP");
  }
  thaw() {
    this.#signalAll("SIGCONT");
  }
  #signalAll(signal) {
    const { pid } = this.#child;
    process.kill(pid, signal);
    for (const child of this.#children()) process.kill(child, signal);
  }
  #children() {
    const { pid } = this.#child;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  }
  async close() {
    if (running.has(this.#child)) {
      this.thaw(); // should a test have ended before it did that
      await this.stop("SIGINT");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// Where RINGBACK_POSTGRES names a server, every server under test gets a database of its own there.
let made = 0;
export function databaseOfEnvironment() {
  const admin = process.env.RINGBACK_POSTGRES;
  if (!admin) return null;
  const name = `e2e_${process.pid}_${++made}`;
  psql(admin, `CREATE DATABASE ${name}`);
  return admin.replace(/[^/]*$/, name);
}
