package tilecache

import (
	"context"
	"errors"
	"sync"
)

// ErrBroken is what those get who waited for work that panicked.
var ErrBroken = errors.New("the work that was waited for panicked")

// Flights are pieces of work being done, by key. The zero value is ready. Safe for concurrent use.
type Flights[V any] struct {
	mu    sync.Mutex
	byKey map[string]*flight[V]
}

type flight[V any] struct {
	done    chan struct{} // closed when value and err are there
	value   V
	err     error
	waiting int                // those who still want it; guarded by the mutex of Flights
	cancel  context.CancelFunc // of the work
}

// Do gives the result of some work, done once for all who ask for the same key while it is being done. The work's context ends when
// nobody waits any longer; those whose own context ends get that context's error and leave.
func (f *Flights[V]) Do(ctx context.Context, key string, work func(context.Context) (V, error)) (V, error) {
	f.mu.Lock()
	if fl := f.byKey[key]; fl != nil {
		fl.waiting++
		f.mu.Unlock()
		return f.wait(ctx, key, fl)
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	fl := &flight[V]{done: make(chan struct{}), waiting: 1, cancel: cancel, err: ErrBroken}
	if f.byKey == nil {
		f.byKey = map[string]*flight[V]{}
	}
	f.byKey[key] = fl
	f.mu.Unlock()
	return f.lead(ctx, own, key, fl, work)
}

// Waiting is how many wait for some work at the moment.
func (f *Flights[V]) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, fl := range f.byKey {
		n += fl.waiting
	}
	return n
}

// lead does the work on the goroutine of the first who asked, who may leave meanwhile like the others.
func (f *Flights[V]) lead(ctx, own context.Context, key string, fl *flight[V], work func(context.Context) (V, error)) (V, error) {
	stay := context.AfterFunc(ctx, func() { f.leave(key, fl) })
	defer func() {
		stay()
		f.land(key, fl)
	}()
	fl.value, fl.err = work(own)
	if err := ctx.Err(); err != nil && fl.err != nil {
		return fl.value, err
	}
	return fl.value, fl.err
}

func (f *Flights[V]) wait(ctx context.Context, key string, fl *flight[V]) (V, error) {
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		var none V
		return none, ctx.Err()
	}
}

// leave ends the work where the last one leaves. Whoever asks from then on begins afresh.
func (f *Flights[V]) leave(key string, fl *flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiting--; fl.waiting == 0 {
		f.forget(key, fl)
		fl.cancel()
	}
}

// land shows the result, or that there is none because the work panicked.
func (f *Flights[V]) land(key string, fl *flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(key, fl)
	fl.cancel()
	close(fl.done)
}

func (f *Flights[V]) forget(key string, fl *flight[V]) {
	if f.byKey[key] == fl {
		delete(f.byKey, key)
	}
}
