package grid

import (
	"slices"
	"sync"
)

// history keeps nets of former days that were asked for. It is the one thing of a net that changes, behind a lock: what it answers does not.
type history struct {
	rows  Rows
	now   *Net            // from the last turn on
	ever  map[int64]*Grid // all grids there ever were, as they are or were last
	turns []Day           // the days from which something was otherwise than before, ascending

	mu    sync.Mutex
	kept  map[int]*Net // by the number of turns that had come
	asked []int        // what is kept, the longest not asked for first
}

// keptDays bounds the nets of former days: the city's own is some megabytes, most of it shapes that all of them share.
const keptDays = 8

func newHistory(r Rows, now *Net) *history {
	h := &history{rows: r, now: now, ever: make(map[int64]*Grid, len(r.Grids)), kept: map[int]*Net{}}
	turn := func(t Term) {
		for _, d := range []Day{t.From, t.To} {
			if d != 0 {
				h.turns = append(h.turns, d)
			}
		}
	}
	for i := range r.Regions {
		turn(r.Regions[i].Term)
	}
	for i := range r.Grids {
		turn(r.Grids[i].Term)
		h.ever[r.Grids[i].ID] = &r.Grids[i]
	}
	for i := range r.Past {
		turn(r.Past[i].Term)
	}
	slices.Sort(h.turns)
	h.turns = slices.Compact(h.turns)
	return h
}

// At is the net as it was at the end of a day: the grids and regions in force then, with the shapes they had. Schemes, names and kinds are those
// of today. From the last day on that changed anything it is the net itself. What is asked for again is at hand.
func (n *Net) At(day Day) *Net {
	h := n.past
	turn, exactly := slices.BinarySearch(h.turns, day)
	if exactly {
		turn++
	}
	if turn == len(h.turns) {
		return h.now
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if i := slices.Index(h.asked, turn); i >= 0 {
		h.asked = append(slices.Delete(h.asked, i, i+1), turn)
		return h.kept[turn]
	}
	if len(h.asked) == keptDays {
		delete(h.kept, h.asked[0])
		h.asked = slices.Delete(h.asked, 0, 1)
	}
	then := h.rows.at(day)
	then.past = h
	h.kept[turn], h.asked = then, append(h.asked, turn)
	return then
}

// at makes the net of a former day.
func (r Rows) at(day Day) *Net {
	shapes := map[int64]*Past{}
	for i := range r.Past {
		if p := &r.Past[i]; p.Term.Until(day) {
			if q := shapes[p.Grid]; q == nil || p.Term.To < q.Term.To {
				shapes[p.Grid] = p
			}
		}
	}
	then := r
	then.Grids = slices.Clone(r.Grids)
	for i := range then.Grids {
		if p := shapes[then.Grids[i].ID]; p != nil {
			g := &then.Grids[i]
			g.Shape, g.Region, g.AreaM2, g.Members = p.Shape, p.Region, p.AreaM2, nil
		}
	}
	return then.net(func(t Term) bool { return t.Until(day) })
}

// Former finds a grid by its code, whether in force or not; nil for none. The record gives a code once; of grids that were written behind its back
// the one in force counts.
func (n *Net) Former(scheme, code string) *Grid {
	if g := n.Grid(scheme, code); g != nil {
		return g
	}
	for i := range n.rows.Grids {
		if g := &n.rows.Grids[i]; g.Scheme == scheme && g.Code == code {
			return g
		}
	}
	return nil
}

// Ever finds a grid by the record's number, whether in force or not; nil for none.
func (n *Net) Ever(id int64) *Grid {
	if g := n.gridByID[id]; g != nil {
		return g
	}
	return n.past.ever[id]
}
