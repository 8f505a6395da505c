package coverage

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Board is coverage of one state of the city, or of one with a scenario's changes. It answers always the same, works things out when they are
// first asked for, and is safe for concurrent use.
type Board struct {
	city    City
	changes []Change
	live    bool // the next state of the city may take over what this one works with

	*base
	choices *shelf[choiceKey, *choice]
	fields  *shelf[fieldKey, *field]
	rolls   *shelf[rollKey, *roll]
	hexes   *shelf[hexesKey, *Hexes]
	plans   *plans
}

// base is what does not depend on facilities.
type base struct {
	grounds  *shelf[int, *ground]
	weights  *shelf[areasKey, *weighing]
	persons  *shelf[crowdKey, *people]
	roads    *shelf[bool, *streets]
	lays     *shelf[layKey, *lay]
	straight *shelf[int, *straightLay]
	crows    *shelf[int, *crowStreets]
	deals    *shelf[dealKey, *deal]
	waysBy   *shelf[waysKey, *ways]
	plotted  *shelf[bool, *plots]
	lands    *shelf[int, *land]
}

// What a board keeps at most of what depends on questions.
const (
	mostFields = 16
	mostDeals  = 12
	mostHexes  = 4
	mostAreas  = 32

	// mostStale is after how many boards that nobody asked for it something is forgotten that holds on to the state of the city it was made of.
	mostStale = 500
)

func newBase() *base {
	return &base{grounds: new(shelf[int, *ground]), weights: &shelf[areasKey, *weighing]{most: mostAreas}, persons: &shelf[crowdKey, *people]{stale: mostStale}, roads: new(shelf[bool, *streets]),
		lays: new(shelf[layKey, *lay]), straight: new(shelf[int, *straightLay]), crows: new(shelf[int, *crowStreets]),
		deals: &shelf[dealKey, *deal]{most: mostDeals}, waysBy: &shelf[waysKey, *ways]{most: mostDeals},
		plotted: &shelf[bool, *plots]{stale: mostStale}, lands: &shelf[int, *land]{stale: mostStale}}
}

func (b *base) heir() *base {
	return &base{b.grounds.heir(), b.weights.heir(), b.persons.heir(), b.roads.heir(), b.lays.heir(), b.straight.heir(), b.crows.heir(), b.deals.heir(), b.waysBy.heir(),
		b.plotted.heir(), b.lands.heir()}
}

// elsewhere is the base of a board whose streets differ: the ground is the same.
func (b *base) elsewhere() *base {
	return &base{b.grounds, b.weights, b.persons, b.roads.heir(), b.lays.heir(), b.straight, b.crows.heir(), b.deals.heir(), b.waysBy.heir(),
		b.plotted, b.lands}
}

func newBoard(city City) *Board {
	return (&Board{choices: &shelf[choiceKey, *choice]{stale: mostStale}, fields: &shelf[fieldKey, *field]{most: mostFields, stale: mostStale},
		rolls: &shelf[rollKey, *roll]{most: mostDeals, stale: mostStale}}).heir(city, nil, newBase())
}

// heir is a board of another state that starts from what this one knows.
func (b *Board) heir(city City, changes []Change, base *base) *Board {
	return &Board{city: city, changes: changes, base: base, choices: b.choices.heir(), fields: b.fields.heir(), rolls: b.rolls.heir(),
		hexes: &shelf[hexesKey, *Hexes]{most: mostHexes}, plans: newPlans()}
}

// City is the state of the city that the board is of, without the changes of a scenario.
func (b *Board) City() City { return b.city }

// Changes are those of the scenario, in order; none for the city as it is.
func (b *Board) Changes() []Change { return slices.Clone(b.changes) }

// Facility is a facility of a service as a question counts it. 设施。
type Facility struct {
	ID        int64 // negative for those that a scenario adds
	Name      string
	At        orb.Point // of a line or an area a place on it
	Usable    bool      // in use, and of the kind that is asked for
	OnNetwork bool      // always in straight mode
	Spot      walk.Spot // where OnNetwork and not in straight mode
	Supply    float64
	Change    string // added, moved, closed; "" for what is as in the record
}

