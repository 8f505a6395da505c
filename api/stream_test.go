package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paulmach/orb"

	"wangge/layers/city"
)

// event is a server-sent event, or a comment of the stream.
type event struct {
	id, name, comment string
	data              changeJSON
}

// listening is an open stream.
type listening struct {
	*http.Response
	events <-chan event // closed at the end of the stream
	leave  context.CancelFunc
}

// listen opens a stream of a town and reads its hello.
func (w *town) listen(t *testing.T, query string, headers ...string) (*listening, event) {
	t.Helper()
	return listenAt(t, http.DefaultClient, w.URL+"/api/v1/changes"+query, headers...)
}

func listenAt(t *testing.T, client *http.Client, url string, headers ...string) (*listening, event) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(r) //nolint:bodyclose // closed at its end, below
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", url, resp.Status)
	}
	events := make(chan event, 1000)
	go func() {
		defer close(events)
		defer resp.Body.Close()
		readEvents(t, bufio.NewScanner(resp.Body), func(e event) { events <- e })
	}()
	l := &listening{resp, events, leave}
	hello := l.next(t)
	if hello.name != "hello" || hello.data.Revision == "" || hello.data.Revision == "0" {
		t.Errorf("the stream begins with %+v", hello)
	}
	return l, hello
}

// readEvents calls yield for every event and comment.
func readEvents(t *testing.T, lines *bufio.Scanner, yield func(event)) {
	lines.Buffer(nil, 1<<20)
	var e event
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			yield(e)
			e = event{}
		case field == "":
			e.comment = value
		case field == "id":
			e.id = value
		case field == "event":
			e.name = value
		case field == "data":
			e.data = hears(t, []byte(value))
		case field != "retry":
			t.Errorf("what is %q?", lines.Text())
		}
	}
}

// next is the next event; the end of the stream is an event without name.
func (l *listening) next(t *testing.T) event {
	t.Helper()
	select {
	case e := <-l.events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event comes")
		return event{}
	}
}

// await waits until some truth.
func await(t *testing.T, what string, truth func() bool) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !truth(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal(what)
		}
	}
}

const moveToilet = `UPDATE public_toilet SET geom = 'SRID=4490;POINT(120.005 36.273)' WHERE id = 7`

var toiletWas, toiletIs = orb.Point{119.9995, 36.2702}, orb.Point{120.005, 36.273}

func TestStreamTellsEdits(t *testing.T) {
	w := newTown(t)
	l, hello := w.listen(t, "")
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "", "Access-Control-Allow-Origin": "*"} {
		if got := l.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	begun := time.Now()
	revision := w.write(t, moveToilet)
	e := l.next(t)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("told after %v", took)
	}
	if e.name != "change" || e.data.All || e.data.Revision != revision || len(e.data.Layers) != 1 || e.id == "" || e.id == hello.id {
		t.Errorf("a toilet that moves: %+v", e)
	}
	boxes := e.data.Layers["public_toilet"]
	if len(boxes) == 0 || !e.data.covers("public_toilet", toiletWas) || !e.data.covers("public_toilet", toiletIs) {
		t.Errorf("boxes %v", boxes)
	}
	// What is told can be seen: the tile of the new place has the toilet.
	if a := w.get(t, "/api/v1/counts?bbox=120.004,36.272,120.006,36.274"); !strings.Contains(string(a.body), `"public_toilet":1`) {
		t.Errorf("counts: %s", a.body)
	}
	w.write(t, `TRUNCATE barrier_free_ramp, feature_grid`)
	if e := l.next(t); e.data.All || e.data.Layers["barrier_free_ramp"] == nil || len(e.data.Layers["barrier_free_ramp"]) > 0 {
		t.Errorf("an emptied table: %+v", e)
	}
	w.write(t, `UPDATE setting SET value = '{"name": "新市"}' WHERE key = 'city'`)
	if e := l.next(t); !e.data.All {
		t.Errorf("another name of the city: %+v", e)
	}
}

func TestStreamOfSomeLayers(t *testing.T) {
	w := newTown(t)
	some, _ := w.listen(t, "?layers=road,unit_grid")
	every, _ := w.listen(t, "?min_revision="+w.write(t, `UPDATE setting SET value = value WHERE key = 'city'`))
	w.write(t, moveToilet)
	for every.next(t).data.Layers["public_toilet"] == nil { // the stream may begin with the setting
	}
	w.write(t, `UPDATE road SET name = '新路'`, `DELETE FROM public_toilet`)
	if e := some.next(t); e.data.Layers["road"] == nil || len(e.data.Layers) != 1 {
		t.Errorf("only roads were asked for: %+v", e)
	}
}

