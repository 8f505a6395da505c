package coverage

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Rehearsal does again, on room of its own, what a board does once: it is how the work behind a question is measured in a city that is being
// served. It is for one goroutine.
type Rehearsal struct {
	field   *field
	account *account
	asked   asked
	city    City
	chooser chooser
	moved   bool // field is of our own making
	seats   []*seat
	reach   reach
	mm      []uint32
	paged   pages[uint32]
	sums    []int64
	stays   []uint32
	at      room
}

// Rehearse prepares the work behind a table. Errors as of Table.
func (b *Board) Rehearse(ctx context.Context, q Question, radiiM []uint32, by string) (*Rehearsal, error) {
	a, err := b.complete(q, by)
	if err != nil {
		return nil, err
	}
	f, acc, err := b.counted(ctx, a, radiiM, by)
	if err != nil {
		return nil, err
	}
	r := &Rehearsal{field: f, account: acc, asked: a, city: b.city, seats: f.chosen.counting(), chooser: newChooser(a.service, a.kind, a.Profile, f.lay.graph)}
	f.with(func(have reach) { r.reach = have.clone() })
	limitMM := slices.Max(radiiM) * mmPerM
	switch reach := r.reach.(type) {
	case *walkReach:
		reach.tree = walk.NewTree(f.lay.graph, limitMM)
	case *straightReach:
		reach.limitMM = limitMM
	}
	r.paged, r.mm = newPages[uint32](len(f.lay.order))
	_, r.sums = newPages[int64](len(acc.deal.areas.List) * acc.width())
	_, r.stays = newPages[uint32](len(acc.ways.parts) * len(radiiM))
	return r, nil
}

// Run is the whole run from nothing: the search, all hexagons, and ground, people and streets of all areas at all radii.
func (r *Rehearsal) Run() {
	if w, ok := r.reach.(*walkReach); ok {
		w.begin(r.seats)
	}
	fillAll(r.reach, r.mm, r.field.lay.on)
	clear(r.sums)
	clear(r.stays)
	r.account.addPlaces(r.sums, r.paged)
	r.account.addWays(r.sums, r.stays, r.reach, &r.at)
}

// Check tells whether the last Run gave the sums that the board has.
func (r *Rehearsal) Check() error {
	for i, got := range r.sums {
		if want := r.account.sums.at(i); got != want {
			return fmt.Errorf("sum %d of %d is %d by a run, %d on the board", i, len(r.sums), got, want)
		}
	}
	return nil
}

// movedCity is a city in which one facility is elsewhere.
type movedCity struct {
	City
	layer string
	id    int64
	at    orb.Point
}

func (c movedCity) Feature(layer string, id int64, fields []string) (Feature, bool) {
	f, found := c.City.Feature(layer, id, fields)
	if found && layer == c.layer && id == c.id {
		f.Shape = c.at
	}
	return f, found
}

// Move moves one facility, the i-th of those that count, and brings distances, hexagons and all sums up to it, as a change of the record
// does. A move stays until the next one of the same facility.
func (r *Rehearsal) Move(i int, to orb.Point) {
	id := r.seats[i%len(r.seats)].ID
	chosen := *r.field.chosen
	chosen.city = movedCity{r.city, r.asked.service.Layer, id, to}
	r.chooser.reread(&chosen, []int64{id}, nil)
	r.field, r.moved = r.field.next(&chosen, r.moved), true // the board keeps its bench
}

// Size is how many hexagons, edges and areas a run goes through.
func (r *Rehearsal) Size() (hexagons, edges, areas int) {
	return len(r.field.lay.order), len(r.account.ways.first) - 1, len(r.account.deal.areas.List)
}

// Facilities is where those that count are.
func (r *Rehearsal) Facilities() []orb.Point {
	out := make([]orb.Point, len(r.seats))
	for i, s := range r.seats {
		out[i] = s.At
	}
	return out
}

// Tree is the distances of all nodes of the last Run, and what they were grown from; nil in straight mode.
func (r *Rehearsal) Tree() (*walk.Tree, []walk.Seed) {
	w, ok := r.reach.(*walkReach)
	if !ok {
		return nil, nil
	}
	seeds := make([]walk.Seed, len(r.seats))
	for i, s := range r.seats {
		seeds[i] = s.seed()
	}
	return w.tree, seeds
}
