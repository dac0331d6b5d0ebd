#!/usr/bin/env python3
"""What ten million sockets and 3 000 calls a second ask of nodes, Redis and PostgreSQL: on paper, and by a simulation of
queues. Costs are those that tools/bench_cluster.mjs has measured; docs/scale.md explains them and holds what this prints.

usage: scale_simulation.py [--seconds S] [--calls-per-second N] [--part paper|losses|queues]
The same arguments print the same text: the random numbers have a seed.
"""
import argparse
import heapq
import math
import random
from dataclasses import dataclass, replace

US = 1e-6

# Microseconds of one core, and bytes. Where they come from stands in docs/scale.md.
SCRIPT_US = 29          # Redis: a script of the registry
PUBLISH_US = 10         # Redis: a publication with its delivery to one subscriber, and each delivery more
CALL_SCRIPTS = 7        # with the parties on two nodes; one less on one node
CALL_ADAPTER = 3        # publications of a call's changes, for operators
CALL_PACKETS = 4        # publications between two nodes: 4.6 when they are calm, 0.3 when they are busy
CALL_PRESENCE = 2       # changes of presence, each told to every node
CALL_REDIS_BYTES = 3700 + 2200
CALL_NODE_US = 380      # of all nodes
CALL_COMMITS = 3        # transactions that nothing else joins
CALL_POSTGRES_US = 925
CALL_WAL_BYTES = 5000
JOIN_SCRIPTS, LEAVE_SCRIPTS = 2, 1
JOIN_LEAVE_REDIS_BYTES = 600 + 329 + 313 + 124
JOIN_LEAVE_NODE_US = 250
NODE_SCRIPTS = 2.4      # of a node at rest, in a second
SOCKET_BYTES = 2900     # of a node
ACCOUNT_REDIS_BYTES = 820
CALL_REDIS_MEMORY = 700
DELIVERY_US = 0.9       # of a node: a change of presence to one socket
COMMIT_US = 300         # of a node's writer: a transaction, without its statements and the disk
STATEMENT_US = 233
# Assumed.
DISK_US = 1000          # until the disk has a commit
DELIVERY_BYTES = 140    # of a change of presence, with TCP and TLS
HEARTBEAT_US = 2        # a ping and its pong
PRESENCE_US = 10        # a node hears of a change
PRESENCE_BYTES = 150


@dataclass(frozen=True)
class Load:
    sockets: int = 10_000_000
    calls_per_second: float = 3000
    calls_at_once: int = 100_000
    telecallers: int = 250_000
    watched: int = 20            # telecallers that an app shows, and subscribes to
    stay_s: float = 3600         # of a socket
    ping_s: float = 25


@dataclass(frozen=True)
class Plant:
    sockets_per_node: int = 500_000
    cores_per_node: int = 8
    redis: int = 1               # registries, each with a part of the accounts
    bus: int = 0                 # Redis servers for messages alone; 0: the registry's carry them
    gather_s: float = 0          # for how long changes of presence are gathered into one message
    stores: int = 1
    store_cores: int = 16


def paper(load: Load, plant: Plant):
    nodes = math.ceil(load.sockets / plant.sockets_per_node)
    per_second = load.calls_per_second
    joins = load.sockets / load.stay_s
    across = 1 - 1 / nodes
    scripts = per_second * (CALL_SCRIPTS - 1 + across) + joins * (JOIN_SCRIPTS + LEAVE_SCRIPTS) + nodes * NODE_SCRIPTS
    packets = per_second * CALL_PACKETS * across
    changes = per_second * CALL_PRESENCE + joins * load.telecallers / load.sockets * 2
    users = load.sockets - load.telecallers
    watchers = users * load.watched / load.telecallers
    presence = changes * nodes
    told = nodes / plant.gather_s if plant.gather_s else presence
    registry_us = scripts * SCRIPT_US
    bus_us = (packets + per_second * CALL_ADAPTER + told) * PUBLISH_US
    all_deliveries, watched_deliveries = changes * users, changes * watchers
    node_us = per_second * CALL_NODE_US + joins * JOIN_LEAVE_NODE_US + presence * PRESENCE_US
    node_us += load.sockets / load.ping_s * HEARTBEAT_US
    return {
        "nodes": nodes,
        "connects": joins,
        "scripts": scripts,
        "packets": packets,
        "adapter": per_second * CALL_ADAPTER,
        "presence": presence,
        "told": told,
        "changes": changes,
        "registry": registry_us * US / plant.redis if plant.bus else (registry_us + bus_us) * US / plant.redis,
        "bus": bus_us * US / plant.bus if plant.bus else None,
        "redis_network": (per_second * CALL_REDIS_BYTES + joins * JOIN_LEAVE_REDIS_BYTES + presence * PRESENCE_BYTES) * 8,
        "redis_memory": load.sockets * ACCOUNT_REDIS_BYTES + load.calls_at_once * CALL_REDIS_MEMORY,
        "store_cpu": per_second * CALL_POSTGRES_US * US / plant.stores,
        "store_commits": per_second * CALL_COMMITS / plant.stores,
        "wal": per_second * CALL_WAL_BYTES / plant.stores,
        "node_cpu": node_us * US / nodes,
        "node_memory": plant.sockets_per_node * SOCKET_BYTES,
        "watchers": watchers,
        "all_deliveries": all_deliveries,
        "watched_deliveries": watched_deliveries,
    }