// asked is a question that leaves nothing open, and what it names.
type asked struct {
	Question
	service Service
	kind    ServiceKind
}

// complete fills in what a question leaves open and checks it. Errors: ErrNoService, ErrTooLarge for a resolution that there is none of.
func (b *Board) complete(q Question, by string) (a asked, err error) {
	if a.service, err = FindService(q.Service); err != nil {
		return a, err
	}
	if a.kind, err = a.service.Kind(q.Kind); err != nil {
		return a, err
	}
	a.Question = q
	a.Kind = a.kind.ID
	switch q.Mode {
	case Walk, "":
		p, err := walkProfile(q.Profile)
		if err != nil {
			return a, err
		}
		a.Mode, a.Profile = Walk, p.ID
	case Straight:
		if q.Profile != "" && q.Profile != walkProfileID {
			return a, fmt.Errorf("%w: profile %q of straight mode", ErrNoService, q.Profile)
		}
		a.Profile = ""
	default:
		return a, fmt.Errorf("%w: mode %q", ErrNoService, q.Mode)
	}
	if a.Res == 0 {
		a.Res = b.Res(by)
	}
	if a.Res < coarsestRes || a.Res > fineRes {
		return a, fmt.Errorf("%w: resolution %d", ErrTooLarge, a.Res)
	}
	return a, nil
}

// checkRadii tells what is wrong with radii. Errors: ErrRadius.
func checkRadii(radiiM []uint32) error {
	if len(radiiM) == 0 || len(radiiM) > MaxRadii {
		return fmt.Errorf("%w: %d radii", ErrRadius, len(radiiM))
	}
	for i, r := range radiiM {
		if r < MinRadiusM || r > MaxRadiusM || i > 0 && r <= radiiM[i-1] {
			return fmt.Errorf("%w: %v", ErrRadius, radiiM)
		}
	}
	return nil
}

func inMM(radiiM []uint32) []uint32 {
	mm := make([]uint32, len(radiiM))
	for i, r := range radiiM {
		mm[i] = r * mmPerM
	}
	return mm
}

type choiceKey struct {
	service, kind, profile string
	straight               bool
}

// choice is the facilities that a question is about.
func (b *Board) choice(ctx context.Context, a asked) (*choice, error) {
	var g *walk.Graph
	if a.Mode == Walk {
		var err error
		if g, err = b.Network(ctx, a.Profile); err != nil {
			return nil, err
		}
	}
	key := choiceKey{a.Service, a.Kind, a.Profile, a.Mode == Straight}
	return b.choices.get(ctx, key, func(ctx context.Context, before *choice, _ bool) (*choice, error) {
		return newChooser(a.service, a.kind, a.Profile, g).choose(ctx, b.city, changesOf(b.changes, a.Service), before)
	})
}

// fieldKey is a question and how far its search goes.
type fieldKey struct {
	Question
	limitMM uint32
}

// field is the distances that a question asks for, as far as its radii need them.
func (b *Board) field(ctx context.Context, a asked, radiiM []uint32) (*field, error) {
	chosen, err := b.choice(ctx, a)
	if err != nil {
		return nil, err
	}
	if a.Mode == Straight {
		return b.straightField(ctx, a, chosen, limitFor(radiiM))
	}
	l, err := b.lay(ctx, a.Res, a.Profile)
	if err != nil {
		return nil, err
	}
	limit := limitFor(radiiM)
	return b.fields.get(ctx, fieldKey{a.Question, limit}, func(ctx context.Context, before *field, had bool) (*field, error) {
		if had && before.lay == l {
			return before.next(chosen, b.live), ctx.Err()
		}
		nodes, err := b.nodes(ctx)
		if err != nil {
			return nil, err
		}
		return newField(ctx, l, chosen, limit, newWalkReach(l, nodes, limit))
	})
}

func (b *Board) nodes(ctx context.Context) (*incidence, error) {
	s, err := b.streets(ctx)
	if err != nil {
		return nil, err
	}
	return s.nodes.get(ctx, true, func(ctx context.Context, _ *incidence, _ bool) (*incidence, error) {
		return newIncidence(s.Network), ctx.Err()
	})
}

// straightLay is the hexagons of a sheet in blocks.
type straightLay struct {
	lay    *lay
	blocks *blocks
}

