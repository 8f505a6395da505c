package grid

import (
	"slices"
	"sync"
)

// ground is all of a day that figures are made of, whatever the region.
type ground struct {
	net    *Net // of the day
	roster *Roster
	ways   *Ways
	day    Day
	metres []float64 // by way: how much of it somebody is responsible for
	marks  []mark    // of the duties of the day

	mu     sync.Mutex
	covers map[string]*cover // by scheme; "" is what somebody is responsible for
}

// mark is a duty of the day and whether it is within its rules.
type mark struct {
	duty     *Duty
	division string // of its target, the narrowest
	fine     bool
}

func (r *Roster) ground(n *Net, w *Ways, day Day) *ground {
	g := &ground{net: n, roster: r, ways: w, day: day, covers: map[string]*cover{}}
	g.marks = g.markDuties()
	g.metres = w.covered(r, day, g.manned())
	return g
}

// manned lists the grids of all schemes where anybody is responsible.
func (g *ground) manned() []*Grid {
	var out []*Grid
	for t := range g.roster.byTarget {
		if t.Kind != TargetGrid {
			continue
		}
		if x := g.net.GridByID(t.ID); x != nil && g.roster.Manned(t, g.day) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, compareGrids)
	return out
}

// gridded is the ground that grids of a scheme cover.
func (g *ground) gridded(scheme string) *cover {
	if scheme == "" {
		return &cover{}
	}
	return g.coverOf(scheme, func() []*Grid { return g.net.Grids(scheme) })
}

// covered is the ground where anybody is responsible.
func (g *ground) covered() *cover { return g.coverOf("", g.manned) }

func (g *ground) coverOf(key string, grids func() []*Grid) *cover {
	g.mu.Lock()
	defer g.mu.Unlock()
	known, ok := g.covers[key]
	if !ok {
		known = g.net.coverOf(grids())
		g.covers[key] = known
	}
	return known
}

// markDuties judges the duties of the day whose targets are there.
func (g *ground) markDuties() (out []mark) {
	r := g.roster
	excess, helped := map[*Duty]bool{}, map[int64]bool{}
	over := map[int64][]Load{}
	today := r.DutiesOn(g.day)
	for _, d := range today {
		if d.Stands != 0 && r.Standing(d, g.day) == On {
			helped[d.Stands] = true
		}
		if _, known := over[d.Holder]; !known {
			over[d.Holder] = slices.DeleteFunc(r.Load(g.net, d.Holder, g.day), func(l Load) bool { return !l.Over() })
		}
		r.noteExcess(g.net, d, g.day, excess)
	}
	for _, d := range today {
		if _, there := r.sortOf(g.net, d.Target, g.day); !there {
			continue
		}
		away := r.Standing(d, g.day) == Away
		if away && helped[d.ID] {
			continue // who stands in has it
		}
		tooMuch := slices.ContainsFunc(over[d.Holder], func(l Load) bool { return l.Role == d.Role && slices.Contains(l.Targets, d.Target) })
		out = append(out, mark{d, r.RegionOf(g.net, d.Target), !away && !tooMuch && !excess[d]})
	}
	return out
}

// noteExcess notes a duty of primary rank that is one more than its post may have: of those that count the later ones are.
func (r *Roster) noteExcess(n *Net, d *Duty, day Day, excess map[*Duty]bool) {
	sort, there := r.sortOf(n, d.Target, day)
	if !there || d.Rank != Primary || r.Standing(d, day) != On {
		return
	}
	for _, q := range r.Requirements(d.Target.Kind, sort) {
		if q.Role != d.Role || q.AtMost == 0 {
			continue
		}
		earlier := 0
		for _, other := range r.byTarget[d.Target] {
			if other == d {
				break
			}
			if other.Role == d.Role && other.Rank == Primary && r.Standing(other, day) == On {
				earlier++
			}
		}
		excess[d] = earlier >= q.AtMost
	}
}
