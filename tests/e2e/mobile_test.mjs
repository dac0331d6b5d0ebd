// The habits of the two builds of a mobile app that has to work unchanged. Neither ever asks for an acknowledgement or
// waits for an answer; both leave the call screen on what they send and on any final event, whatever its callId.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import { delay, eventually } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

const LEAVES_CALL = ["call:rejected", "call:missed", "call:ended", "call:error"],
  CLEARS_OVERLAY = ["call:missed", "call:cancelled", "call:accepted"];

// What the builds differ in.
const BUILDS = {
  main: {
    options: { transports: ["websocket", "polling"], reconnectionAttempts: 5, reconnectionDelay: 1000 },
    listensFirst: true,
    // Never the old socket object again, whose listeners stay behind on it.
    resume(app) {
      app.socket.disconnect();
      app.open();
    },
  },
  sameen: {
    options: {
      transports: ["websocket", "polling"],
      reconnectionAttempts: 10,
      reconnectionDelay: 1000,
      reconnectionDelayMax: 5000,
      timeout: 20000,
    },
    listensFirst: false,
    resume(app) {
      app.socket.connect();
    },
  },
};

class App {
  screen = "home";
  callId = null;
  log = [];
  sockets = [];

  constructor(server, build, account, namespace) {
    Object.assign(this, { server, build: BUILDS[build], account, namespace });
    this.open();
  }
  open() {
    this.socket = io(`${this.server.url}${this.namespace}`, {
      auth: { token: tokenOf(this.account) },
      forceNew: true,
      ...this.build.options,
    });
    this.sockets.push(this.socket);
    this.listen(this.socket);
  }
  // Nothing is buffered while offline: the app shows a toast instead.
  emit(event, payload) {
    assert.ok(this.socket.connected, `${event} while offline`);
    this.socket.emit(event, payload);
  }
  online() {
    return eventually(() => this.socket.connected, `${this.namespace} online`);
  }
  shows(screen) {
    return eventually(
      () => this.screen === screen,
      `${this.account.name} to see ${screen} instead of ${this.screen}, after ${JSON.stringify(this.log)}`,
    );
  }
  close() {
    for (const socket of this.sockets) socket.disconnect();
  }
}

class UserApp extends App {
  listen(socket) {
    socket.on("error", ({ message }) => this.log.push(`toast ${message}`));
  }
  call(telecaller) {
    this.screen = "calling";
    this.callId = null;
    const { socket } = this;
    const emit = () => this.emit("call:initiate", { telecallerId: telecaller.account.id, callType: "AUDIO" });
    const listen = () => {
      this.handlers = {
        "call:ringing": ({ callId }) => (this.callId = callId),
        "call:accepted": () => (this.screen = "connected"),
        ...Object.fromEntries(
          LEAVES_CALL.map((event) => [
            event,
            (data) => {
              assert.equal(typeof data, "object");
              this.log.push(event);
              this.goHome();
            },
          ]),
        ),
      };
      for (const [event, handle] of Object.entries(this.handlers)) socket.on(event, handle);
    };
    for (const step of this.build.listensFirst ? [listen, emit] : [emit, listen]) step();
  }
  goHome() {
    this.screen = "home";
    for (const socket of this.sockets)
      for (const [event, handle] of Object.entries(this.handlers ?? {})) socket.off(event, handle);
  }
  rings() {
    return eventually(() => this.callId, "call:ringing");
  }
  // Buttons: sent, and gone.
  cancel() {
    if (this.callId) this.emit("call:cancel", { callId: this.callId });
    this.goHome();
  }
  end() {
    this.emit("call:end", { callId: this.callId });
    this.goHome();
  }
}

class TelecallerApp extends App {
  listen(socket) {
    socket.on("error", ({ message }) => this.log.push(`toast ${message}`));
    socket.on("call:incoming", ({ callId, caller }) => {
      assert.ok(caller.name, "the overlay names the caller");
      // A second one is ignored while one shows, and on the call screen.
      if (this.screen !== "home") return this.log.push("ignored a ring");
      [this.screen, this.callId] = ["overlay", callId];
    });
    for (const event of CLEARS_OVERLAY)
      socket.on(event, (data) => {
        this.log.push(event);
        if (event === "call:accepted") {
          assert.ok(data.caller._id, "a call screen without a caller crashes");
          this.screen = "connected";
        } else if (this.screen === "overlay") this.screen = "home";
      });
    socket.on("call:ended", () => {
      this.log.push("call:ended");
      this.screen = "home";
    });
  }
  accept() {
    this.emit("call:accept", { callId: this.callId });
  }
  reject() {
    this.emit("call:reject", { callId: this.callId });
    this.screen = "home";
  }
  end() {
    this.emit("call:end", { callId: this.callId });
    this.screen = "home";
  }
}

