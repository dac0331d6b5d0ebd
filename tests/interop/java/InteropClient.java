import io.socket.client.Ack;
import io.socket.client.Manager;
import io.socket.client.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONObject;

/** The official Java client against the fixture: InteropClient URL. One line for each check; ends with 1 when one failed. */
public final class InteropClient {
    static final int PATIENCE_S = 10;      // for what takes milliseconds
    static final long IDLE_MS = 6_500;     // longer than the server waits for the answer to a ping
    static final byte[] EVERY_BYTE = new byte[256];
    static final String LARGE = "0123456789abcdef é🚀".repeat(10_000);
    static Object[] oneOfEachType;

    interface Check {
        void run(String url, String[] transports) throws Exception;
    }

    /** A client on one connection of its own, which keeps what it hears. */
    static final class Phone implements AutoCloseable {
        final Manager manager;
        final Socket socket;
        private final Map<String, BlockingQueue<Object[]>> heard = new ConcurrentHashMap<>();

        Phone(String url, String[] transports) { this(url, transports, "/", null); }

        Phone(String url, String[] transports, String namespace, Map<String, String> auth) {
            Manager.Options options = new Manager.Options();
            options.transports = transports;
            options.reconnectionDelay = 100;
            manager = new Manager(URI.create(url), options);
            options.auth = auth;
            socket = socketOf(manager.socket(namespace, options));
        }

        Phone(Phone sharesWith, String namespace) {
            manager = sharesWith.manager;
            socket = socketOf(manager.socket(namespace));
        }

        private Socket socketOf(Socket made) {
            for (String event : List.of("connect", "connect_error", "disconnect"))
                made.on(event, args -> queue(event).add(args));
            made.onAnyIncoming(args -> queue((String) args[0]).add(Arrays.copyOfRange(args, 1, args.length)));
            made.on("question", args -> ((Ack) args[2]).call(args[1], object("first", array(args[0]))));
            return made.connect();
        }

        private BlockingQueue<Object[]> queue(String event) {
            return heard.computeIfAbsent(event, name -> new LinkedBlockingQueue<>());
        }
        boolean hasHeard(String event) { return !queue(event).isEmpty(); }

        Object[] next(String event) throws InterruptedException {
            Object[] args = queue(event).poll(PATIENCE_S, TimeUnit.SECONDS);
            if (args == null) throw new AssertionError("no \"" + event + "\" came");
            return args;
        }
        Phone greeted() throws InterruptedException {
            next("welcome");
            return this;
        }
        Object[] call(String event, Object... args) throws InterruptedException {
            BlockingQueue<Object[]> answers = new LinkedBlockingQueue<>();
            socket.emit(event, args, answers::add);
            Object[] answer = answers.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (answer == null) throw new AssertionError("no answer to \"" + event + "\"");
            return answer;
        }
        @Override public void close() { socket.disconnect(); }
    }

    static JSONArray array(Object... items) { return new JSONArray(Arrays.asList(items)); }
    static JSONObject object(Object... keysAndValues) {
        try {
            JSONObject made = new JSONObject();
            for (int i = 0; i < keysAndValues.length; i += 2) made.put((String) keysAndValues[i], keysAndValues[i + 1]);
            return made;
        } catch (org.json.JSONException error) {
            throw new IllegalArgumentException(error);
        }
    }

