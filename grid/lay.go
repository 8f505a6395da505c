package grid

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// Why no grids can be laid.
var (
	// ErrArea: the area is no valid area, or lies beyond 85 degrees of latitude.
	ErrArea = errors.New("grids cannot be laid over this area")
	// ErrTooLarge: more than MaxLaid grids, an area more than two degrees wide, or borders too intricate to be computed.
	ErrTooLarge = errors.New("the area is too large")
)

// MaxLaid is how many grids are laid at once.
const MaxLaid = 20_000

// UnitM2 is the area that a unit grid aims at, one hectare.
const UnitM2 = 10_000

// What a grid may have, in shares of the area wanted: larger ones are divided, smaller ones joined to a neighbour.
const (
	tooLarge = 1.5
	tooSmall = 0.5
	sliver   = 1.0 / 3
)

// layRounds is how often grids that became too large by joining are divided again.
const layRounds = 4

// Site is what is known of the ground that grids are laid over.
type Site struct {
	Area      orb.MultiPolygon
	Streets   []orb.LineString // that bound blocks: roads, railways, walls, banks of water, edges of parks
	Alleys    []orb.LineString // that divide blocks which are too large
	Buildings []Building       // that no border should run through
}

// Building is a building, or one of its parts.
type Building struct {
	ID    int64
	Shape orb.Polygon
}

// Layout is a net of grids that somebody may accept.
type Layout struct {
	Cells  []orb.MultiPolygon // each one polygon; in rows from north to south, and from west to east in a row
	Report LayReport
}

// Lay cuts an area into grids of about targetM2 square metres: along streets into blocks, blocks that are too large along alleys and then straight
// across, and joins what is too small to the neighbour with which it shares most of its border, not counting streets if it can be helped. Where
// a border would run through a building it runs along the building's walls instead, unless the building is itself larger than a grid.
// The grids have no gap and no overlap: their vertices lie on the lattice of 1e-9 degrees, and two neighbours have the same vertices along their
// common border. Errors: ErrArea, ErrTooLarge, and that of ctx.
func Lay(ctx context.Context, s Site, targetM2 float64) (Layout, error) {
	if err := s.check(targetM2); err != nil {
		return Layout{}, err
	}
	l := newLayer(ctx, s, targetM2)
	cells, err := l.settle(slices.Clip(s.Streets))
	if err != nil {
		return Layout{}, err
	}
	for range layRounds {
		lines, err := l.divide(cells)
		if err != nil {
			return Layout{}, err
		}
		if len(lines) == 0 {
			break
		}
		if cells, err = l.settle(append(newMesh(cells, l.along).borders(), lines...)); err != nil {
			return Layout{}, err
		}
	}
	for _, c := range cells {
		if err := geo.Check(c); err != nil {
			return Layout{}, fmt.Errorf("%w: too fine a detail: %w", ErrArea, err)
		}
	}
	return Layout{Cells: cells, Report: l.report(cells)}, nil
}

// check refuses what cannot be laid over.
func (s Site) check(targetM2 float64) error {
	if err := geo.Check(s.Area); err != nil {
		return fmt.Errorf("%w: %w", ErrArea, err)
	}
	if !(targetM2 >= 1) {
		return fmt.Errorf("%w: grids of %g m²", ErrArea, targetM2)
	}
	b := s.Area.Bound()
	switch {
	case math.Abs(b.Min[1]) > 85 || math.Abs(b.Max[1]) > 85:
		return fmt.Errorf("%w: it is too near to a pole", ErrArea)
	case b.Max[0]-b.Min[0] > 2 || b.Max[1]-b.Min[1] > 2:
		return fmt.Errorf("%w: it is more than two degrees wide", ErrTooLarge)
	}
	if n := geo.AreaMultiM2(s.Area) / targetM2; n > MaxLaid {
		return fmt.Errorf("%w: %.0f grids", ErrTooLarge, n)
	}
	return nil
}

// layer lays grids over one area.
type layer struct {
	ctx       context.Context //nolint:containedctx // it lives as long as one call of Lay
	area      orb.MultiPolygon
	targetM2  float64
	along     func(at orb.Point) border // what a border runs along there
	alleys    found[orb.LineString]
	buildings found[Building]
}

func newLayer(ctx context.Context, s Site, targetM2 float64) *layer {
	return &layer{
		ctx: ctx, area: lattice.Snap(s.Area), targetM2: targetM2, along: ways(s.Streets, s.Alleys),
		alleys:    findable(s.Alleys, func(l orb.LineString) orb.Bound { return l.Bound() }),
		buildings: findable(s.Buildings, func(b Building) orb.Bound { return b.Shape.Bound() }),
	}
}

