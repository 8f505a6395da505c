package coverage

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// addedKey is where keys of facilities that a scenario adds begin: of two equally near, that of the record is the nearest.
const addedKey = 1 << 61

// choice is the facilities of a service in one state of the city, and which of them count for a question. It is immutable.
type choice struct {
	city    City
	changes []Change    // of the service
	graph   *walk.Graph // where they join the network; nil in straight mode
	all     []*seat     // by key
	slots   int         // slots are below it
	off     int         // how many would count but are off the network
}

// seat is a facility. Its slot is its number among those that count, for as long as boards follow from each other; walk.None where it does not.
type seat struct {
	Facility
	key  int64
	slot uint32
}

// counts tells whether a facility counts and reaches something.
func (s *seat) counts() bool { return s.slot != walk.None }

func (s *seat) seed() walk.Seed { return walk.Seed{Spot: s.Spot, Owner: s.slot, Key: s.key} }

// chooser makes choices for one kind of a service.
type chooser struct {
	service Service
	kind    ServiceKind
	night   int // place of the field that must be true; -1 for none
	supply  int // place of the field that counts; -1 for none
	graph   *walk.Graph
}

func newChooser(s Service, k ServiceKind, profile string, g *walk.Graph) chooser {
	c := chooser{service: s, kind: k, night: -1, supply: slices.Index(s.fields, s.Supply), graph: g}
	if profile == nightProfile {
		c.night = slices.Index(s.fields, "open_24h")
	}
	return c
}

// choose reads the facilities of a city with changes; those that do not differ from an earlier choice are taken from there.
func (c chooser) choose(ctx context.Context, city City, changes []Change, before *choice) (*choice, error) {
	now := &choice{city: city, changes: changes, graph: c.graph}
	if before == nil || before.graph != c.graph {
		return now, c.readAll(ctx, now)
	}
	ids, all := city.Changed(before.city, c.service.Layer)
	const spare = 1024
	if all || before.slots > 2*len(before.all)+spare {
		return now, c.readAll(ctx, now)
	}
	now.all, now.slots, now.off = before.all, before.slots, before.off
	was, is := overridesOf(before.changes), overridesOf(changes)
	for key, o := range is {
		if !o.equal(was[key]) {
			ids = append(ids, key)
		}
	}
	for key := range was {
		if _, both := is[key]; !both {
			ids = append(ids, key)
		}
	}
	if len(ids) > 0 {
		slices.Sort(ids)
		c.reread(now, slices.Compact(ids), is)
	}
	return now, ctx.Err()
}

func (c chooser) readAll(ctx context.Context, now *choice) error {
	over := overridesOf(now.changes)
	err := c.features(now.city, func(f Feature) bool {
		now.all = append(now.all, c.seat(f, over[f.ID]))
		return ctx.Err() == nil
	})
	if err != nil {
		return err
	}
	for key, o := range over {
		if key >= addedKey {
			now.all = append(now.all, c.added(key, o))
		}
	}
	slices.SortFunc(now.all, func(a, b *seat) int { return cmp.Compare(a.key, b.key) })
	for _, s := range now.all {
		now.admit(s, nil)
	}
	return ctx.Err()
}

func (c chooser) features(city City, yield func(Feature) bool) error {
	return city.Features(c.service.Layer, c.service.fields, yield)
}

// reread reads some facilities again, by key ascending. Those that are as they were stay.
func (c chooser) reread(now *choice, keys []int64, over map[int64]override) {
	var free []uint32
	rest := now.all
	now.all = make([]*seat, 0, len(rest)+len(keys))
	for _, key := range keys {
		for len(rest) > 0 && rest[0].key < key {
			now.all, rest = append(now.all, rest[0]), rest[1:]
		}
		var was *seat
		if len(rest) > 0 && rest[0].key == key {
			was, rest = rest[0], rest[1:]
		}
		is := c.find(now.city, key, over)
		if is != nil && was != nil && is.Facility == was.Facility {
			now.all = append(now.all, was)
			continue
		}
		free = now.vacate(was, free)
		if is != nil {
			free = now.admit(is, free)
			now.all = append(now.all, is)
		}
	}
	now.all = append(now.all, rest...)
}

// find reads one facility; nil where there is none.
func (c chooser) find(city City, key int64, over map[int64]override) *seat {
	o, overridden := over[key]
	if key >= addedKey {
		if !overridden {
			return nil
		}
		return c.added(key, o)
	}
	f, found := city.Feature(c.service.Layer, key, c.service.fields)
	if !found {
		return nil
	}
	return c.seat(f, o)
}

