package coverage

import (
	"context"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Board is coverage of one state of the city, or of one with a scenario's changes. It answers always the same, works things out when they are
// first asked for, and is safe for concurrent use.
type Board struct{ city City }

// City is the state of the city that the board is of, without the changes of a scenario.
func (b *Board) City() City { return b.city }

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

// FacilityFigures are what a facility covers: the ground to which it is the nearest, within a radius.
type FacilityFigures struct {
	Facility
	Hexagons   int
	AreaM2     float64
	Population *float64
}

// Flags of Hexes.
const (
	FlagNoNetwork uint8 = 1 << iota // no street within the snap limit
	FlagAmbiguous                   // another street within 25 m would change the class at one of the radii asked for
)

// Gap is uncovered ground of one area: hexagons, dissolved.
type Gap struct {
	Code, Name, NameEn string
	AreaM2             float64 // inside the area
	Population         *float64
	Hexagons           int
	Shape              orb.MultiPolygon // outline of whole hexagons
}

// Table is the figures of a question by area. by is a kind of regions or grid:<scheme>; within the code of a region, "" for all. Errors:
// ErrNoService, ErrRadius, ErrNoArea.
func (b *Board) Table(ctx context.Context, q Question, radiiM []uint32, by, within string) (*Table, error) {
	return nil, ctx.Err()
}

// Ambiguity fills in how much ground of each row of one of this board's tables is ambiguous.
func (b *Board) Ambiguity(ctx context.Context, t *Table) error { return ctx.Err() }

// Gaps are the uncovered ground at a radius, by area, those without any left out. Errors as of Table.
func (b *Board) Gaps(ctx context.Context, q Question, radiusM uint32, by, within string) ([]Gap, error) {
	return nil, ctx.Err()
}

// Facilities are those of the question's service, usable or not, by id, and what they cover within a radius. Errors: ErrNoService, ErrRadius.
func (b *Board) Facilities(ctx context.Context, q Question, radiusM uint32) ([]FacilityFigures, error) {
	return nil, ctx.Err()
}

// Method is how figures of a question are made at radii. Errors: ErrNoService, ErrRadius.
func (b *Board) Method(ctx context.Context, q Question, radiiM []uint32) (Method, error) {
	return Method{}, ctx.Err()
}

// Network is the walking network of a profile, with the streets of the scenario. Errors: ErrNoService.
func (b *Board) Network(ctx context.Context, profile string) (*walk.Graph, error) {
	return nil, ctx.Err()
}

// Res is the resolution of hexagons that fits a kind of areas.
func (b *Board) Res(by string) int { return 11 }

// Persons is how many people live in each hexagon, thousandths; nil where the city gives no population.
func (b *Board) Persons(ctx context.Context, res int) ([]uint32, error) { return nil, ctx.Err() }

// Spots is where each hexagon of a sheet joins the network; Edge is walk.None where it does not.
func (b *Board) Spots(ctx context.Context, res int, profile string) ([]walk.Spot, error) {
	return nil, ctx.Err()
}
