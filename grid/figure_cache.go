package grid

import (
	"slices"
	"sync"
)

// figureCache keeps what was computed of a roster over one state of the net.
type figureCache struct {
	mu      sync.Mutex
	past    *history // of the net that all of it is of
	known   map[figureKey]Figures
	grounds []*groundSlot // the longest not asked for first
}

// figureKey tells days apart by what is in force, not by their date.
type figureKey struct {
	turn, stretch  int
	scheme, region string
}

type groundSlot struct {
	turn, stretch int
	once          sync.Once
	ground        *ground
}

// Bounds of what is kept.
const (
	keptFigures = 50_000
	keptGrounds = 8
)

// turnOf numbers the stretch of days, all alike, that a day lies in for regions and grids.
func (n *Net) turnOf(day Day) int {
	turn, _ := slices.BinarySearch(n.past.turns, day+1)
	return turn
}

// follow forgets what was of another state of the net. The mutex is held.
func (c *figureCache) follow(past *history) {
	if c.past != past || c.known == nil || len(c.known) >= keptFigures {
		c.known = map[figureKey]Figures{}
	}
	if c.past != past {
		c.past, c.grounds = past, nil
	}
}

// figures gives what is known of a region, or computes it.
func (c *figureCache) figures(past *history, key figureKey, compute func(*ground) Figures, build func() *ground) Figures {
	c.mu.Lock()
	c.follow(past)
	f, ok := c.known[key]
	c.mu.Unlock()
	if ok {
		return f
	}
	f = compute(c.ground(past, key.turn, key.stretch, build))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.past == past {
		c.known[key] = f
	}
	return f
}

// ground gives the ground of a day; several who ask for one at a time wait for the first.
func (c *figureCache) ground(past *history, turn, stretch int, build func() *ground) *ground {
	c.mu.Lock()
	c.follow(past)
	i := slices.IndexFunc(c.grounds, func(s *groundSlot) bool { return s.turn == turn && s.stretch == stretch })
	slot := &groundSlot{turn: turn, stretch: stretch}
	if i >= 0 {
		slot = c.grounds[i]
		c.grounds = slices.Delete(c.grounds, i, i+1)
	} else if len(c.grounds) == keptGrounds {
		c.grounds = slices.Delete(c.grounds, 0, 1)
	}
	c.grounds = append(c.grounds, slot)
	c.mu.Unlock()
	slot.once.Do(func() { slot.ground = build() })
	return slot.ground
}

// groundOf is the ground of a day of which n is the net.
func (r *Roster) groundOf(n *Net, w *Ways, day Day) *ground {
	return r.known.ground(n.past, n.turnOf(day), r.Stretch(day), func() *ground { return r.ground(n, w, day) })
}
