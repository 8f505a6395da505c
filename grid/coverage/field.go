package coverage

import (
	"context"
	"slices"

	"wangge/geo/walk"
)

// field is how far it is from every hexagon of a lay to the nearest of the facilities that count. It is immutable: a change of facilities
// makes another field that shares what did not change.
type field struct {
	lay      *lay
	chosen   *choice
	limitMM  uint32
	mm       pages[uint32] // by place; walk.Never beyond the limit, and without network
	accounts *shelf[accountKey, *account]
	bench    *bench
	streets  *crowStreets // in straight mode
	set      *set
}

// set stands for the facilities of a field: two fields with the same ones have the same.
type set struct{ chosen *choice }

// mostAccounts is how many accounts a field keeps: areas and radii are the caller's choice.
const mostAccounts = 12

// reach is what distances come from: facilities on a network, or facilities and the crow. It is changed by one goroutine at a time.
type reach interface {
	// fill works out the distances of all places on the network.
	fill(mm []uint32)
	// nearest is the distance of a place and the slot of the facility.
	nearest(place uint32, r *room) (mm, owner uint32)
	// begin takes the first facilities, before anything is asked for.
	begin(come []*seat)
	// change takes facilities out and puts others in. It lists the groups and the edges on which distances may differ now, each once.
	change(gone, come []*seat) (groups, edges []uint32)
	// cover is what of an edge is within radii.
	// It is false where nothing is.
	cover(edge uint32, radiiMM []uint32, r *room) bool
	// edges is the order in which cover is asked for all edges at least cost; nil for any.
	edges() []uint32
	// clone copies it.
	clone() reach
}

// newField works a field out from nothing.
func newField(ctx context.Context, l *lay, chosen *choice, limitMM uint32, r reach) (*field, error) {
	f := &field{lay: l, chosen: chosen, limitMM: limitMM, set: &set{chosen}, accounts: newAccounts()}
	r.begin(chosen.counting())
	var flat []uint32
	f.mm, flat = newPages[uint32](len(l.order))
	fillAll(r, flat, l.on)
	f.bench = &bench{of: f.set, reach: r}
	return f, ctx.Err()
}

func newAccounts() *shelf[accountKey, *account] {
	return &shelf[accountKey, *account]{most: mostAccounts}
}

// fillAll works out all places; those without network are never reached.
func fillAll(r reach, mm []uint32, on int) {
	r.fill(mm[:on])
	for i := on; i < len(mm); i++ {
		mm[i] = walk.Never
	}
}

// next is the field of another choice of facilities, and with it all accounts that this one has. steal says that the other may have this one's bench,
// as it is not going to be asked for much more than it knows.
func (f *field) next(chosen *choice, steal bool) *field {
	gone, come := chosen.differ(f.chosen)
	n := *f
	n.chosen = chosen
	if len(gone)+len(come) == 0 {
		return &n
	}
	n.set, n.accounts = &set{chosen}, newAccounts()
	n.bench = f.bench.lockedFor(f, steal)
	defer n.bench.mu.Unlock()
	n.bench.of = n.set
	groups, edges := n.bench.reach.change(gone, come)
	moves := f.follow(&n, groups)
	f.accounts.all(func(key accountKey, a *account) {
		n.accounts.put(key, a.next(moves, edges, n.bench.reach))
	})
	return &n
}

// move is a place whose distance changed.
type move struct{ place, was, is uint32 }

// follow works out the groups that may have changed.
func (f *field) follow(n *field, groups []uint32) []move {
	mm := f.mm.draft()
	var r room
	moves := make([]move, 0, len(groups))
	for _, g := range groups {
		for place := f.lay.first[g]; place < f.lay.first[g+1]; place++ {
			is, _ := n.bench.reach.nearest(place, &r)
			if was := mm.at(int(place)); is != was {
				*mm.ref(int(place)) = is
				moves = append(moves, move{place, was, is})
			}
		}
	}
	n.mm = mm.pages
	return moves
}

// byHexagon is the distances in the order of the sheet.
func (f *field) byHexagon() []uint32 {
	out := make([]uint32, len(f.lay.order))
	for page, values := range f.mm {
		first := page << pageBits
		for i, hexagon := range f.lay.order[first:min(first+pageSize, len(f.lay.order))] {
			out[hexagon] = values[i]
		}
	}
	return out
}

// owners is the slot of the nearest facility by hexagon; walk.None beyond the limit.
func (f *field) owners() []uint32 {
	out := make([]uint32, len(f.lay.order))
	var at room
	f.with(func(r reach) {
		for place, hexagon := range f.lay.order {
			out[hexagon] = walk.None
			if place < f.lay.on {
				_, out[hexagon] = r.nearest(uint32(place), &at)
			}
		}
	})
	return out
}

// bySlot is the facilities that count, by slot.
func (n *choice) bySlot() []*seat {
	out := make([]*seat, n.slots)
	for _, s := range n.all {
		if s.counts() {
			out[s.slot] = s
		}
	}
	return out
}

// limitFor is how far a search goes for radii: one limit serves the usual ones.
func limitFor(radiiM []uint32) uint32 {
	const usualM, wideM = 1500, 4000
	farthest := slices.Max(append(slices.Clone(radiiM), usualM))
	for _, m := range []uint32{usualM, wideM} {
		if farthest <= m {
			return m * mmPerM
		}
	}
	return walk.MaxLimitMM
}

const mmPerM = 1000