def number(value):
    for size, unit in ((1e12, " T"), (1e9, " G"), (1e6, " M")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{float(f'{value:.3g}'):,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"


def print_paper(load: Load):
    p = paper(load, Plant())
    rows = [
        ("nodes of 500 000 sockets", number(p["nodes"])),
        ("memory of a node for its sockets", number(p["node_memory"]) + "B"),
        ("cores of a node that are busy, without presence to its sockets", f"{p['node_cpu']:.2f}"),
        ("sockets that come, and go, in a second", number(p["connects"])),
        ("Redis: scripts in a second", number(p["scripts"])),
        ("Redis: publications between two nodes in a second", number(p["packets"])),
        ("Redis: publications for operators in a second", number(p["adapter"])),
        ("changes of presence in a second", number(p["changes"])),
        ("Redis: their deliveries to nodes in a second", number(p["presence"])),
        ("Redis: cores that are busy, of the one that it has", f"{p['registry']:.2f}"),
        ("Redis: network", number(p["redis_network"]) + "bit/s"),
        ("Redis: memory", number(p["redis_memory"]) + "B"),
        ("PostgreSQL: cores that are busy", f"{p['store_cpu']:.2f}"),
        ("PostgreSQL: commits in a second, when none are joined", number(p["store_commits"])),
        ("PostgreSQL: write-ahead log", number(p["wal"]) + "B/s"),
        ("presence to everybody: deliveries to sockets in a second", number(p["all_deliveries"])),
        ("presence to everybody: cores of nodes", number(p["all_deliveries"] * DELIVERY_US * US)),
        ("presence to everybody: network", number(p["all_deliveries"] * DELIVERY_BYTES * 8) + "bit/s"),
        ("`presence:subscribe` to 20: sockets that watch a telecaller", number(p["watchers"])),
        ("`presence:subscribe` to 20: deliveries to sockets in a second", number(p["watched_deliveries"])),
        ("`presence:subscribe` to 20: cores of nodes", number(p["watched_deliveries"] * DELIVERY_US * US)),
        ("`presence:subscribe` to 20: network", number(p["watched_deliveries"] * DELIVERY_BYTES * 8) + "bit/s"),
    ]
    print("| on paper | |")
    print("| --- | --- |")
    for name, value in rows:
        print(f"| {name} | {value} |")


def print_losses(load: Load, plant: Plant):
    """What comes at once when something is lost."""
    held = plant.sockets_per_node
    rows = [
        ("a node: Redis forgets its devices", held * SCRIPT_US * US / 2),
        ("a node: Redis takes its sockets in elsewhere", held * JOIN_SCRIPTS * SCRIPT_US * US),
        ("a node: the others greet its sockets, on all their cores", held * JOIN_LEAVE_NODE_US * US / (load.sockets / held - 1) / plant.cores_per_node),
        ("Redis: it is told of all accounts", load.sockets * SCRIPT_US * US / 2),
    ]
    print("| when it is lost | seconds of work |")
    print("| --- | --- |")
    for name, seconds in rows:
        print(f"| {name} | {seconds:.2g} |")


# The simulation ------------------------------------------------------------------------------------------------------


class Server:
    """One queue, one place that works it off, in order."""

    def __init__(self, clock):
        self.clock, self.free_at, self.busy, self.waits = clock, 0.0, 0.0, []

    def serve(self, service, then):
        begin = max(self.clock.now, self.free_at)
        self.waits.append(begin - self.clock.now)
        self.free_at = begin + service
        self.busy += service
        self.clock.at(self.free_at, then)


class Writer:
    """A node's connection to the store: what waits when a transaction ends makes the next one together."""

    def __init__(self, clock, store):
        self.clock, self.store, self.waiting, self.is_busy, self.commits = clock, store, [], False, 0

    def write(self, then):
        self.waiting.append(then)
        if not self.is_busy:
            self.begin()

    def begin(self):
        group, self.waiting, self.is_busy = self.waiting[:64], self.waiting[64:], True
        self.commits += 1
        took = (COMMIT_US + DISK_US + STATEMENT_US * len(group)) * US
        # The store's cores are shared by all nodes: what they cannot do at once has to wait.
        self.store.serve(len(group) * CALL_POSTGRES_US / CALL_COMMITS * US, lambda: self.clock.after(took, lambda: self.end(group)))

    def end(self, group):
        self.is_busy = False
        for then in group:
            then()
        if self.waiting and not self.is_busy:
            self.begin()


class Cores:
    """Several places for one queue."""

    def __init__(self, clock, count):
        self.servers = [Server(clock) for _ in range(count)]

    def serve(self, service, then):
        min(self.servers, key=lambda s: s.free_at).serve(service, then)

    @property
    def busy(self):
        return sum(s.busy for s in self.servers) / len(self.servers)


class Clock:
    def __init__(self):
        self.now, self.events, self.count = 0.0, [], 0

    def at(self, when, what):
        self.count += 1
        heapq.heappush(self.events, (when, self.count, what))

    def after(self, delay, what):
        self.at(self.now + delay, what)

    def run(self, until):
        while self.events and self.events[0][0] <= until:
            self.now, _, what = heapq.heappop(self.events)
            what()
        self.now = until


class Simulation:
    NETWORK_S = 250 * US  # one way, with the kernels at both ends

    def __init__(self, load, plant, seed=8):
        self.load, self.plant, self.random, self.clock = load, plant, random.Random(seed), Clock()
        self.facts = paper(load, plant)
        nodes = self.facts["nodes"]
        self.registries = [Server(self.clock) for _ in range(plant.redis)]
        self.buses = [Server(self.clock) for _ in range(plant.bus)] or self.registries
        self.shards = [[Server(self.clock) for _ in range(plant.cores_per_node)] for _ in range(nodes)]
        self.stores = [Cores(self.clock, plant.store_cores) for _ in range(plant.stores)]
        self.writers = [Writer(self.clock, self.stores[i % plant.stores]) for i in range(nodes)]
        self.ringing, self.accepting, self.lost = [], [], 0

    def vary(self, mean_us):
        """A service time: a floor, and what is left by chance."""
        return mean_us * US * (0.6 + self.random.expovariate(1 / 0.4))

    def poisson(self, rate, what):
        if rate <= 0:
            return
        def arrive():
            what()
            self.clock.after(self.random.expovariate(rate), arrive)
        self.clock.after(self.random.expovariate(rate), arrive)

    def script(self, then):
        registry = self.random.choice(self.registries)
        self.clock.after(self.NETWORK_S, lambda: registry.serve(
            self.vary(SCRIPT_US), lambda: self.clock.after(self.NETWORK_S, then)))

    def message(self, shard, then):
        bus = self.random.choice(self.buses)
        self.clock.after(self.NETWORK_S, lambda: bus.serve(
            self.vary(PUBLISH_US), lambda: self.clock.after(self.NETWORK_S, lambda: self.work(shard, 30, then))))

    def work(self, shard, mean_us, then):
        shard.serve(self.vary(mean_us), then)

    def presence(self):
        if not self.plant.gather_s:
            self.tell_presence()
        for node in self.shards:
            self.work(self.random.choice(node), PRESENCE_US, lambda: None)

    def tell_presence(self):
        self.random.choice(self.buses).serve(len(self.shards) * self.vary(PUBLISH_US), lambda: None)

    def tell_gathered(self):
        self.tell_presence()
        self.clock.after(self.plant.gather_s, self.tell_gathered)

    def call(self):
        began = self.clock.now
        here, there = self.random.randrange(len(self.shards)), self.random.randrange(len(self.shards))
        home, other, writer = self.random.choice(self.shards[here]), self.random.choice(self.shards[there]), self.writers[here]

        def rung():
            self.ringing.append(self.clock.now - began)
            self.message(other, answer)

        def answer():
            asked = self.clock.now
            def accepted():
                self.accepting.append(self.clock.now - asked)
                self.presence()
                self.operators()
                self.work(home, 60, lambda: self.message(other, end))
            # The callee's node finds the home and counts the attempt; the home writes, then says so.
            self.script(lambda: self.script(lambda: self.message(home, lambda: writer.write(lambda: self.script(accepted)))))

        def end():
            self.script(lambda: self.work(home, 60, lambda: writer.write(lambda: self.script(ended))))

        def ended():
            self.presence()
            self.operators()
            self.message(other, lambda: None)

        self.operators()
        self.work(home, 60, lambda: self.script(lambda: self.work(home, 60, lambda: self.script(
            lambda: self.work(home, 60, lambda: writer.write(rung))))))

    def operators(self):
        self.random.choice(self.buses).serve(self.vary(PUBLISH_US / 2), lambda: None)

    def socket_comes_or_goes(self):
        shard = self.random.choice(self.random.choice(self.shards))
        self.work(shard, JOIN_LEAVE_NODE_US / 2, lambda: self.script(lambda: None))

    def background(self):
        """Pings, and presence to the sockets that watch: work of nodes that comes in small pieces."""
        per_shard = (self.load.sockets / self.load.ping_s * HEARTBEAT_US + self.facts["watched_deliveries"] * DELIVERY_US)
        per_shard /= len(self.shards) * self.plant.cores_per_node * 100
        for node in self.shards:
            for shard in node:
                shard.serve(per_shard * US, lambda: None)
        self.clock.after(0.01, self.background)

    def run(self, seconds):
        self.poisson(self.load.calls_per_second, self.call)
        self.poisson(self.facts["connects"] * (JOIN_SCRIPTS + LEAVE_SCRIPTS), self.socket_comes_or_goes)
        self.background()
        if self.plant.gather_s:
            self.tell_gathered()
        self.clock.run(seconds)
        return self

    def demanded(self, servers):
        return sum(s.busy for s in servers) / len(servers) / self.clock.now


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p))] if values else math.inf


