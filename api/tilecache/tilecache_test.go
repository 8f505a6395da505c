package tilecache

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func newCache(t testing.TB, maxBytes int64) *Cache {
	t.Helper()
	c, err := New(maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tileOf(i, size int) *Tile {
	return &Tile{ETag: fmt.Sprintf(`"%d"`, i), Bytes: make([]byte, size), Thinned: []string{"road"}}
}

// Whatever is put in, and however the sizes differ, the cache stays within its bound.
func TestCacheIsBounded(t *testing.T) {
	const bound = 1 << 20
	c := newCache(t, bound)
	for i := range 20_000 {
		c.Keep(tileOf(i, 100+i%4000))
		c.Remember(Name{fmt.Sprintf("/tiles/%s/%d", strings.Repeat("x", i%500), i), "gzip"}, Stamp{1, fmt.Sprintf(`"%d"`, i)})
	}
	c.tiles.CleanUp()
	c.names.CleanUp()
	held := uint64(0)
	for tile := range c.tiles.Values() {
		held += uint64(tile.weight())
	}
	f := c.Figures()
	if held == 0 || held > bound || f.Bytes > bound || f.Bytes < bound/2 {
		t.Errorf("%d bytes held, %d said, bound %d", held, f.Bytes, bound)
	}
	if kept := c.tiles.EstimatedSize(); f.Misses != 20_000 || f.Evictions != 20_000-uint64(kept) {
		t.Errorf("%+v with %d kept", f, kept)
	}
}

func TestCacheAnswers(t *testing.T) {
	c := newCache(t, 1<<20)
	if c.Find(`"1"`) != nil {
		t.Error("found what was never kept")
	}
	one := tileOf(1, 10)
	c.Keep(one)
	if c.Find(`"1"`) != one || c.Find(`"2"`) != nil {
		t.Error("not the tile of its tag")
	}
	name := Name{"/tiles/a", "gzip"}
	c.Remember(name, Stamp{5, `"1"`})
	for version, want := range map[uint64]bool{4: false, 5: true, 6: false} {
		if s, ok := c.Recall(name, version); ok != want || ok && s.ETag != `"1"` {
			t.Errorf("version %d: %v %v", version, s, ok)
		}
	}
	if _, ok := c.Recall(Name{"/tiles/a", "br"}, 5); ok {
		t.Error("one encoding stands for another")
	}
	c.tiles.CleanUp() // weights are told after the upkeep, which is done in the background
	if f := c.Figures(); f.Hits != 1 || f.Misses != 1 || f.Evictions != 0 || f.Bytes == 0 {
		t.Errorf("%+v", f)
	}
}

func TestCacheSwitchedOff(t *testing.T) {
	c := newCache(t, 0)
	c.Keep(tileOf(1, 1))
	c.Remember(Name{"a", "b"}, Stamp{Version: 1})
	if _, ok := c.Recall(Name{"a", "b"}, 1); ok || c != nil || c.Find(`"1"`) != nil || c.Figures() != (Figures{}) {
		t.Error("a cache of no bytes keeps something")
	}
}

// joined waits until n callers wait for a key.
func joined(f *Flights[int], key string, n int) {
	for {
		f.mu.Lock()
		fl := f.byKey[key]
		there := fl != nil && fl.waiting == n
		f.mu.Unlock()
		if there {
			return
		}
		runtime.Gosched()
	}
}

func TestFlightsWorkOnce(t *testing.T) {
	var f Flights[int]
	var runs atomic.Int32
	release := make(chan struct{})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			got, err := f.Do(t.Context(), "k", func(context.Context) (int, error) {
				runs.Add(1)
				<-release
				return 7, nil
			})
			if got != 7 || err != nil {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
	joined(&f, "k", 50)
	if got, err := f.Do(t.Context(), "other", func(context.Context) (int, error) { return 8, nil }); got != 8 || err != nil {
		t.Errorf("another key: %d, %v", got, err)
	}
	close(release)
	all.Wait()
	if runs.Load() != 1 || len(f.byKey) != 0 {
		t.Errorf("%d runs, %d left", runs.Load(), len(f.byKey))
	}
	if got, _ := f.Do(t.Context(), "k", func(context.Context) (int, error) { return 9, nil }); got != 9 {
		t.Error("work that is over is shown again")
	}
}

// The work goes on as long as one waits, whoever that is, and ends with the last.
func TestFlightsEndWithTheLastWhoWaits(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		var f Flights[int]
		ended := make(chan struct{})
		work := func(ctx context.Context) (int, error) {
			<-ctx.Done()
			close(ended)
			return 0, ctx.Err()
		}
		var leave [3]context.CancelFunc
		var all sync.WaitGroup
		for i := range leave {
			var ctx context.Context
			ctx, leave[i] = context.WithCancel(t.Context())
			all.Go(func() {
				if _, err := f.Do(ctx, "k", work); !errors.Is(err, context.Canceled) {
					t.Errorf("caller %d: %v", i, err)
				}
			})
			joined(&f, "k", i+1)
		}
		for n, i := range order {
			select {
			case <-ended:
				t.Fatalf("%v: ended while %d wait", order, len(order)-n)
			default:
			}
			leave[i]()
			if n < len(order)-1 {
				joined(&f, "k", len(order)-n-1)
			}
		}
		<-ended
		all.Wait()
		if len(f.byKey) != 0 {
			t.Error("a flight is left over")
		}
	}
}

// The first who asked may leave; the others get their result.
func TestFlightsOutliveTheFirst(t *testing.T) {
	var f Flights[int]
	release := make(chan struct{})
	work := func(ctx context.Context) (int, error) {
		select {
		case <-release:
			return 7, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	first, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _, _ = f.Do(first, "k", work) })
	joined(&f, "k", 1)
	all.Go(func() {
		if got, err := f.Do(t.Context(), "k", work); got != 7 || err != nil {
			t.Errorf("%d, %v", got, err)
		}
	})
	joined(&f, "k", 2)
	leave()
	joined(&f, "k", 1)
	close(release)
	all.Wait()
}

func TestFlightsErrorsAndPanicsDoNotStay(t *testing.T) {
	var f Flights[int]
	broken := errors.New("broken")
	if _, err := f.Do(t.Context(), "k", func(context.Context) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	release := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer func() {
			if recover() != "the floor gave way" {
				t.Error("the panic did not reach the one who works")
			}
		}()
		_, _ = f.Do(t.Context(), "k", func(context.Context) (int, error) {
			<-release
			panic("the floor gave way")
		})
	})
	joined(&f, "k", 1)
	all.Go(func() {
		if _, err := f.Do(t.Context(), "k", nil); !errors.Is(err, ErrBroken) {
			t.Errorf("who waited: %v", err)
		}
	})
	joined(&f, "k", 2)
	close(release)
	all.Wait()
	if got, err := f.Do(t.Context(), "k", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("afterwards: %d, %v", got, err)
	}
}

// An ended context of one who asks anew does not end the work of others.
func TestFlightsManyComeAndGo(t *testing.T) {
	var f Flights[int]
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 500 {
				ctx, cancel := context.WithCancel(t.Context())
				if (i+n)%3 == 0 {
					cancel()
				}
				got, err := f.Do(ctx, fmt.Sprint(n%4), func(ctx context.Context) (int, error) { return n % 4, ctx.Err() })
				if err == nil && got != n%4 || err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
					t.Errorf("%d, %v", got, err)
				}
				if err != nil && ctx.Err() == nil {
					t.Error("somebody else's leaving is told as an error")
				}
				cancel()
			}
		})
	}
	all.Wait()
	if len(f.byKey) != 0 {
		t.Errorf("%d flights left over", len(f.byKey))
	}
}

func BenchmarkWarm(b *testing.B) {
	c := newCache(b, 64<<20)
	name := Name{"/tiles/city/14/13653/6412.mvt", "gzip"}
	c.Remember(name, Stamp{5, `"abc-gzip"`})
	c.Keep(&Tile{ETag: `"abc-gzip"`, Bytes: make([]byte, 1000)})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s, _ := c.Recall(name, 5)
			if c.Find(s.ETag) == nil {
				b.Error("lost")
			}
		}
	})
}
