package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid"
	"wangge/grid/lattice"
)

// plan is what an edit is to do to the grids of a scheme, before anything is written.
type plan struct {
	kind    grid.EditKind
	note    string
	undoes  int64
	made    []newGrid
	retired []int64
	shapes  map[int64]orb.MultiPolygon // of grids that stay
	touched map[int64]bool             // those of shapes that only got vertices
	members map[int64][]int64          // of grids that stay: the new members
	revive  bool                       // duties that ended with the edit to be undone come back
	rejoin  map[int64][]int64          // of nets: former members, in whose stead comes what comes of them
}

// newGrid is a grid to be made.
type newGrid struct {
	shape   orb.MultiPolygon
	name    string
	code    string  // "" for the next of its division
	region  string  // that the caller said; "" for where it lies
	from    []int64 // what it comes of
	like    int64   // whose use, level and departments it has; 0 for the first that it comes of
	members []int64
}

func (d *desk) plan(kind grid.EditKind, note string) *plan {
	return &plan{kind: kind, note: note, shapes: map[int64]orb.MultiPolygon{}, touched: map[int64]bool{}, members: map[int64][]int64{}}
}

// take adds to the plan what a change does to grids that stay.
func (p *plan) take(c lattice.Change) {
	maps.Copy(p.shapes, c.Shapes)
	maps.Copy(p.touched, c.Touched)
}

// moved are the grids that stay and whose ground changes, in the order of their numbers.
func (p *plan) moved() []int64 {
	var ids []int64
	for _, id := range slices.Sorted(maps.Keys(p.shapes)) {
		if !p.touched[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// stay are all grids that stay and are written, in the order of their numbers.
func (p *plan) stay() []int64 {
	ids := slices.AppendSeq(slices.Collect(maps.Keys(p.shapes)), maps.Keys(p.members))
	slices.Sort(ids)
	return slices.Compact(ids)
}

// part tells what becomes of a grid that stays.
func (p *plan) part(id int64) string {
	if p.touched[id] {
		return partTouched
	}
	return partRedrawn
}

// What becomes of a grid in an edit.
const (
	partMade    = "made"
	partRetired = "retired"
	partRedrawn = "redrawn"
	partTouched = "touched"
)

// outsideM2 is how much of a grid may lie outside its division: what rounding does along a border of a kilometre.
const outsideM2 = 1

const (
	// liesInSQL finds, for each shape, the division it lies in whose code has a number of digits, the area outside the division that is named (of
	// the one it lies in where none is named), and the innermost divisions of which it takes more than a border's width.
	liesInSQL = `
WITH RECURSIVE s AS (
    SELECT nth, ST_GeomFromEWKB(shape) AS geom, nullif(named, '') AS named FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY x (shape, named, nth)),
up AS (
    SELECT s.nth, r.code, r.parent_code FROM s JOIN region r ON r.code = region_at(s.geom)
    UNION
    SELECT u.nth, r.code, r.parent_code FROM up u JOIN region r ON r.code = u.parent_code AND r.valid_to IS NULL),
home AS (SELECT s.nth, (SELECT u.code FROM up u WHERE u.nth = s.nth AND length(u.code) = $3 LIMIT 1) AS code FROM s),
over AS (
    SELECT s.nth, r.code, r.parent_code FROM s JOIN region r ON ST_Intersects(r.geom, s.geom) JOIN region_kind k ON k.id = r.kind
    WHERE k.is_division AND r.valid_to IS NULL
      AND ST_Area(ST_CollectionExtract(ST_Intersection(r.geom, s.geom), 3)::geography) > $4)
SELECT coalesce(h.code, ''), coalesce((
           SELECT CASE WHEN ST_CoveredBy(s.geom, r.geom) THEN 0 ELSE ST_Area(ST_CollectionExtract(ST_Difference(s.geom, r.geom), 3)::geography) END
           FROM region r WHERE r.code = coalesce(s.named, h.code) AND r.valid_to IS NULL AND r.geom IS NOT NULL), 0),
       coalesce((SELECT array_agg(o.code ORDER BY o.code) FROM over o
           WHERE o.nth = s.nth AND NOT EXISTS (SELECT FROM over i WHERE i.nth = o.nth AND i.parent_code = o.code)), '{}')
FROM s JOIN home h USING (nth) ORDER BY s.nth`
)

// lie is where a shape lies.
type lie struct {
	home      string   // code of the division of the pattern's kind; "" for none
	outsideM2 float64  // of the division that its code names
	over      []string // innermost divisions of which it takes some
}

// survey finds where the new shapes of a plan lie and refuses those that leave their division, or reach where the caller may not edit. The result
// is for the grids to be made.
func (d *desk) survey(ctx context.Context, p *plan) ([]lie, error) {
	digits, moved := 0, p.moved()
	if d.scheme.Pattern.Validate() == nil {
		digits = d.scheme.Pattern.RegionDigits()
	}
	var shapes []orb.MultiPolygon
	var named []string
	for i := range p.made {
		shapes, named = append(shapes, p.made[i].shape), append(named, p.made[i].region)
	}
	for _, id := range moved {
		g := d.near[id]
		shapes, named = append(shapes, p.shapes[id]), append(named, d.namedBy(g.Code))
		if err := d.may(g.Region); err != nil {
			return nil, err
		}
	}
	lies, err := d.lies(ctx, shapes, named, digits)
	if err != nil {
		return nil, err
	}
	for i, l := range lies {
		if err := geo.Check(shapes[i]); err != nil {
			return nil, fmt.Errorf("%w: %w", lattice.ErrShape, err)
		}
		for _, region := range l.over {
			if err := d.may(region); err != nil {
				return nil, err
			}
		}
		if len(l.over) == 0 {
			if err := d.may(""); err != nil {
				return nil, err
			}
		}
		if digits > 0 && l.outsideM2 > outsideM2 {
			return nil, fmt.Errorf("%w: %.1f m² outside", grid.ErrOutside, l.outsideM2)
		}
	}
	return lies[:len(p.made)], nil
}

// namedBy is the division that the code of a grid names; "" for none: then it is held against the one it lies in.
func (d *desk) namedBy(code string) string {
	if !d.scheme.Pattern.NamesDivisions() {
		return ""
	}
	c, err := d.scheme.Pattern.Parse(code)
	if err != nil {
		return ""
	}
	return c.Region
}

// liesAtOnce is of how many shapes it is asked at once where they lie: the question grows with the square of it.
const liesAtOnce = 250

// lies asks where shapes lie.
func (d *desk) lies(ctx context.Context, shapes []orb.MultiPolygon, named []string, digits int) ([]lie, error) {
	encoded, err := encodeAll(shapes)
	if err != nil {
		return nil, err
	}
	all := make([]lie, 0, len(shapes))
	for i := 0; i < len(encoded); i += liesAtOnce {
		end := min(i+liesAtOnce, len(encoded))
		some, err := query(ctx, d.tx, liesInSQL, []any{encoded[i:end], named[i:end], digits, float64(outsideM2)}, readLie)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