// TestStreamResumes: a listener who comes back is told what he missed, one whose place is not known that all may have changed.
func TestStreamResumes(t *testing.T) {
	w := newTown(t)
	l, _ := w.listen(t, "")
	w.write(t, moveToilet)
	seen := l.next(t)
	l.leave()
	await(t, "the listener does not leave", func() bool { return w.api.cfg.Changes.count() == 0 })
	w.write(t, `DELETE FROM public_toilet`)
	revision := w.write(t, `UPDATE road SET name = '新路'`)
	if _, err := w.city.At(t.Context(), revisionOf(t, revision)); err != nil {
		t.Fatal(err)
	}
	// The first of each pair is the one that counts.
	for _, back := range [][]string{{"?last_event_id=" + seen.id}, {"", "Last-Event-ID", seen.id}, {"?last_event_id=1-x-1", "Last-Event-ID", seen.id}} {
		l, hello := w.listen(t, back[0], back[1:]...)
		if hello.id != seen.id {
			t.Errorf("%v: hello from %q", back, hello.id)
		}
		var roads, toilets bool
		for last := ""; last != revision; {
			e := l.next(t)
			if e.data.All || e.data.covers("public_toilet", toiletWas) {
				t.Errorf("%v: %+v", back, e)
			}
			last, roads, toilets = e.data.Revision, roads || e.data.Layers["road"] != nil, toilets || e.data.covers("public_toilet", toiletIs)
		}
		if !roads || !toilets {
			t.Errorf("%v: not all is told", back)
		}
	}
	for _, id := range []string{"77", "77-0badc0de-1", strings.Repeat("9", 5000), "%00"} {
		l, hello := w.listen(t, "", "Last-Event-ID", id)
		if e := l.next(t); hello.id != "" || e.name != "change" || !e.data.All || e.data.Revision != revision || e.id == "" {
			t.Errorf("after %.20s: %+v, %+v", id, hello, e)
		}
	}
}

func revisionOf(t *testing.T, text string) (r city.Revision) {
	t.Helper()
	if _, err := fmt.Sscan(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStreamHead(t *testing.T) {
	w := newTown(t)
	a := w.ask(t, http.MethodHead, "/api/v1/changes")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD: %s %v", a.Status, a.Header)
	}
	await(t, "a HEAD goes on listening", func() bool { return w.api.cfg.Changes.count() == 0 })
}

func TestStreamsAreBounded(t *testing.T) {
	w := newTown(t)
	changes := w.api.cfg.Changes
	for range maxListeners - 1 {
		if err := changes.enter(); err != nil {
			t.Fatal(err)
		}
	}
	l, _ := w.listen(t, "")
	if page := w.get(t, "/metrics"); !strings.Contains(string(page.body), "\nwangge_change_listeners 1000\n") {
		t.Error("the listeners are not counted in /metrics")
	}
	a := w.get(t, "/api/v1/changes")
	if p := problemOf(t, a); a.StatusCode != http.StatusServiceUnavailable || p.Type != "too-many-streams" || a.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %s %s", a.Status, a.body)
	}
	l.leave()
	await(t, "the listener does not leave", func() bool { return changes.count() == maxListeners-1 })
	w.listen(t, "")
}

// TestStreamOutlivesTimeouts: neither the server's limits nor that of requests end a stream, be it HTTP/1.1 or HTTP/2.
func TestStreamOutlivesTimeouts(t *testing.T) {
	const limit = 100 * time.Millisecond
	w := newTown(t, func(c *Config) { c.RequestTimeout = limit })
	for version, start := range map[int]func(*httptest.Server){1: (*httptest.Server).Start, 2: (*httptest.Server).StartTLS} {
		s := httptest.NewUnstartedServer(w.api)
		s.Config.ReadTimeout, s.Config.WriteTimeout, s.Config.IdleTimeout = limit, limit, limit
		s.EnableHTTP2 = true
		start(s)
		t.Cleanup(s.Close)
		l, _ := listenAt(t, s.Client(), s.URL+"/api/v1/changes")
		select {
		case e, open := <-l.events:
			t.Fatalf("HTTP/%d: the stream did not wait: %+v, open %v", l.ProtoMajor, e, open)
		case <-time.After(5 * limit):
		}
		w.write(t, `UPDATE road SET name = name || '路'`)
		if e := l.next(t); e.name != "change" || l.ProtoMajor != version {
			t.Errorf("HTTP/%d, want %d: after the limits: %+v", l.ProtoMajor, version, e)
		}
		l.leave()
		await(t, "the listener does not leave", func() bool { return w.api.cfg.Changes.count() == 0 })
	}
}

// TestDrainEndsStreams: the server stops at once, whoever listens.
func TestDrainEndsStreams(t *testing.T) {
	w := newTown(t)
	s := w.run(t, ServerConfig{DrainTimeout: 8 * time.Second})
	l, _ := listenAt(t, http.DefaultClient, s.URL()+"/api/v1/changes")
	begun := time.Now()
	s.stop()
	if err := s.wait(t); err != nil || time.Since(begun) > 3*time.Second {
		t.Errorf("stopped after %v with %v", time.Since(begun), err)
	}
	for e := range l.events { // closed at the end
		if e.name != "change" {
			t.Errorf("at the end: %+v", e)
		}
	}
	if n := w.api.cfg.Changes.count(); n != 0 {
		t.Errorf("%d listeners are left", n)
	}
	if p := problemOf(t, w.get(t, "/api/v1/changes")); p.Type != "stopping" {
		t.Errorf("after the end: %+v", p)
	}
}

