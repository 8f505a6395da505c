package coverage

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"wangge/grid"
)

// Desk answers questions and remembers what it answered about the newest city. The zero Desk is ready; it is safe for concurrent use.
type Desk struct {
	mu   sync.Mutex
	city *cityDesk
	net  *netDesk
}

// cityDesk is what is known of one state of the city.
type cityDesk struct {
	version uint64
	answers shelf[string, *Answer]
	facts   shelf[string, []fact]
}

// netDesk is what is known of one state of regions and grids.
type netDesk struct {
	net   *grid.Net
	areas shelf[string, *parcels]
}

// Bounds of what is remembered.
const (
	keptAnswers = 64
	keptFacts   = 12
	keptKinds   = 16
)

// of gives what is known of a state of the city.
func (d *Desk) of(city City) *cityDesk {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.city == nil || d.city.version != city.Version() {
		d.city = &cityDesk{version: city.Version()}
		d.city.answers.most, d.city.facts.most = keptAnswers, keptFacts
	}
	return d.city
}

// parcels are the areas of a kind, as long as regions and grids stay as they are.
func (d *Desk) parcels(ctx context.Context, n *grid.Net, by string) (*parcels, error) {
	d.mu.Lock()
	if d.net == nil || d.net.net != n {
		d.net = &netDesk{net: n}
		d.net.areas.most = keptKinds
	}
	known := d.net
	d.mu.Unlock()
	return known.areas.get(ctx, by, func(context.Context, *parcels, bool) (*parcels, error) { return parcelsOf(n, by) })
}

// Answer answers a question. Errors: ErrNoQuestion, ErrNoArea, ErrNotBy, those of the city and of the board.
func (d *Desk) Answer(ctx context.Context, city City, id string, ask Asked, src Sources) (*Answer, error) {
	q, err := findQuestion(id, src)
	if err != nil {
		return nil, err
	}
	return d.of(city).answers.get(ctx, fmt.Sprintf("%s %+v", id, ask), func(ctx context.Context, _ *Answer, _ bool) (*Answer, error) {
		a, err := newAsking(ctx, q, city, ask, src, d)
		if err != nil {
			return nil, err
		}
		out, err := a.answer(ctx, q)
		if err != nil {
			return nil, err
		}
		out.Thresholds = a.thresholds()
		return out, nil
	})
}

// answer is the answer worked out.
func (a *asking) answer(ctx context.Context, q *question) (*Answer, error) {
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
	ask := a.Asked
	ask.By, ask.Within = "", ""
	return a.keep.of(a.city).facts.get(ctx, fmt.Sprintf("%s %+v", q.ID, ask), func(ctx context.Context, _ []fact, _ bool) ([]fact, error) {
		facts, err := q.collect(ctx, a)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(facts, compareFacts)
		return facts, ctx.Err()
	})
}
