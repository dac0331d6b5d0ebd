// What a test file plays on: one server for the file, and accounts and phones that belong to one test.
import { randomBytes } from "node:crypto";
import { after, afterEach, before } from "node:test";
import { Phone } from "./phone.mjs";
import { serverOfEnvironment } from "./nodes.mjs";
import { tokenOf } from "./tokens.mjs";

export class Stage {
  #phones = [];
  #ids = new Set();

  constructor(server) {
    this.server = server;
  }

  account(role, fields = {}) {
    const account = { id: randomBytes(12).toString("hex"), role, ...fields };
    this.#ids.add(account.id);
    return account;
  }

  // A device of `account`, connected to the namespace of its role unless `namespace` says otherwise.
  async phone(account, { namespace = { USER: "/user", TELECALLER: "/telecaller" }[account.role], ...options } = {}) {
    const phone = new Phone(this.server, namespace, {
      account,
      auth: { token: tokenOf(account) },
      isOfThisTest: (id) => this.#ids.has(id),
      ...options,
    });
    this.#phones.push(phone);
    await phone.connect();
    // A connection is complete when what greets it has come.
    await phone.fence();
    await this.server.settle?.();
    return phone;
  }
  user(options = {}, fields = {}) {
    return this.phone(this.account("USER", { name: "Uma", profile: "avatar-1", ...fields }), options);
  }
  telecaller(options = {}, fields = {}) {
    return this.phone(
      this.account("TELECALLER", {
        name: "Tess",
        profile: "avatar-3",
        language: "hindi",
        about: "Listens well.",
        ...fields,
      }),
      options,
    );
  }
  // Another device of the same account.
  again(phone, options = {}) {
    return this.phone(phone.account, { transport: phone.transport, ...options });
  }

  // The phones' test is over, and with it the accounts unless they are needed again.
  clear({ keepsAccounts = false } = {}) {
    for (const phone of this.#phones) phone.close();
    this.#phones = [];
    if (!keepsAccounts) this.#ids.clear();
    this.server.check();
  }
}

// Registers the server's life with the surrounding file or `describe`.
export function useServer(options) {
  const stage = new Stage(serverOfEnvironment(options));
  before(() => stage.server.start());
  // What is about a node and not about the service.
  stage.atOne = stage.server.nodes ? new Stage(stage.server.nodes[0]) : stage;
  afterEach(() => {
    stage.atOne.clear();
    stage.clear();
  });
  after(() => stage.server.close());
  return stage;
}