// TestEndOfStuckStream: a listener who takes nothing does not keep the server from stopping.
func TestEndOfStuckStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewChanges()
		out := newPipe()
		s := &stream{changes: c, w: out, control: http.NewResponseController(out)}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.run(t.Context(), 1)
		}()
		synctest.Wait() // stuck in hello
		begun := time.Now()
		c.end()
		<-ended
		if took := time.Since(begun); took > lastChance {
			t.Errorf("ended after %v", took)
		}
		if err := c.enter(); !errors.Is(err, errDraining) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestSlowListener: who reads slowly is told everything, in few events; who reads nothing is dropped in the end, and does not
// keep anybody waiting.
func TestSlowListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewChanges()
		out := newPipe()
		s := &stream{changes: c, w: out, control: http.NewResponseController(out)}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.run(t.Context(), 1)
		}()
		synctest.Wait() // stuck in hello
		const changes = 200
		for i := range changes {
			c.remember(city.Revision(i+2), city.Change{Layers: map[string][]orb.Bound{"road": {boxAt(120+float64(i), 36)}}})
		}
		var told []changeJSON
		for len(told) == 0 || told[len(told)-1].Revision != fmt.Sprint(changes+1) {
			told = append(told, out.event(t))
		}
		if len(told) != 2 { // hello, and all of the rest
			t.Errorf("%d events", len(told))
		}
		for i := range changes {
			if !told[1].covers("road", orb.Point{120 + float64(i), 36}) {
				t.Fatalf("change %d is not told", i)
			}
		}
		for i := range 2 * keptChanges {
			c.remember(city.Revision(i+1000), city.Change{})
			if i == 0 { // let it be stuck in the first
				time.Sleep(eventPace)
				synctest.Wait()
			}
		}
		if e := out.event(t); e.All {
			t.Errorf("told %+v", e)
		}
		if e := out.event(t); !e.All || e.Revision != fmt.Sprint(2*keptChanges+999) {
			t.Errorf("so far behind, told %+v", e)
		}
		c.remember(5000, city.Change{})
		begun := time.Now()
		<-ended // nobody reads any more
		if took := time.Since(begun); took < stallLimit || took > stallLimit+time.Second {
			t.Errorf("dropped after %v", took)
		}
	})
}

// TestPaceAndBeat: events of a busy city are told together, and a quiet one is heard all the same.
func TestPaceAndBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewChanges()
		out := newPipe()
		ctx, leave := context.WithCancel(t.Context())
		s := &stream{changes: c, wanted: map[string]bool{"road": true}, w: out, control: http.NewResponseController(out)}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.run(ctx, 1)
		}()
		out.event(t)
		read := 0
		var mu sync.Mutex
		go out.drain(ended, func() { mu.Lock(); read++; mu.Unlock() })
		for i := range 1000 {
			c.remember(city.Revision(i), city.Change{Layers: map[string][]orb.Bound{"road": {boxAt(120, 36)}}})
			time.Sleep(time.Millisecond)
		}
		time.Sleep(eventPace)
		mu.Lock()
		if read < 15 || read > 25 {
			t.Errorf("%d events in a second", read)
		}
		read = 0
		mu.Unlock()
		c.remember(2000, city.Change{Layers: map[string][]orb.Bound{"ground": {boxAt(120, 36)}}})
		time.Sleep(beatEvery)
		mu.Lock()
		if read != 1 {
			t.Errorf("%d events in a quiet time", read)
		}
		mu.Unlock()
		leave()
		<-ended
		if s.place != c.placeOf("") {
			t.Errorf("at %d of %d", s.place, c.told)
		}
	})
}

// pipe is an answer that is read event by event; a write waits for its reader, or for its deadline.
type pipe struct {
	writes   chan []byte
	mu       sync.Mutex
	deadline time.Time
	moved    chan struct{} // closed when the deadline is another
}

func newPipe() *pipe { return &pipe{writes: make(chan []byte), moved: make(chan struct{})} }

func (p *pipe) Header() http.Header { return http.Header{} }
func (p *pipe) WriteHeader(int)     {}
func (p *pipe) FlushError() error   { return nil }

func (p *pipe) SetWriteDeadline(at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = at
	close(p.moved)
	p.moved = make(chan struct{})
	return nil
}

func (p *pipe) Write(b []byte) (int, error) {
	for {
		p.mu.Lock()
		left, moved := time.Until(p.deadline), p.moved
		p.mu.Unlock()
		select {
		case p.writes <- b:
			return len(b), nil
		case <-time.After(left):
			return 0, context.DeadlineExceeded
		case <-moved:
		}
	}
}

// event reads one that has data.
func (p *pipe) event(t *testing.T) (data changeJSON) {
	t.Helper()
	text := string(<-p.writes)
	readEvents(t, bufio.NewScanner(strings.NewReader(text)), func(e event) { data = e.data })
	return data
}

// drain reads until the stream has ended.
func (p *pipe) drain(ended <-chan struct{}, each func()) {
	for {
		select {
		case <-p.writes:
			each()
		case <-ended:
			return
		}
	}
}
