package coverage

import (
	"context"
	"errors"
	"sync"
)

// shelf keeps what has been worked out, by key. Equal requests in flight share one computation. A value that an earlier board had under a key is
// offered to the first computation, to start from.
type shelf[K comparable, V any] struct {
	mu     sync.Mutex
	books  map[K]*book[V]
	before map[K]earlier[V]
	most   int // how many to keep; 0 for all
	stale  int // what nobody asked so many boards for is forgotten; 0 for never
	turn   int
}

// earlier is what an earlier board had, and how many boards ago.
type earlier[V any] struct {
	value  V
	boards int
}

type book[V any] struct {
	done  chan struct{}
	value V
	err   error
	used  int
}

// errAbandoned: whoever worked a value out went away; another may.
var errAbandoned = errors.New("given up by who asked first")

// get is the value of a key. work gets what an earlier board had; had is false where that is nothing.
func (s *shelf[K, V]) get(ctx context.Context, key K, work func(ctx context.Context, before V, had bool) (V, error)) (V, error) {
	for {
		s.mu.Lock()
		if s.books == nil {
			s.books = map[K]*book[V]{}
		}
		s.turn++
		b, there := s.books[key]
		if !there {
			b = &book[V]{done: make(chan struct{}), err: errAbandoned}
			s.books[key] = b
		}
		b.used = s.turn
		before, had := s.before[key]
		s.mu.Unlock()
		if !there {
			return s.write(ctx, key, b, func() (V, error) { return work(ctx, before.value, had) })
		}
		select {
		case <-b.done:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
		if !errors.Is(b.err, errAbandoned) {
			return b.value, b.err
		}
	}
}

// write works a value out and keeps it, unless it fails.
func (s *shelf[K, V]) write(ctx context.Context, key K, b *book[V], work func() (V, error)) (V, error) {
	defer close(b.done)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if b.err != nil {
			delete(s.books, key)
			return
		}
		delete(s.before, key)
		s.forget()
	}()
	value, err := work()
	if err != nil && ctx.Err() != nil {
		return value, err // b.err stays errAbandoned
	}
	b.value, b.err = value, err
	return value, err
}

// forget drops what was asked for least recently.
func (s *shelf[K, V]) forget() {
	for s.most > 0 && len(s.books) > s.most {
		var oldest K
		least := s.turn + 1
		for k, b := range s.books {
			if b.used < least {
				oldest, least = k, b.used
			}
		}
		delete(s.books, oldest)
	}
}

// heir is an empty shelf that starts from what this one has.
func (s *shelf[K, V]) heir() *shelf[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &shelf[K, V]{before: map[K]earlier[V]{}, most: s.most, stale: s.stale}
	for k, b := range s.books {
		if b.ready() {
			h.before[k] = earlier[V]{value: b.value}
		}
	}
	for k, v := range s.before { // what nobody asked this board for; no more of it than is kept
		if v.boards++; s.stale > 0 && v.boards >= s.stale {
			continue
		}
		if _, newer := h.before[k]; !newer && (s.most == 0 || len(h.before) < s.most) {
			h.before[k] = v
		}
	}
	return h
}

// all visits what is there, in no order.
func (s *shelf[K, V]) all(visit func(K, V)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, b := range s.books {
		if b.ready() {
			visit(k, b.value)
		}
	}
}

// keys visits the keys of what is there or can be had from an earlier board, in no order, some twice.
func (s *shelf[K, V]) keys(visit func(K)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.before {
		visit(k)
	}
	for k, b := range s.books {
		if b.ready() {
			visit(k)
		}
	}
}

// put keeps a value.
func (s *shelf[K, V]) put(key K, value V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.books == nil {
		s.books = map[K]*book[V]{}
	}
	done := make(chan struct{})
	close(done)
	s.books[key] = &book[V]{done: done, value: value}
}

// ready tells whether a value is there.
func (b *book[V]) ready() bool {
	select {
	case <-b.done:
		return b.err == nil
	default:
		return false
	}
}
