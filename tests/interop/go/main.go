// The Go port of the official client against the fixture: interop_client URL. One line for each check; ends with 1 when
// one failed.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	client "github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/servers/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

const (
	patience = 10 * time.Second        // for what takes milliseconds
	idleTime = 6500 * time.Millisecond // longer than the server waits for the answer to a ping
)

type object = map[string]any

// A client that keeps what it hears.
type phone struct {
	socket *client.Socket
	mutex  sync.Mutex
	heard  map[string]chan []any
}

func (p *phone) queue(event string) chan []any {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.heard[event] == nil {
		p.heard[event] = make(chan []any, 1000)
	}
	return p.heard[event]
}

func listen(s *client.Socket) *phone {
	p := &phone{socket: s, heard: map[string]chan []any{}}
	for _, event := range []types.EventName{"connect", "connect_error", "disconnect"} {
		s.On(event, func(args ...any) { p.queue(string(event)) <- args })
	}
	s.OnAny(func(args ...any) { p.queue(args[0].(string)) <- args[1:] })
	s.On("question", func(args ...any) {
		args[2].(socket.Ack)([]any{args[1], object{"first": []any{args[0]}}}, nil)
	})
	return p
}

// Waits for the next event of that name.
func (p *phone) next(event string) []any {
	select {
	case args := <-p.queue(event):
		return args
	case <-time.After(patience):
		panic(fmt.Errorf("no %q came", event))
	}
}

func (p *phone) emit(event string, args ...any) {
	if err := p.socket.Emit(event, args...); err != nil {
		panic(err)
	}
}

// The arguments of the answer.
func (p *phone) call(event string, args ...any) []any {
	answered := make(chan func() []any, 1)
	p.socket.EmitWithAck(event, args...)(func(answer []any, err error) {
		answered <- func() []any {
			if err != nil {
				panic(fmt.Errorf("%q was not answered: %w", event, err))
			}
			return answer
		}
	})
	select {
	case answer := <-answered:
		return answer()
	case <-time.After(patience):
		panic(fmt.Errorf("no answer to %q", event))
	}
}

// A value of which every part can be compared: numbers are float64, bytes []byte. Read-only buffers are read once.
func plain(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case io.Reader:
		read, err := io.ReadAll(v)
		if err != nil {
			panic(err)
		}
		return read
	case []byte:
		return slices.Clone(v)
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = plain(item)
		}
		return items
	case object:
		members := object{}
		for key, member := range v {
			members[key] = plain(member)
		}
		return members
	}
	return value
}

func same(actual []any, expected ...any) {
	is, should := plain(actual), plain(expected)
	if !reflect.DeepEqual(is, should) {
		panic(fmt.Errorf("%.300v instead of %.300v", is, should))
	}
}

// How a check connects to a namespace.
type connector func(namespace string, auth object) *phone

func oneOfEachType() []any {
	return []any{42, -7, 0.5, "héllo, 你好, 🚀 \"quoted\"\n", true, false, nil, []any{1, []any{"two", nil}},
		object{"key": object{"nested": []any{object{}}}, "": "no key"}}
}

func greeted(connect connector) *phone {
	p := connect("/", nil)
	p.next("welcome")
	return p
}

func authIsTaken(connect connector) {
	auth := object{"token": "open sesame", "more": []any{1, "é"}}
	same(connect("/guarded", auth).next("welcome"), object{"nsp": "/guarded", "auth": auth})
}

func authIsRefusedWithData(connect connector) {
	told := connect("/guarded", object{"token": "wrong"}).next("connect_error")
	refusal, ok := told[0].(*socket.ExtendedError)
	if !ok {
		panic(fmt.Errorf("%T %v", told[0], told[0]))
	}
	same([]any{refusal.Error(), refusal.Data}, "not authorized", object{"code": 401, "hint": "ask at the door"})
}

func events(connect connector) {
	p := greeted(connect)
	p.emit("types")
	same(p.next("types"), oneOfEachType()...)
	p.emit("echo", oneOfEachType()...)
	same(p.next("echoed"), oneOfEachType()...)
}

func acknowledgements(connect connector) {
	p := greeted(connect)
	same(p.call("echo", oneOfEachType()...), oneOfEachType()...)
	p.emit("ask", "one", object{"two": 2})
	same(p.next("answered"), object{"two": 2}, object{"first": []any{"one"}})
}

