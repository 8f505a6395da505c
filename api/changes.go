package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"wangge/api/reply"
	"wangge/layers/city"
)

const (
	// keptChanges is how many changes are remembered for listeners that fall behind or come back.
	keptChanges = 256
	// maxListeners is how many may listen at a time: each holds a connection and some 20 kB.
	maxListeners = 1000
)

// Changes hands on what the follower tells to everybody who listens at /api/v1/changes: give its Tell to the city and itself to
// New. Nobody has a queue of his own: listeners are places in one short memory of changes. Whoever has fallen out of it is told
// that anything may have changed. So the follower never waits, and a listener costs nothing while he sleeps.
type Changes struct {
	run string // names this memory: places in another one, before a restart or on another server, mean nothing here

	mu        sync.Mutex
	told      uint64                 // number of changes told so far
	kept      [keptChanges]oneChange // the n-th of all is at n % keptChanges
	news      chan struct{}          // closed when the next change is told
	listeners int
	last      lastEvent

	over chan struct{} // closed when the server is about to stop
	end  func()        // closes it
}

// oneChange is what is remembered of a change: not its view, which is a whole city.
type oneChange struct {
	revision city.Revision
	city.Change
}

// lastEvent is the latest one for listeners to all layers: most of them are at the same place.
type lastEvent struct {
	from, to uint64
	data     []byte
}

// NewChanges makes one that has heard of nothing yet.
func NewChanges() *Changes {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	over := make(chan struct{})
	return &Changes{run: hex.EncodeToString(b[:]), news: make(chan struct{}), over: over, end: sync.OnceFunc(func() { close(over) })}
}

// Tell takes a change from the follower; it never waits for listeners. Layers that the view does not have are nobody's business.
func (c *Changes) Tell(change city.Change) {
	one := oneChange{revision: change.View.Revision(), Change: change}
	one.Change = one.only(func(id string) bool { return change.View.Layer(id) != nil })
	one.View = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told++
	c.kept[c.told%keptChanges] = one
	close(c.news)
	c.news = make(chan struct{})
}

// only is a change without the layers that some function refuses.
func (o oneChange) only(wanted func(layer string) bool) city.Change {
	out := o.Change
	out.Layers = nil
	for id, boxes := range o.Layers {
		if wanted(id) {
			if out.Layers == nil {
				out.Layers = make(map[string][]orb.Bound, len(o.Layers))
			}
			out.Layers[id] = boxes
		}
	}
	return out
}

// nowhere is the place of a listener of whom it is not known what he has heard.
const nowhere = ^uint64(0)

// since are the changes told after a place, and the place after them; news is closed when there is more. A listener who was not
// told everything that is remembered has missed one change of everything.
func (c *Changes) since(place uint64) (missed []oneChange, now uint64, news <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now = c.told
	if place > now || now-place > keptChanges {
		missed = append(missed, oneChange{c.kept[now%keptChanges].revision, city.Change{All: true}})
	} else {
		for n := place + 1; n <= now; n++ {
			missed = append(missed, c.kept[n%keptChanges])
		}
	}
	return missed, now, c.news
}

// event is what to tell a listener of changes between two places: the data of one event, or nil where nothing of it is wanted.
// Wanted is nil for all layers.
func (c *Changes) event(from, to uint64, missed []oneChange, wanted map[string]bool) ([]byte, error) {
	if wanted == nil {
		c.mu.Lock()
		last := c.last
		c.mu.Unlock()
		if last.from == from && last.to == to && last.data != nil {
			return last.data, nil
		}
	}
	one := merged(missed)
	if wanted != nil {
		one.Change = one.only(func(id string) bool { return wanted[id] })
		if !one.All && len(one.Layers) == 0 {
			return nil, nil
		}
	}
	data, err := reply.Marshal(one.json())
	if err == nil && wanted == nil {
		c.mu.Lock()
		c.last = lastEvent{from, to, data}
		c.mu.Unlock()
	}
	return data, err
}

// merged is one change that stands for several, one at least.
func merged(several []oneChange) oneChange {
	all := make([]city.Change, len(several))
	for i, o := range several {
		all[i] = o.Change
	}
	return oneChange{several[len(several)-1].revision, city.Merge(all...)}
}

// idOf names a place for a listener who may come back. Revisions alone would not do: transactions do not commit in their order,
// and their ids come again after a crash of the database.
func (c *Changes) idOf(place uint64) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	revision := city.Revision(0)
	if place > 0 && place <= c.told && c.told-place < keptChanges {
		revision = c.kept[place%keptChanges].revision
	}
	return fmt.Sprintf("%d-%s-%d", revision, c.run, place)
}

// placeOf finds the place that an id names: that of now for none, nowhere for one that was not given here.
func (c *Changes) placeOf(id string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id == "" {
		return c.told
	}
	parts := strings.Split(id, "-")
	if len(parts) != 3 || parts[1] != c.run {
		return nowhere
	}
	place, err := strconv.ParseUint(parts[2], 10, 64)
	if err != nil || place > c.told {
		return nowhere
	}
	return place
}

// enter admits a listener, who must leave. Errors: errDraining, errCrowded.
func (c *Changes) enter() error {
	select {
	case <-c.over:
		return errDraining
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listeners >= maxListeners {
		return errCrowded
	}
	c.listeners++
	return nil
}

func (c *Changes) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners--
}

// count is the number of listeners.
func (c *Changes) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listeners
}

// until is a context that ends, besides, when the server is about to stop.
func (c *Changes) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-c.over:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