func (b *Board) straightLay(ctx context.Context, res int) (*straightLay, error) {
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	return b.straight.get(ctx, res, func(ctx context.Context, before *straightLay, had bool) (*straightLay, error) {
		if had && before.lay.sheet == sheet {
			return before, nil
		}
		l, n, err := layStraight(ctx, sheet)
		return &straightLay{l, n}, err
	})
}

func (b *Board) straightField(ctx context.Context, a asked, chosen *choice, limitMM uint32) (*field, error) {
	l, err := b.straightLay(ctx, a.Res)
	if err != nil {
		return nil, err
	}
	g, err := b.Network(ctx, walkProfileID)
	if err != nil {
		return nil, err
	}
	streets, err := b.crows.get(ctx, a.Res, func(ctx context.Context, before *crowStreets, had bool) (*crowStreets, error) {
		if had && before.graph == g && before.blocks == l.blocks {
			return before, nil
		}
		return newCrowStreets(g, l.blocks), ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return b.fields.get(ctx, fieldKey{a.Question, limitMM}, func(ctx context.Context, before *field, had bool) (*field, error) {
		if had && before.lay == l.lay && before.streets == streets {
			return before.next(chosen, b.live), ctx.Err()
		}
		f, err := newField(ctx, l.lay, chosen, limitMM, newStraightReach(l.lay, l.blocks, streets, limitMM))
		if err != nil {
			return nil, err
		}
		f.streets = streets
		return f, nil
	})
}

type dealKey struct {
	layKey
	by string
}

type waysKey struct {
	res         int
	profile, by string
}

// counted is the field of a question and its sums by area.
func (b *Board) counted(ctx context.Context, a asked, radiiM []uint32, by string) (*field, *account, error) {
	f, err := b.field(ctx, a, radiiM)
	if err != nil {
		return nil, nil, err
	}
	acc, err := b.account(ctx, a, f, by, radiiM)
	return f, acc, err
}

// account is the sums of a field by areas of a kind.
func (b *Board) account(ctx context.Context, a asked, f *field, by string, radiiM []uint32) (*account, error) {
	d, err := b.deal(ctx, a, f.lay, by)
	if err != nil {
		return nil, err
	}
	w, err := b.ways(ctx, a, by)
	if err != nil {
		return nil, err
	}
	key := accountKey{deal: d, ways: w}
	radiiMM := inMM(radiiM)
	copy(key.radiiMM[:], radiiMM)
	return f.accounts.get(ctx, key, func(ctx context.Context, _ *account, _ bool) (acc *account, err error) {
		f.with(func(r reach) { acc = newAccount(d, w, radiiMM, f.mm, r) })
		return acc, ctx.Err()
	})
}

func (b *Board) deal(ctx context.Context, a asked, l *lay, by string) (*deal, error) {
	areas, err := b.Areas(ctx, a.Res, by)
	if err != nil {
		return nil, err
	}
	who, err := b.people(ctx, a.Res, everybody)
	if err != nil {
		return nil, err
	}
	return b.deals.get(ctx, dealKey{layKey{a.Res, a.Profile}, by}, func(ctx context.Context, before *deal, had bool) (*deal, error) {
		if had && before.lay == l && before.areas == areas && sameSlice(before.persons, who.byHexagon) {
			return before, nil
		}
		return newDeal(l, areas, who.byHexagon), ctx.Err()
	})
}

func (b *Board) ways(ctx context.Context, a asked, by string) (*ways, error) {
	areas, err := b.Areas(ctx, a.Res, by)
	if err != nil {
		return nil, err
	}
	g, err := b.Network(ctx, a.Profile)
	if err != nil {
		return nil, err
	}
	return b.waysBy.get(ctx, waysKey{a.Res, g.Profile.ID, by}, func(ctx context.Context, before *ways, had bool) (*ways, error) {
		if had && before.graph == g && before.areas == areas {
			return before, nil
		}
		return newWays(ctx, g, areas, exclusive(b.city.Net(), by))
	})
}

// sameSlice tells whether two slices are one.
func sameSlice(a, b []uint32) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) && (a == nil) == (b == nil)
}