func binary(connect connector) {
	p := greeted(connect)
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	p.emit("binary")
	same(p.next("binary"),
		object{"first": []byte{1, 2, 3}, "list": []any{[]byte{}, object{"deep": everyByte}}}, "tail")
	args := []any{everyByte, object{"a": []any{[]byte{}, "text", bytes.Repeat([]byte{7}, 200_000)}}}
	p.emit("echo", args...)
	same(p.next("echoed"), args...)
	same(p.call("echo", args...), args...)
	p.emit("ask", args...)
	same(p.next("answered"), args[1], object{"first": []any{args[0]}})
	same(p.call("weigh", args...), []any{256, 0, 200_000}, 32_640+1_400_000)
}

func largeAndMany(connect connector) {
	p := greeted(connect)
	large := strings.Repeat("0123456789abcdef é🚀", 10_000)
	same(p.call("echo", large), large)
	for number := range 100 {
		p.emit("echo", number)
	}
	for number := range 100 {
		same(p.next("echoed"), number)
	}
}

func twoNamespaces(connect connector) {
	main := greeted(connect)
	quiet := listen(main.socket.Io().Socket("/quiet", nil))
	quiet.socket.Connect()
	defer quiet.socket.Disconnect()
	quiet.next("connect")
	for which, p := range map[string]*phone{"/": main, "/quiet": quiet} {
		p.call("say", object{"event": "news", "args": []any{which}})
		same(p.next("news"), which)
	}
	if len(main.queue("news"))+len(quiet.queue("news")) != 0 {
		panic(errors.New("each hears its own only"))
	}
}

func reconnects(connect connector) {
	p := greeted(connect)
	p.emit("cut me")
	p.next("disconnect")
	p.next("welcome")
	same(p.call("echo", "again"), "again")
}

func staysAway(connect connector) {
	p := greeted(connect)
	p.emit("leave me")
	same(p.next("disconnect")[:1], "io server disconnect")
	if p.socket.Active() {
		panic(errors.New("it is about to come back"))
	}
}

// This client sometimes never sends its CONNECT, or an emit, and answers pings all the same: on the wire the server's
// open packet stays unanswered. So it may try a check again; what fails three times is the server's.
const attempts = 3

func attempt(name string, check func()) bool {
	for n := 1; ; n++ {
		why := failureOf(check)
		if why == nil {
			fmt.Println("ok     " + name)
			return true
		}
		if n == attempts {
			fmt.Printf("FAILED %s: %v\n", name, why)
			return false
		}
		fmt.Printf("again  %s: %v\n", name, why)
	}
}

func failureOf(check func()) (why any) {
	defer func() { why = recover() }()
	check()
	return nil
}

func main() {
	url := os.Args[1]
	checks := []struct {
		name string
		run  func(connector)
	}{
		{"auth is taken", authIsTaken},
		{"auth is refused with data", authIsRefusedWithData},
		{"events", events},
		{"acknowledgements", acknowledgements},
		{"binary", binary},
		{"large and many", largeAndMany},
		{"two namespaces", twoNamespaces},
		{"reconnects", reconnects},
		{"stays away", staysAway},
	}
	open := func(namespace string, auth object) *phone {
		options := client.DefaultOptions()
		options.SetTransports(types.NewSet(client.WebSocket))
		options.SetReconnectionDelay(100)
		options.SetAuth(auth)
		options.SetAutoConnect(false)
		p := listen(client.NewManager(url, options).Socket(namespace, options))
		p.socket.Connect()
		return p
	}

	var idle *phone
	passed := attempt("idle connection", func() { idle = greeted(open) })
	since := time.Now()
	for _, check := range checks {
		passed = attempt("websocket › "+check.name, func() {
			phones := []*phone{}
			defer func() {
				for _, p := range phones {
					p.socket.Disconnect()
				}
			}()
			check.run(func(namespace string, auth object) *phone {
				p := open(namespace, auth)
				phones = append(phones, p)
				return p
			})
		}) && passed
	}
	passed = attempt("heartbeats keep an idle connection", func() {
		time.Sleep(idleTime - time.Since(since))
		same(idle.call("echo", "still here"), "still here")
		if len(idle.queue("disconnect")) != 0 {
			panic(errors.New("it was disconnected"))
		}
	}) && passed
	fmt.Println("skip   polling and the upgrade from it (what is emitted while the client posts may stay in its buffer for ever)")
	if !passed {
		os.Exit(1)
	}
}
