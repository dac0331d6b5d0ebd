"""python-socketio's client against the fixture: interop_client.py URL [URL OF A SERVER WITH --msgpack]

Prints one line for each check, and ends with 1 when one failed."""
import queue
import sys
import threading
import time

import engineio
import socketio

engineio.payload.Payload.max_decode_packets = 1000  # its 16 are fewer than a poll may bring
PATIENCE = 10  # seconds, for what takes milliseconds
IDLE = 6.5  # longer than the server waits for the answer to a ping
ONE_OF_EACH_TYPE = [42, -7, 0.5, 'héllo, 你好, 🚀 "quoted"\n', True, False, None, [1, ["two", None]],
                    {"key": {"nested": [{}]}, "": "no key"}]
EVERY_BYTE = bytes(range(256))
LARGE = "0123456789abcdef é🚀" * 10_000
TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}


class LeftOut(Exception):
    """What this client cannot do, whatever the server."""


class Phone:
    """A client that keeps what it hears, by namespace and event."""

    def __init__(self, url, transports, namespaces=("/",), auth=None, serializer="default", wait=True):
        self.client = socketio.Client(serializer=serializer, reconnection_delay=0.1, randomization_factor=0)
        self.heard, self.lock = {}, threading.Lock()
        for namespace in namespaces:
            for event in ("connect", "connect_error", "disconnect", "*"):
                self.client.on(event, self.hearer(namespace, event), namespace=namespace)
            self.client.on("question", lambda a, b: (b, {"first": [a]}), namespace=namespace)
        self.client.connect(url, transports=transports, namespaces=list(namespaces), auth=auth, wait=wait,
                            wait_timeout=PATIENCE)

    def hearer(self, namespace, event):
        def hear(*args):
            name, args = (args[0], args[1:]) if event == "*" else (event, args)
            self.of(name, namespace).put(list(args))
        return hear

    def of(self, event, namespace="/"):
        with self.lock:
            return self.heard.setdefault((namespace, event), queue.Queue())

    def next(self, event, namespace="/"):
        try:
            return self.of(event, namespace).get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f'no "{event}" came') from None

    def emit(self, event, *args, namespace="/"):
        self.client.emit(event, tuple(args), namespace=namespace)

    def call(self, event, *args, namespace="/"):
        """The answer: one argument by itself, several as a tuple."""
        return self.client.call(event, tuple(args), namespace=namespace, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()


def same(actual, expected):
    assert actual == expected, f"{actual!r:.300} instead of {expected!r:.300}"


def auth_is_taken(connect):
    auth = {"token": "open sesame", "more": [1, "é"]}
    with connect(namespaces=["/guarded"], auth=auth) as phone:
        same(phone.next("welcome", "/guarded"), [{"nsp": "/guarded", "auth": auth}])


def auth_is_refused_with_data(connect):
    # A refused namespace is one that connect() waits for in vain; what it is told comes as an event.
    with connect(namespaces=["/guarded"], auth={"token": "wrong"}, wait=False) as phone:
        same(phone.next("connect_error", "/guarded"),
             [{"message": "not authorized", "data": {"code": 401, "hint": "ask at the door"}}])


def events(connect):
    with connect() as phone:
        phone.emit("types")
        same(phone.next("types"), ONE_OF_EACH_TYPE)
        phone.emit("echo", *ONE_OF_EACH_TYPE)
        same(phone.next("echoed"), ONE_OF_EACH_TYPE)


def acknowledgements(connect):
    with connect() as phone:
        same(phone.call("echo", *ONE_OF_EACH_TYPE), tuple(ONE_OF_EACH_TYPE))
        phone.emit("ask", "one", {"two": 2})
        same(phone.next("answered"), [{"two": 2}, {"first": ["one"]}])


def binary(connect):
    with connect() as phone:
        phone.emit("binary")
        same(phone.next("binary"), [{"first": b"\1\2\3", "list": [b"", {"deep": EVERY_BYTE}]}, "tail"])
        args = [EVERY_BYTE, {"a": [b"", "text", b"\7" * 200_000]}]
        phone.emit("echo", *args)
        same(phone.next("echoed"), args)
        same(phone.call("echo", *args), tuple(args))
        phone.emit("ask", *args)
        same(phone.next("answered"), [args[1], {"first": [args[0]]}])
        same(phone.call("weigh", *args), ([256, 0, 200_000], 32_640 + 1_400_000))


def large_and_many(connect):
    with connect() as phone:
        same(phone.call("echo", LARGE), LARGE)
        for number in range(100):
            phone.emit("echo", number)
        same([phone.next("echoed") for _ in range(100)], [[number] for number in range(100)])


def two_namespaces(connect):
    with connect(namespaces=["/", "/quiet"]) as phone:
        for namespace in ("/", "/quiet"):
            phone.call("say", {"event": "news", "args": [namespace]}, namespace=namespace)
            same(phone.next("news", namespace), [namespace])
        assert phone.of("news").empty() and phone.of("news", "/quiet").empty(), "each hears its own only"


def reconnects(connect):
    with connect() as phone:
        phone.next("welcome")
        if phone.client.transport() == "polling":
            raise LeftOut("python-engineio takes the close packet of a poll for the application's own wish")
        phone.emit("cut me")
        phone.next("disconnect")
        phone.next("welcome")
        same(phone.call("echo", "again"), "again")


def stays_away(connect):
    with connect() as phone:
        phone.emit("leave me")
        phone.next("disconnect")
        assert not phone.client.connected, "it is still connected"


CHECKS = [auth_is_taken, auth_is_refused_with_data, events, acknowledgements, binary, large_and_many, two_namespaces,
          reconnects, stays_away]


def attempt(name, check):
    try:
        check()
        print(f"ok     {name}", flush=True)
        return True
    except LeftOut as why:
        print(f"skip   {name} ({why})", flush=True)
        return True
    except Exception as error:
        print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
        return False


def main(url, msgpack_url=None):
    ways = [(name, url, transports, "default") for name, transports in TRANSPORTS.items()]
    if msgpack_url:
        ways += [(f"msgpack › {name}", msgpack_url, transports, "msgpack") for name, transports in TRANSPORTS.items()]
    idle, since = Phone(url, TRANSPORTS["upgrade"]), time.monotonic()
    passed = True
    for name, server, transports, serializer in ways:
        def connect(server=server, transports=transports, serializer=serializer, **more):
            return Phone(server, transports, serializer=serializer, **more)
        for check in CHECKS:
            passed &= attempt(f"{name} › {check.__name__.replace('_', ' ')}", lambda: check(connect))

    def heartbeats():
        time.sleep(max(0, since + IDLE - time.monotonic()))
        same(idle.call("echo", "still here"), "still here")
        assert idle.of("disconnect").empty(), "it was disconnected"
    passed &= attempt("heartbeats keep an idle connection", heartbeats)
    idle.client.disconnect()
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