// cut cuts an area along lines, and asks first whether to go on.
func (l *layer) cut(area orb.MultiPolygon, lines []orb.LineString) ([]orb.MultiPolygon, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	faces := lattice.Cut(area, lines)
	if len(faces) == 0 || len(faces) > 16*MaxLaid {
		return nil, fmt.Errorf("%w: %d pieces", ErrTooLarge, len(faces))
	}
	return faces, nil
}

// settle cuts the area along lines, leads the cuts around buildings, and joins what is too small.
func (l *layer) settle(lines []orb.LineString) ([]orb.MultiPolygon, error) {
	cells, err := l.cut(l.area, lines)
	if err != nil {
		return nil, err
	}
	var whole []Building
	for range wallRounds {
		more := slices.DeleteFunc(l.cutBuildings(cells), func(b Building) bool { return geo.AreaM2(b.Shape) > tooLarge*l.targetM2 })
		if len(more) == 0 && len(whole) > 0 {
			return cells, nil
		}
		whole = append(whole, more...)
		for _, b := range more {
			for _, r := range b.Shape {
				lines = append(lines, orb.LineString(r))
			}
		}
		faces, err := l.cut(l.area, lines)
		if err != nil {
			return nil, err
		}
		m := newMesh(faces, l.along)
		m.keepWhole(whole)
		m.join(tooSmall*l.targetM2, tooLarge*l.targetM2)
		if cells, err = l.cut(l.area, m.borders()); err != nil || len(more) == 0 {
			return cells, err
		}
	}
	return cells, nil
}

// wallRounds is how often it is looked for buildings that the walls of others run through.
const wallRounds = 6

// divide gives lines that cut what is too large.
func (l *layer) divide(cells []orb.MultiPolygon) ([]orb.LineString, error) {
	var lines []orb.LineString
	for _, c := range cells {
		if geo.AreaMultiM2(c) <= tooLarge*l.targetM2 {
			continue
		}
		parts := []orb.MultiPolygon{c}
		if alleys := l.alleys.near(c.Bound()); len(alleys) > 0 {
			faces, err := l.cut(c, alleys)
			if err != nil {
				return nil, err
			}
			m := newMesh(faces, l.along)
			m.join(tooSmall*l.targetM2, tooLarge*l.targetM2)
			along := m.borders()
			if parts, err = l.cut(c, along); err != nil {
				return nil, err
			}
			lines = append(lines, along...)
		}
		for _, p := range parts {
			across, err := l.split(p)
			if err != nil {
				return nil, err
			}
			lines = append(lines, across...)
		}
	}
	return lines, nil
}

// split gives lines that cut a block into grids of the size wanted.
func (l *layer) split(block orb.MultiPolygon) ([]orb.LineString, error) {
	m2 := geo.AreaMultiM2(block)
	n := int(math.Round(m2 / l.targetM2))
	if m2 <= tooLarge*l.targetM2 || n < 2 {
		return nil, nil
	}
	lines := ruling(block.Bound(), l.targetM2)
	if n < openGround {
		lines = []orb.LineString{newCutter(block[0], l.buildings.near(block.Bound()), l.targetM2).best(n)}
	}
	parts, err := l.cut(block, lines)
	if err != nil {
		return nil, err
	}
	m := newMesh(parts, l.along)
	if n >= openGround {
		m.join(tooSmall*l.targetM2, tooLarge*l.targetM2)
		return m.borders(), nil
	}
	lines = m.borders()
	if len(parts) < 2 {
		return nil, nil
	}
	for _, p := range parts {
		more, err := l.split(p)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// openGround is of how many grids a block without streets and alleys is ruled straight instead of being halved again and again.
const openGround = 40

// ruling is straight lines that divide a box into nearly square cells of the area wanted.
func ruling(b orb.Bound, targetM2 float64) []orb.LineString {
	c, side := b.Center(), math.Sqrt(targetM2)
	columns := math.Max(1, math.Round(geo.DistanceM(orb.Point{b.Min[0], c[1]}, orb.Point{b.Max[0], c[1]})/side))
	rows := math.Max(1, math.Round(geo.DistanceM(orb.Point{c[0], b.Min[1]}, orb.Point{c[0], b.Max[1]})/side))
	var lines []orb.LineString
	for i := 1.0; i < columns; i++ {
		x := b.Min[0] + (b.Max[0]-b.Min[0])*i/columns
		lines = append(lines, orb.LineString{{x, b.Min[1]}, {x, b.Max[1]}})
	}
	for i := 1.0; i < rows; i++ {
		y := b.Min[1] + (b.Max[1]-b.Min[1])*i/rows
		lines = append(lines, orb.LineString{{b.Min[0], y}, {b.Max[0], y}})
	}
	return lines
}