def print_queues(load, seconds):
    as_it_is = Plant()
    gathered = replace(as_it_is, gather_s=0.05)
    plants = [
        ("as it is: one Redis, one PostgreSQL", as_it_is),
        ("changes of presence gathered for 50 ms", gathered),
        ("and a Redis for messages beside the registry's", replace(gathered, bus=1)),
        ("and the registry in 4 parts", replace(gathered, bus=1, redis=4)),
    ]
    print("| plant | registry busy | bus busy | shards busy | store busy | ringing, median | 99 % | accepted, 99 % |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, plant in plants:
        s = Simulation(load, plant).run(seconds)
        cells = [
            f"{100 * s.demanded(s.registries):.0f} %",
            f"{100 * s.demanded(s.buses):.0f} %" if plant.bus else "–",
            f"{100 * s.demanded([x for n in s.shards for x in n]):.0f} %",
            f"{100 * s.demanded(s.stores):.0f} %",
        ]
        is_over = max(s.demanded(each) for each in (s.registries, s.buses, s.stores)) > 0.98
        times = [percentile(s.ringing, 0.5), percentile(s.ringing, 0.99), percentile(s.accepting, 0.99)]
        cells += ["grows" if is_over else f"{1000 * t:.1f} ms" for t in times]
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=2, help="to simulate; 2")
    arguments.add_argument("--calls-per-second", type=float, default=3000)
    arguments.add_argument("--part", choices=("paper", "losses", "queues"))
    given = arguments.parse_args()
    load = Load(calls_per_second=given.calls_per_second)
    parts = {
        "paper": lambda: print_paper(load),
        "losses": lambda: print_losses(load, Plant()),
        "queues": lambda: print_queues(load, given.seconds),
    }
    for i, name in enumerate([given.part] if given.part else parts):
        if i:
            print()
        parts[name]()


if __name__ == "__main__":
    main()
