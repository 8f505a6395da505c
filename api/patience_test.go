package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"

	"wangge/geo/tile"
	"wangge/layers/city"
)

const (
	brief      = time.Second // a patience short enough for tests
	testBuffer = 64 << 10    // of either end; with less than a segment TCP sends but five times a second
)

// pair gives a patient connection and the other end of it, both with small buffers.
func pair(t *testing.T) (ours net.Conn, theirs *net.TCPConn) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	dialled, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirs = dialled.(*net.TCPConn)
	_ = theirs.SetReadBuffer(testBuffer)
	if ours, err = (&patientListener{inner, brief, testBuffer}).Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

// A caller who takes a little at a time gets everything, though it takes longer than the patience with one who takes nothing.
func TestSlowCallersGetTheirAnswer(t *testing.T) {
	ours, theirs := pair(t)
	const size = 2 << 20
	begun := time.Now()
	got := make(chan int)
	go func() {
		n, part := 0, make([]byte, 128<<10)
		for pace := time.NewTicker(brief / 6); n < size; <-pace.C {
			m, err := io.ReadFull(theirs, part)
			if n += m; err != nil {
				break
			}
		}
		got <- n
	}()
	if n, err := ours.Write(make([]byte, size)); n != size || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n := <-got; n != size {
		t.Errorf("%d bytes came", n)
	}
	if took := time.Since(begun); took < 2*brief {
		t.Errorf("the caller was not slow: %v", took)
	}
}

func TestCallersWhoTakeNothingAreGivenUp(t *testing.T) {
	ours, _ := pair(t)
	begun := time.Now()
	n, err := ours.Write(make([]byte, 64<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 64<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if took := time.Since(begun); took < brief/2 || took > 20*brief {
		t.Errorf("given up after %v", took)
	}
}

// A deadline that is set from outside holds, for a write under way too.
func TestPatienceKeepsDeadlines(t *testing.T) {
	ours, theirs := pair(t)
	go func() { _, _ = io.Copy(io.Discard, theirs) }()
	if err := ours.SetWriteDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Write([]byte("late")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	if err := ours.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Write([]byte("again")); err != nil {
		t.Errorf("without a deadline: %v", err)
	}
	stuck, _ := pair(t)
	stuck.(*patient).patience = time.Hour
	ended := make(chan error)
	go func() {
		_, err := stuck.Write(make([]byte, 64<<20))
		ended <- err
	}()
	for armed := false; !armed; runtime.Gosched() {
		stuck.(*patient).mu.Lock()
		armed = !stuck.(*patient).armed.IsZero()
		stuck.(*patient).mu.Unlock()
	}
	_ = stuck.SetWriteDeadline(time.Now())
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("under way: %v", err)
	}
}

// A thousand callers ask for tiles and take nothing. What is held for them stays within its bound, whoever asks for more than that
// is told to come back, and when the patience with them is over all is as before.
func TestStalledCallers(t *testing.T) {
	const (
		callers = 1000
		size    = 400_000
		bound   = 16 << 20
	)
	w := newTown(t, func(c *Config) { c.TileCacheBytes = 4 << 20 })
	w.api.tiles.afloat.most = bound
	w.api.tiles.draw = func(_ context.Context, _ *city.View, _ *city.Plan, addr tile.Addr) (city.Tile, error) {
		return city.Tile{Bytes: bytes.Repeat([]byte{byte(addr.X)}, size)}, nil
	}
	addr := w.runImpatient(t)
	before := heap()
	conns := make([]net.Conn, callers)
	for i := range conns {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(testBuffer)
		if _, err := fmt.Fprintf(conn, "GET /tiles/road/14/%d/0.mvt HTTP/1.1\r\nHost: x\r\n\r\n", i); err != nil {
			t.Fatal(err)
		}
		conns[i] = conn
	}
	until(t, func() bool { return w.api.tiles.afloat.bytes.Load() > bound/2 })
	if grown := heap() - before; grown > bound+4<<20+callers*64<<10 {
		t.Errorf("%d MB are held for callers who take nothing", grown>>20)
	}
	statuses := map[int]int{}
	for _, conn := range conns {
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if statuses[resp.StatusCode]++; resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
	}
	if statuses[200]+statuses[503] != callers || statuses[200] == 0 || statuses[503] == 0 {
		t.Errorf("%v", statuses)
	}
	until(t, func() bool { return w.api.tiles.afloat.bytes.Load() == 0 })
	if a, ok := <-fetch(t.Context(), t, http.DefaultClient, "http://"+addr+"/tiles/road/14/5000/0.mvt"); !ok || a.StatusCode != http.StatusOK || len(a.body) != size {
		t.Error("no tile when all is over")
	}
}

// runImpatient serves a town for real, with little patience and small buffers, and gives its address.
func (w *town) runImpatient(t *testing.T) string {
	t.Helper()
	s, err := Listen(t.Context(), ServerConfig{Addr: "127.0.0.1:0", DrainTimeout: time.Millisecond, Log: slog.New(slog.DiscardHandler)}, w.api)
	if err != nil {
		t.Fatal(err)
	}
	listener := s.listener.(*patientListener)
	listener.patience, listener.buffer = brief, testBuffer
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return s.Addr()
}

// heap is the memory that is held: the least of several readings, for what was drawn in between and let go again is not.
func heap() int64 {
	least := int64(math.MaxInt64)
	for range 3 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		least = min(least, int64(m.HeapAlloc))
	}
	return least
}

func TestAfloatIsBounded(t *testing.T) {
	f := afloat{most: 100}
	if !f.take(60) || f.take(41) || !f.take(40) || f.take(1) {
		t.Error("not what fits")
	}
	f.give(60)
	if !f.take(60) || f.bytes.Load() != 100 {
		t.Errorf("%d bytes", f.bytes.Load())
	}
}
