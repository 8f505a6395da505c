package lattice

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Net is what is checked.
type Net struct {
	Cells   []Cell
	Extent  orb.MultiPolygon            // the ground that the net must cover; nil where that is not known
	Regions map[string]orb.MultiPolygon // by Cell.Region
	Within  bool                        // every cell must lie in its region, or in the extent where it has none
}

// Kind is what is wrong.
type Kind string

// The kinds of findings.
const (
	Gap       Kind = "gap"       // ground of the extent in no cell; where the extent is not known, ground that cells enclose
	Overlap   Kind = "overlap"   // ground in several cells
	Sliver    Kind = "sliver"    // a gap or an overlap that is thin and small
	Outside   Kind = "outside"   // ground of a cell outside its region
	Invalid   Kind = "invalid"   // a shape that geo.Check refuses
	Rectangle Kind = "rectangle" // a placeholder: four corners, sides along the axes
)

// A gap or an overlap that is thinner than SliverM metres and has less than SliverM2 square metres is a sliver.
const (
	SliverM  = 1
	SliverM2 = 10
)

// Finding is one thing that is wrong with a net, in one piece.
type Finding struct {
	Kind   Kind
	Base   Kind    // Gap or Overlap, for a Sliver; otherwise ""
	Cells  []int64 // ascending: those around a gap, those that overlap, the cell itself
	Shape  orb.MultiPolygon
	AreaM2 float64
	WidthM float64 // of its widest place; 0 for Invalid and Rectangle
}

// Check finds everything that is wrong with a net, sorted by kind, cells and place. It ignores what is thinner than a millimetre. Errors: ErrComplex, and
// that of ctx.
func Check(ctx context.Context, n Net) ([]Finding, error) {
	out := append(invalids(n.Cells), rectangles(n.Cells)...)
	s, err := newSurvey(ctx, n)
	if err != nil {
		return nil, err
	}
	out = append(out, s.findings()...)
	sortFindings(out)
	return out, nil
}

// invalids finds cells with invalid shapes.
func invalids(cells []Cell) []Finding {
	var out []Finding
	for _, c := range cells {
		if geo.Check(c.Shape) != nil {
			out = append(out, c.whole(Invalid))
		}
	}
	return out
}

// whole is a finding about the shape of a cell.
func (c Cell) whole(k Kind) Finding {
	return Finding{Kind: k, Cells: []int64{c.ID}, Shape: c.Shape, AreaM2: areaM2(c.Shape)}
}

// rectangles finds placeholders, unless at least half of the net is rectangles: then they are its design.
func rectangles(cells []Cell) []Finding {
	var out []Finding
	for _, c := range cells {
		if isRectangle(c.Shape) {
			out = append(out, c.whole(Rectangle))
		}
	}
	if 2*len(out) >= len(cells) {
		return nil
	}
	return out
}

func isRectangle(mp orb.MultiPolygon) bool {
	if len(mp) != 1 || len(mp[0]) != 1 {
		return false
	}
	box := boxOf(mp)
	low, high := vertexAt(box.Min), vertexAt(box.Max)
	for _, p := range mp[0][0] { // most cells end here
		if v := vertexAt(p); v.x != low.x && v.x != high.x || v.y != low.y && v.y != high.y {
			return false
		}
	}
	r := snapRing(mp[0][0])
	return placed(mp[0]) && len(r) == 4 && r[0] != r[2] && r[1] != r[3] && (r[0].x == r[1].x) != (r[0].y == r[1].y) && (r[1].x == r[2].x) != (r[1].y == r[2].y)
}

func sortFindings(fs []Finding) {
	rank := func(k Kind) int { return slices.Index([]Kind{Gap, Overlap, Sliver, Outside, Invalid, Rectangle}, k) }
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Base, b.Base), slices.Compare(a.Cells, b.Cells), compareShapes(a.Shape, b.Shape))
	})
}

// compareShapes orders shapes by their outer rings.
func compareShapes(a, b orb.MultiPolygon) int {
	return slices.CompareFunc(a, b, func(p, q orb.Polygon) int {
		return slices.CompareFunc(p, q, func(r, s orb.Ring) int {
			return slices.CompareFunc(r, s, func(u, v orb.Point) int { return cmp.Or(cmp.Compare(u[0], v[0]), cmp.Compare(u[1], v[1])) })
		})
	})
}