for (const build of Object.keys(BUILDS)) {
  describe(`the app's build ${build}`, () => {
    const stage = useServer({ settings: { "limits.connections_per_minute": null } });
    let apps = [];

    async function both() {
      apps = [
        new UserApp(stage.server, build, stage.account("USER", { name: "Uma" }), "/user"),
        new TelecallerApp(stage.server, build, stage.account("TELECALLER", { name: "Tess" }), "/telecaller"),
      ];
      for (const app of apps) await app.online();
      return apps;
    }
    async function talk([user, tess]) {
      user.call(tess);
      await tess.shows("overlay");
      tess.accept();
      await tess.shows("connected");
      await user.shows("connected");
    }
    // Within the limit of 10 connections a minute, which a server counts from its start, and nodes from that of their Redis.
    const play = (name, story) =>
      it(name, async () => {
        try {
          await story(...(await both()));
        } finally {
          for (const app of apps) app.close();
          await stage.server.stop();
          await stage.server.redis?.restartEmpty();
          await stage.server.start();
        }
      });

    play("calls, talks, hangs up without waiting, and calls again at once", async (user, tess) => {
      await talk([user, tess]);
      user.end();
      await tess.shows("home");
      assert.deepEqual(tess.log, ["call:accepted", "call:ended"]);
      await talk([user, tess]);
      tess.end();
      await user.shows("home");
      assert.deepEqual(user.log, ["call:ended"]);
    });

    play("cancels and leaves: the telecaller's overlay goes away, and both can call again", async (user, tess) => {
      user.call(tess);
      await user.rings();
      await tess.shows("overlay");
      user.cancel();
      await tess.shows("home");
      await talk([user, tess]);
      assert.deepEqual(user.log, []);
    });

    play("cancels as the telecaller accepts: neither stays on a screen", async (user, tess) => {
      for (let round = 0; round < 3; round++) {
        user.call(tess);
        await user.rings();
        await tess.shows("overlay");
        tess.accept();
        user.cancel();
        await tess.shows("home");
        assert.equal(user.screen, "home");
      }
      assert.deepEqual(
        user.log.filter((entry) => !entry.startsWith("toast")),
        [],
      );
      await talk([user, tess]);
    });

    play(
      "calls the next one in the breath of the hang-up: no old final event ends the new call",
      async (user, tess) => {
        await talk([user, tess]);
        const other = new TelecallerApp(
          stage.server,
          build,
          stage.account("TELECALLER", { name: "Tina" }),
          "/telecaller",
        );
        apps.push(other);
        await other.online();
        user.end();
        user.call(other);
        await other.shows("overlay");
        tess.end();
        other.accept();
        await user.shows("connected");
        await other.shows("connected");
        await delay(200); // nothing is to come
        assert.deepEqual([user.screen, other.screen], ["connected", "connected"]);
      },
    );

    play("is told of a rejection, and leaves", async (user, tess) => {
      user.call(tess);
      await tess.shows("overlay");
      tess.reject();
      await user.shows("home");
      assert.deepEqual(user.log, ["call:rejected"]);
    });

    play("resumes from the background, as user and as telecaller, in its own way", async (user, tess) => {
      for (const app of [user, tess]) {
        app.socket.io.engine.close();
        BUILDS[build].resume(app);
        await app.online();
      }
      assert.equal(user.sockets.length, build === "main" ? 2 : 1);
      await talk([user, tess]);
      user.end();
      await tess.shows("home");
    });

    play("comes back after a crash of the app in a call, is told of its end once, and can call", async (user, tess) => {
      await talk([user, tess]);
      user.socket.io.engine.transport.ws.terminate();
      await tess.shows("home");
      const ends = [];
      user.socket.once("call:ended", (end) => ends.push(end));
      await user.online();
      await eventually(() => ends.length, "the end that it missed");
      assert.equal(ends[0].reason, "caller_disconnected");
      if (user.screen !== "home") user.goHome();
      await talk([user, tess]);
    });

    play(
      "finds a server that was away for some seconds again, by itself, within its 5 attempts",
      async (user, tess) => {
        const failed = [];
        for (const app of [user, tess]) app.socket.io.on("reconnect_failed", () => failed.push(app.namespace));
        await stage.server.stop();
        for (const app of [user, tess]) await eventually(() => !app.socket.connected, "the end of the connection");
        await delay(2000); // the server is away
        await stage.server.comeBack();
        for (const app of [user, tess]) await eventually(() => app.socket.connected, "a connection", 15_000);
        assert.deepEqual(failed, []);
        await talk([user, tess]);
      },
    );

    if (build === "main")
      play("starts up with a second connection, and is not refused for it", async (user, tess) => {
        BUILDS.main.resume(user);
        await user.online();
        await talk([user, tess]);
        assert.equal(user.sockets[0].connected, false);
      });
  });
}

describe("the app's login", { skip: isReference && "the reference suspends nobody" }, () => {
  const stage = useServer({ settings: { "limits.connections_per_minute": 2 } });

  it("a refused namespace is not tried again by itself, and answers when the app is woken", async () => {
    const account = stage.account("USER");
    for (let i = 0; i < 2; i++) await stage.phone(account);
    const app = io(`${stage.server.url}/user`, {
      auth: { token: tokenOf(account) },
      forceNew: true,
      ...BUILDS.main.options,
    });
    const errors = [];
    app.on("connect_error", (error) => errors.push(error.message));
    await eventually(() => errors.length, "the refusal");
    await delay(1500); // longer than the client's first pause
    assert.deepEqual([errors, app.active], [["Too many connection attempts. Please wait."], false]);
    app.disconnect();
  });
});
