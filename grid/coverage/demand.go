package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"
)

// Demand is where people live, as far as it is known.
type Demand struct {
	Rows      []DemandRow
	Buildings []orb.Geometry // footprints, Polygon or MultiPolygon, degrees
	Streets   []orb.MultiLineString
}

// DemandRow is persons at a place, or somewhere in an area.
type DemandRow struct {
	Shape   orb.Geometry // Point, MultiPoint, Polygon or MultiPolygon, degrees
	Persons float64      // 0 or more
}

// DemandMethod says how persons came to hexagons. Persons are in thousandths.
type DemandMethod struct {
	Points     int   // rows at a place
	ByBuilding int   // rows of areas that were spread by the footprints in them
	ByStreet   int   // rows without buildings, by the length of streets
	ByArea     int   // rows with neither, by area alone
	Persons    int64 // of all rows
	Outside    int64 // of them where no hexagon is
}

// perPerson is how many of the units of people there are to a person.
const perPerson = 1000

// maxRowPersons bounds the persons of a row: everybody.
const maxRowPersons = 1e10

// People spreads persons over the hexagons of the sheet, in thousandths: those at a place go to its hexagon, those of an area to its buildings by
// footprint, or by length of street where it has none, or by area where it has neither. Every row comes to its persons exactly, those outside the sheet
// included. Rows of no persons, or of a number that is none, count for nothing.
func (s *Sheet) People(ctx context.Context, d Demand) (persons []uint32, how DemandMethod, err error) {
	p := &peopling{sheet: s, sums: make([]uint64, s.Len()), tracer: s.mesh.NewTracer()}
	for _, row := range d.Rows {
		if !(row.Persons > 0) {
			continue
		}
		n := uint64(math.Round(min(row.Persons, maxRowPersons) * perPerson))
		p.how.Persons += int64(n)
		switch shape := row.Shape.(type) {
		case orb.Point:
			p.points(n, shape)
		case orb.MultiPoint:
			p.points(n, shape...)
		case orb.Polygon:
			p.addArea(n, orb.MultiPolygon{shape})
		case orb.MultiPolygon:
			p.addArea(n, shape)
		default:
			p.how.Outside += int64(n)
		}
	}
	if err := p.spread(ctx, d); err != nil {
		return nil, how, err
	}
	return p.whole(), p.how, nil
}

// points deals persons out to places alike.
func (p *peopling) points(n uint64, at ...orb.Point) {
	p.how.Points++
	shares, parts := make([]float64, len(at)), make([]uint64, len(at))
	for i := range shares {
		shares[i] = 1 / float64(len(at))
	}
	if len(at) == 0 {
		p.how.Outside += int64(n)
		return
	}
	allot(parts, n, float64(n), shares)
	for i, q := range at {
		if h, ok := p.sheet.Locate(q); ok {
			p.sums[h] += parts[i]
		} else {
			p.how.Outside += int64(parts[i])
		}
	}
}

// whole is the sums as they are given out. A hexagon never has four million people; what a mistaken row gives beyond that is told as outside.
func (p *peopling) whole() []uint32 {
	out := make([]uint32, len(p.sums))
	for i, n := range p.sums {
		out[i] = uint32(min(n, math.MaxUint32))
		p.how.Outside += int64(n - uint64(out[i]))
	}
	return out
}
