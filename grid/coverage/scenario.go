package coverage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// MaxChanges is how many changes a scenario may have.
const MaxChanges = 200

// The operations of a Change.
//
// A street that OpOpenStreet opens along a Line joins the streets on the ground that it crosses. An end that meets none within 25 m of itself along the
// Line is led on, straight, to the nearest of them within 25 m that no barrier parts it from, unless that runs back along the Line; beyond that it joins none.
const (
	OpAdd         = "add"          // a facility of Service at At
	OpClose       = "close"        // facility ID of Service
	OpMove        = "move"         // facility ID of Service to At
	OpCloseStreet = "close_street" // Street cannot be walked
	OpOpenStreet  = "open_street"  // Street can be, or a new one along Line, whose ends join streets within 25 m
)

// Change is something that a scenario changes. It is in no record. 情景变更。
type Change struct {
	Op      string         `json:"op"`
	Service string         `json:"service,omitempty"`
	ID      int64          `json:"id,omitempty"` // -1, -2 … are facilities that the scenario added, in its order
	At      *orb.Point     `json:"at,omitempty"`
	Supply  *float64       `json:"supply,omitempty"` // what the facility offers; as before, or 1, where not given
	Street  string         `json:"street,omitempty"` // road:<id> or back_alley:<id>
	Line    orb.LineString `json:"line,omitempty"`
	Name    string         `json:"name,omitempty"`
}

// Fault says what is wrong with which change.
type Fault struct {
	Pointer string // JSON pointer into the list of changes: /3/at
	Zh, En  string
}

// Faults are what is wrong with a scenario. It is an error.
type Faults []Fault

// Error is the first of them in English.
func (f Faults) Error() string {
	if len(f) == 0 {
		return "no fault"
	}
	return f[0].Pointer + ": " + f[0].En
}

// With is the board with changes, on top of those it has already; it answers as any board does. It fails with ErrTooLarge beyond MaxChanges in
// all, and with Faults where a change names what is not there or makes no sense.
func (b *Board) With(ctx context.Context, changes []Change) (*Board, error) {
	if len(b.changes)+len(changes) > MaxChanges {
		return nil, fmt.Errorf("%w: %d changes", ErrTooLarge, len(b.changes)+len(changes))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if faults := b.check(changes); len(faults) > 0 {
		return nil, faults
	}
	if len(changes) == 0 {
		return b, nil
	}
	all := slices.Concat(b.changes, changes)
	key, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return b.plans.of(all).get(ctx, string(key), func(context.Context, *Board, bool) (*Board, error) {
		base := b.base
		if len(streetChangesOf(changes)) > 0 {
			base = b.elsewhere()
		}
		plan := b.heir(b.city, all, base)
		plan.plans = b.plans
		return plan, nil
	})
}

// plans are the scenarios of one state of the city, also those on top of others, by all their changes. What changes streets has a network, and hexagons on
// it, of its own: fewer of those are kept.
type plans struct{ facilities, streets shelf[string, *Board] }

// How many scenarios a state of the city keeps at most.
const (
	mostPlans       = 8
	mostStreetPlans = 4
)

func newPlans() *plans {
	return &plans{shelf[string, *Board]{most: mostPlans}, shelf[string, *Board]{most: mostStreetPlans}}
}

// of is where scenarios with such changes are kept.
func (p *plans) of(changes []Change) *shelf[string, *Board] {
	if len(streetChangesOf(changes)) > 0 {
		return &p.streets
	}
	return &p.facilities
}