// vacate forgets a facility and notes the slot it had.
func (n *choice) vacate(s *seat, free []uint32) []uint32 {
	switch {
	case s == nil:
	case s.counts():
		free = append(free, s.slot)
	case s.Usable && !s.OnNetwork:
		n.off--
	}
	return free
}

// admit gives a facility a slot if it counts.
func (n *choice) admit(s *seat, free []uint32) []uint32 {
	s.slot = walk.None
	switch {
	case s.Usable && !s.OnNetwork:
		n.off++
	case !s.Usable:
	case len(free) > 0:
		s.slot, free = free[0], free[1:]
	default:
		s.slot = uint32(n.slots)
		n.slots++
	}
	return free
}

// seat makes a facility of a feature.
func (c chooser) seat(f Feature, o override) *seat {
	v := values(f.Values)
	s := &seat{key: f.ID, Facility: Facility{ID: f.ID, Name: v.text(0), At: placeOf(f.Shape), Supply: 1,
		Usable: v.usable() && c.kind.counts(v) && (c.night < 0 || v.yes(c.night))}}
	if c.supply >= 0 {
		s.Supply = v.number(c.supply)
	}
	if o.at != nil {
		s.At, s.Change = *o.at, "moved"
	}
	if o.supply != nil {
		s.Supply = *o.supply
	}
	if o.closed {
		s.Usable, s.Change = false, "closed"
	}
	c.join(s)
	return s
}

// added makes a facility that a scenario adds.
func (c chooser) added(key int64, o override) *seat {
	s := &seat{key: key, Facility: Facility{ID: addedKey - 1 - key, Name: o.name, At: *o.at, Supply: 1, Usable: !o.closed, Change: "added"}}
	if o.supply != nil {
		s.Supply = *o.supply
	}
	if o.closed {
		s.Change = "closed"
	}
	c.join(s)
	return s
}

// join finds where a facility joins the network.
func (c chooser) join(s *seat) {
	s.OnNetwork = isPlace(s.At)
	if c.graph != nil {
		s.Spot, s.OnNetwork = c.graph.Snap(s.At, walk.SnapLimitMM)
	}
}

// override is what a scenario says about a facility.
type override struct {
	closed bool
	at     *orb.Point
	supply *float64
	name   string
}

func (o override) equal(p override) bool {
	return o.closed == p.closed && o.name == p.name && equalRef(o.at, p.at) && equalRef(o.supply, p.supply)
}

func equalRef[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// overridesOf sums up the changes of one service, by key of the facility. The last that is said about one counts.
func overridesOf(changes []Change) map[int64]override {
	out := map[int64]override{}
	added := int64(0)
	for _, c := range changes {
		key := keyOf(c.ID)
		o := out[key]
		switch c.Op {
		case OpAdd:
			key, o = addedKey+added, override{at: c.At, supply: c.Supply, name: c.Name}
			added++
		case OpClose:
			o.closed = true
		case OpMove:
			o.closed, o.at = false, c.At
			if c.Supply != nil {
				o.supply = c.Supply
			}
		}
		out[key] = o
	}
	return out
}

// keyOf is the key of the facility that a change names: -1 is the first that the scenario added to the service.
func keyOf(id int64) int64 {
	if id < 0 {
		return addedKey - 1 - id
	}
	return id
}

// differ lists what must go and what must come to make one choice of another.
func (n *choice) differ(before *choice) (gone, come []*seat) {
	was, is := before.all, n.all
	for len(was) > 0 || len(is) > 0 {
		switch {
		case len(was) > 0 && len(is) > 0 && was[0] == is[0]:
			was, is = was[1:], is[1:]
		case len(is) == 0 || len(was) > 0 && was[0].key <= is[0].key:
			if was[0].counts() {
				gone = append(gone, was[0])
			}
			was = was[1:]
		default:
			if is[0].counts() {
				come = append(come, is[0])
			}
			is = is[1:]
		}
	}
	return gone, come
}

// counting are the facilities that count, by key; those off the network are not among them.
func (n *choice) counting() []*seat {
	out := make([]*seat, 0, len(n.all))
	for _, s := range n.all {
		if s.counts() {
			out = append(out, s)
		}
	}
	return out
}

// changesOf are those of a scenario that concern a service.
func changesOf(changes []Change, service string) (out []Change) {
	for _, c := range changes {
		if c.Service == service && (c.Op == OpAdd || c.Op == OpClose || c.Op == OpMove) {
			out = append(out, c)
		}
	}
	return out
}

// streetChangesOf are those that concern streets.
func streetChangesOf(changes []Change) (out []Change) {
	for _, c := range changes {
		if c.Op == OpCloseStreet || c.Op == OpOpenStreet {
			out = append(out, c)
		}
	}
	return out
}
