package coverage

import (
	"sync"

	"wangge/geo/walk"
)

// bench is where the facilities of a line of fields are put in and taken out. It is that of the newest field of the line; an older one that is
// asked for more than its distances makes a bench of its own.
type bench struct {
	mu    sync.RWMutex
	of    *set // what the reach has
	reach reach
}

// with calls do with the reach of a field, which do only reads.
func (f *field) with(do func(reach)) {
	f.bench.mu.RLock()
	if f.bench.of == f.set {
		defer f.bench.mu.RUnlock()
		do(f.bench.reach)
		return
	}
	f.bench.mu.RUnlock()
	do(f.reachAgain())
}

// reachAgain is a reach of the field's own.
func (f *field) reachAgain() reach {
	f.bench.mu.RLock()
	r, of := f.bench.reach.clone(), f.bench.of
	f.bench.mu.RUnlock()
	if of != f.set {
		r.change(f.set.chosen.differ(of.chosen))
	}
	return r
}

// lockedFor is a bench with the facilities of a field, locked: the field's own where it may be stolen, else a copy.
func (b *bench) lockedFor(f *field, steal bool) *bench {
	if steal {
		b.mu.Lock()
		if b.of == f.set {
			return b
		}
		b.mu.Unlock()
	}
	c := &bench{of: f.set, reach: f.reachAgain()}
	c.mu.Lock()
	return c
}

// walkReach reaches along a network.
type walkReach struct {
	tree   *walk.Tree
	search *walk.Searcher
	lay    *lay
	nodes  *incidence
	mark   []uint32 // by edge: the turn in which it was listed
	turn   uint32
	listed []uint32
	seeds  []walk.Seed
	slots  uint32 // those of all facilities are below it
}

func newWalkReach(l *lay, nodes *incidence, limitMM uint32) *walkReach {
	return &walkReach{tree: walk.NewTree(l.graph, limitMM), search: new(walk.Searcher), lay: l, nodes: nodes}
}

func (w *walkReach) clone() reach {
	return &walkReach{tree: w.tree.Clone(), search: new(walk.Searcher), lay: w.lay, nodes: w.nodes, slots: w.slots}
}

// fill is one pass over all places; those on edges with facilities are done again.
func (w *walkReach) fill(mm []uint32) {
	dist, limit := w.tree.Dist, uint64(w.tree.LimitMM)
	ends := w.lay.ends[:len(mm)]
	for i := range ends {
		e := &ends[i]
		d := min(uint64(dist[e.u])+uint64(e.du), uint64(dist[e.v])+uint64(e.dv))
		if d > limit {
			d = walk.Never
		}
		mm[i] = uint32(d)
	}
	for owner := uint32(0); owner < w.slots; owner++ {
		seed, there := w.tree.Seed(owner)
		if !there {
			continue
		}
		for place := w.lay.first[seed.Edge]; place < w.lay.first[seed.Edge+1]; place++ {
			d := walk.Beside(w.lay.spots[w.lay.order[place]], seed.Spot)
			if uint64(d) <= limit {
				mm[place] = min(mm[place], d)
			}
		}
	}
}

func (w *walkReach) nearest(place uint32, _ *room) (mm, owner uint32) {
	return w.tree.At(w.lay.spots[w.lay.order[place]])
}

func (w *walkReach) change(gone, come []*seat) (groups, edges []uint32) {
	if len(w.mark) == 0 {
		w.mark = make([]uint32, len(w.tree.Graph.Net.Edges))
	}
	w.turn++
	w.listed = w.listed[:0]
	for _, s := range gone {
		w.search.Remove(w.tree, s.slot)
		w.note(s.Spot.Edge)
	}
	for _, s := range come {
		w.slots = max(w.slots, s.slot+1)
		w.search.Add(w.tree, s.seed())
		w.note(s.Spot.Edge)
	}
	return w.listed, w.listed
}

func (w *walkReach) begin(come []*seat) {
	w.seeds = w.seeds[:0]
	for _, s := range come {
		w.seeds = append(w.seeds, s.seed())
		w.slots = max(w.slots, s.slot+1)
	}
	w.search.Grow(w.tree, w.seeds)
}

func (w *walkReach) edges() []uint32 { return nil }

// note lists the edges at the nodes that the last change touched, and one more.
func (w *walkReach) note(edge uint32) {
	w.list(edge)
	for _, node := range w.search.Touched() {
		for _, e := range w.nodes.at(node) {
			w.list(e)
		}
	}
}

func (w *walkReach) list(edge uint32) {
	if w.mark[edge] != w.turn {
		w.mark[edge] = w.turn
		w.listed = append(w.listed, edge)
	}
}