    /** A value as lists, maps and texts, which can be compared. */
    static Object plain(Object value) {
        try {
            if (value instanceof Object[] items) return Arrays.stream(items).map(InteropClient::plain).toList();
            if (value instanceof byte[] bytes) return "bytes " + Arrays.toString(bytes);
            if (value instanceof Number number) return number.doubleValue();
            if (value == null || value == JSONObject.NULL) return "null";
            if (value instanceof JSONArray items) {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < items.length(); ++i) list.add(plain(items.get(i)));
                return list;
            }
            if (value instanceof JSONObject members) {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Iterator<?> keys = members.keys(); keys.hasNext();) {
                    String key = (String) keys.next();
                    map.put(key, plain(members.get(key)));
                }
                return map;
            }
            return value;
        } catch (org.json.JSONException error) {
            throw new IllegalArgumentException(error);
        }
    }

    static void same(Object[] actual, Object... expected) {
        if (plain(actual).equals(plain(expected))) return;
        throw new AssertionError(shown(actual) + " instead of " + shown(expected));
    }
    private static String shown(Object value) {
        String text = plain(value).toString();
        return text.substring(0, Math.min(300, text.length()));
    }

    static void authIsTaken(String url, String[] transports) throws Exception {
        Map<String, String> auth = Map.of("token", "open sesame", "more", "é");
        try (Phone phone = new Phone(url, transports, "/guarded", auth)) {
            same(phone.next("welcome"), object("nsp", "/guarded", "auth", object("token", "open sesame", "more", "é")));
        }
    }

    static void authIsRefusedWithData(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports, "/guarded", Map.of("token", "wrong"))) {
            same(phone.next("connect_error"), object("message", "not authorized",
                                                     "data", object("code", 401, "hint", "ask at the door")));
        }
    }

    static void events(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            phone.socket.emit("types");
            same(phone.next("types"), oneOfEachType);
            phone.socket.emit("echo", oneOfEachType);
            same(phone.next("echoed"), oneOfEachType);
        }
    }

    static void acknowledgements(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            same(phone.call("echo", oneOfEachType), oneOfEachType);
            phone.socket.emit("ask", "one", object("two", 2));
            same(phone.next("answered"), object("two", 2), object("first", array("one")));
        }
    }

    static void binary(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            phone.socket.emit("binary");
            same(phone.next("binary"), object("first", new byte[] {1, 2, 3},
                                              "list", array(new byte[0], object("deep", EVERY_BYTE))), "tail");
            byte[] sevens = new byte[200_000];
            Arrays.fill(sevens, (byte) 7);
            Object[] expected = {EVERY_BYTE, object("a", array(new byte[0], "text", sevens))};
            // The client puts placeholders into what it is given.
            phone.socket.emit("echo", EVERY_BYTE, object("a", array(new byte[0], "text", sevens)));
            same(phone.next("echoed"), expected);
            same(phone.call("echo", EVERY_BYTE, object("a", array(new byte[0], "text", sevens))), expected);
            phone.socket.emit("ask", EVERY_BYTE, object("a", array(new byte[0], "text", sevens)));
            same(phone.next("answered"), expected[1], object("first", array(EVERY_BYTE)));
            same(phone.call("weigh", EVERY_BYTE, object("a", array(new byte[0], "text", sevens))),
                 array(256, 0, 200_000), 32_640 + 1_400_000);
        }
    }

    static void largeAndMany(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            same(phone.call("echo", LARGE), LARGE);
            for (int number = 0; number < 100; ++number) phone.socket.emit("echo", number);
            for (int number = 0; number < 100; ++number) same(phone.next("echoed"), number);
        }
    }

    static void twoNamespaces(String url, String[] transports) throws Exception {
        try (Phone main = new Phone(url, transports).greeted(); Phone quiet = new Phone(main, "/quiet")) {
            quiet.next("connect");
            for (Phone phone : List.of(main, quiet)) {
                String which = phone == main ? "/" : "/quiet";
                phone.call("say", object("event", "news", "args", array(which)));
                same(phone.next("news"), which);
            }
            if (main.hasHeard("news") || quiet.hasHeard("news")) throw new AssertionError("each hears its own only");
        }
    }

    static void reconnects(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            phone.socket.emit("cut me");
            phone.next("disconnect");
            same(phone.greeted().call("echo", "again"), "again");
        }
    }

    static void staysAway(String url, String[] transports) throws Exception {
        try (Phone phone = new Phone(url, transports).greeted()) {
            phone.socket.emit("leave me");
            same(phone.next("disconnect"), "io server disconnect");
            if (phone.socket.isActive()) throw new AssertionError("it is about to come back");
        }
    }

    static boolean attempt(String name, Check check, String url, String[] transports) {
        try {
            check.run(url, transports);
            System.out.println("ok     " + name);
            return true;
        } catch (Exception | AssertionError error) {
            System.out.println("FAILED " + name + ": " + error);
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < EVERY_BYTE.length; ++i) EVERY_BYTE[i] = (byte) i;
        oneOfEachType = new Object[] {42, -7, 0.5, "héllo, 你好, 🚀 \"quoted\"\n", true, false, JSONObject.NULL,
                                      array(1, array("two", JSONObject.NULL)),
                                      object("key", object("nested", array(new JSONObject())), "", "no key")};
        Map<String, String[]> ways = new LinkedHashMap<>();
        ways.put("websocket", new String[] {"websocket"});
        ways.put("polling", new String[] {"polling"});
        ways.put("upgrade", new String[] {"polling", "websocket"});
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("auth is taken", InteropClient::authIsTaken);
        checks.put("auth is refused with data", InteropClient::authIsRefusedWithData);
        checks.put("events", InteropClient::events);
        checks.put("acknowledgements", InteropClient::acknowledgements);
        checks.put("binary", InteropClient::binary);
        checks.put("large and many", InteropClient::largeAndMany);
        checks.put("two namespaces", InteropClient::twoNamespaces);
        checks.put("reconnects", InteropClient::reconnects);
        checks.put("stays away", InteropClient::staysAway);

        Phone idle = new Phone(args[0], ways.get("upgrade")).greeted();
        long since = System.currentTimeMillis();
        boolean passed = true;
        for (var way : ways.entrySet())
            for (var check : checks.entrySet())
                passed &= attempt(way.getKey() + " › " + check.getKey(), check.getValue(), args[0], way.getValue());
        passed &= attempt("heartbeats keep an idle connection", (url, transports) -> {
            Thread.sleep(Math.max(0, since + IDLE_MS - System.currentTimeMillis()));
            same(idle.call("echo", "still here"), "still here");
            if (idle.hasHeard("disconnect")) throw new AssertionError("it was disconnected");
        }, args[0], null);
        System.exit(passed ? 0 : 1); // the client's threads would keep the process
    }
}
