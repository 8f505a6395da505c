package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"wangge/grid"
)

// Desk answers questions and remembers what it answered about the newest city. The zero Desk is ready; it is safe for concurrent use.
type Desk struct {
	mu      sync.Mutex
	version uint64
	fresh   bool
	answers map[string]*deskSlot[*Answer]
	facts   map[string]*deskSlot[[]fact]
	net     *grid.Net
	areas   map[string]*deskSlot[*parcels]
}

// deskSlot is something that is known, or that somebody is working out.
type deskSlot[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// Bounds of what is remembered.
const (
	keptAnswers = 64
	keptFacts   = 12
)

// Answer answers a question. Errors: ErrNoQuestion, ErrNoArea, ErrNotBy, those of the city and of the board.
func (d *Desk) Answer(ctx context.Context, city City, id string, ask Asked, src Sources) (*Answer, error) {
	q, err := findQuestion(id, src)
	if err != nil {
		return nil, err
	}
	d.follow(city)
	return remember(ctx, d, &d.answers, keptAnswers, fmt.Sprintf("%s %+v", id, ask), func() (*Answer, error) {
		a, err := newAsking(ctx, city, ask, src, d)
		if err != nil {
			return nil, err
		}
		return a.answer(ctx, q)
	})
}

// answer is the answer worked out.
func (a *asking) answer(ctx context.Context, q *question) (*Answer, error) {
	if q.Regions && a.areas.scheme != "" {
		return nil, fmt.Errorf("%w: %s by %q", ErrNotBy, q.ID, a.By)
	}
	if q.tell != nil {
		return q.tell(ctx, a, q)
	}
	facts, err := a.factsOf(ctx, q)
	if err != nil {
		return nil, err
	}
	return a.count(q, facts), ctx.Err()
}

// factsOf are the facts of a question, whatever the areas.
func (a *asking) factsOf(ctx context.Context, q *question) ([]fact, error) {
	key := fmt.Sprintf("%s %d %s", q.ID, a.Day, a.Scheme)
	return remember(ctx, a.keep, &a.keep.facts, keptFacts, key, func() ([]fact, error) {
		facts, err := q.collect(ctx, a)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(facts, compareFacts)
		return facts, ctx.Err()
	})
}

// follow forgets what was of another state of the city.
func (d *Desk) follow(city City) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fresh && d.version == city.Version() {
		return
	}
	d.version, d.fresh = city.Version(), true
	d.answers, d.facts = nil, nil
}

// parcels are the areas of a kind, as long as regions and grids stay as they are.
func (d *Desk) parcels(ctx context.Context, n *grid.Net, by string) (*parcels, error) {
	d.mu.Lock()
	if d.net != n {
		d.net, d.areas = n, nil
	}
	d.mu.Unlock()
	return remember(ctx, d, &d.areas, keptAnswers, by, func() (*parcels, error) { return parcelsOf(n, by) })
}

// remember gives what is known by a key, or works it out once for all who ask at a time. Failures are not kept; where who works ends early, the next does.
func remember[T any](ctx context.Context, d *Desk, known *map[string]*deskSlot[T], most int, key string, work func() (T, error)) (T, error) {
	for {
		slot, mine := claim(d, known, most, key)
		if mine {
			slot.value, slot.err = work()
			if slot.err != nil {
				forget(d, known, key, slot)
			}
			close(slot.done)
			return slot.value, slot.err
		}
		select {
		case <-slot.done:
		case <-ctx.Done():
			return slot.value, ctx.Err()
		}
		if !errors.Is(slot.err, context.Canceled) && !errors.Is(slot.err, context.DeadlineExceeded) {
			return slot.value, slot.err
		}
		if ctx.Err() != nil {
			return slot.value, ctx.Err()
		}
	}
}

// claim finds a slot, or makes one that the caller has to fill.
func claim[T any](d *Desk, known *map[string]*deskSlot[T], most int, key string) (slot *deskSlot[T], mine bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if slot = (*known)[key]; slot != nil {
		return slot, false
	}
	if *known == nil || len(*known) >= most {
		*known = map[string]*deskSlot[T]{}
	}
	slot = &deskSlot[T]{done: make(chan struct{})}
	(*known)[key] = slot
	return slot, true
}

func forget[T any](d *Desk, known *map[string]*deskSlot[T], key string, slot *deskSlot[T]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if (*known)[key] == slot {
		delete(*known, key)
	}
}
