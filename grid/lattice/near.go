package lattice

import (
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// CheckNear is Check of a net of which old were the findings before an edit. changed is the box of every cell that was made, retired or given another
// shape, before and after. It answers what Check answers, but looks only at the ground around the change as long as nothing it finds there reaches
// farther.
func CheckNear(ctx context.Context, n Net, old []Finding, changed orb.Bound) ([]Finding, error) {
	out := append(rectangles(n.Cells), invalidsNear(n, changed)...)
	window := changed
	for _, f := range old {
		switch {
		case f.Kind == Rectangle:
		case f.nowhere(): // an invalid cell, found again
		case boxOf(f.Shape).Intersects(changed):
			window = window.Union(boxOf(f.Shape))
		default:
			out = append(out, f)
		}
	}
	for {
		window = padded(window)
		local, all := n.near(window)
		if all {
			return Check(ctx, n)
		}
		s, err := newSurvey(ctx, local)
		if err != nil {
			return nil, err
		}
		found, whole := s.inWindow(window, changed)
		if whole {
			out = append(out, found...)
			sortFindings(out)
			return out, nil
		}
		window = wider(window)
	}
}

// nowhere tells whether a finding has no place on the earth.
func (f Finding) nowhere() bool { return len(Snap(f.Shape)) == 0 }

// invalidsNear finds invalid cells in a box, and those that lie nowhere.
func invalidsNear(n Net, box orb.Bound) []Finding {
	var near []Cell
	for _, c := range n.Cells {
		if !slices.ContainsFunc(c.Shape, placed) || boxOf(c.Shape).Intersects(box) {
			near = append(near, c)
		}
	}
	return invalids(near)
}

// padded is a box with some steps around it.
func padded(b orb.Bound) orb.Bound { return b.Pad(8 * reach / perDegree) }

// wider is a box three times as large.
func wider(b orb.Bound) orb.Bound {
	w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	return orb.Bound{Min: orb.Point{b.Min[0] - w, b.Min[1] - h}, Max: orb.Point{b.Max[0] + w, b.Max[1] + h}}
}

// near is the cells and regions whose boxes meet a window. all is true where that is every cell.
func (n Net) near(window orb.Bound) (local Net, all bool) {
	local = Net{Extent: n.Extent, Within: n.Within, Regions: map[string]orb.MultiPolygon{}}
	for _, c := range n.Cells {
		if boxOf(c.Shape).Intersects(window) {
			local.Cells = append(local.Cells, c)
			if r, known := n.Regions[c.Region]; known {
				local.Regions[c.Region] = r
			}
		}
	}
	for code, r := range n.Regions {
		if boxOf(r).Intersects(window) {
			local.Regions[code] = r
		}
	}
	return local, len(local.Cells) == len(n.Cells)
}

// inWindow gives the findings that lie in a window and near what changed. whole is false where one reaches out of the window: then it may look different
// from farther away.
func (s *survey) inWindow(window, changed orb.Bound) (out []Finding, whole bool) {
	if s.enclose && s.openIn(window) {
		return nil, false
	}
	for _, f := range s.findings() {
		b := boxOf(f.Shape)
		switch {
		case b.Min[0] > window.Min[0] && b.Min[1] > window.Min[1] && b.Max[0] < window.Max[0] && b.Max[1] < window.Max[1]:
			if b.Intersects(changed) {
				out = append(out, f)
			}
		case meets(f.Shape[0], window):
			return nil, false
		}
	}
	return out, true
}

// openIn tells whether the ground outside of everything shows in a window.
func (s *survey) openIn(window orb.Bound) bool {
	inside := false
	s.around(0, func(h int32) {
		inside = inside || crosses(s.at[s.from[h]].point(), s.at[s.to(h)].point(), window)
	})
	if inside {
		return true
	}
	for _, c := range s.net.Cells {
		for _, p := range c.Shape {
			if geo.Covers(p, window.Min) {
				return false
			}
		}
	}
	return true
}

// meets tells whether a polygon and a box have ground in common.
func meets(p orb.Polygon, b orb.Bound) bool {
	for _, r := range p {
		for i := 1; i < len(r); i++ {
			if crosses(r[i-1], r[i], b) {
				return true
			}
		}
	}
	return geo.Covers(p, b.Min)
}

// crosses tells whether a segment runs through a box.
func crosses(a, c orb.Point, b orb.Bound) bool {
	from, to := 0.0, 1.0
	for axis := range 2 {
		d := c[axis] - a[axis]
		if d == 0 {
			if a[axis] < b.Min[axis] || a[axis] > b.Max[axis] {
				return false
			}
			continue
		}
		t0, t1 := (b.Min[axis]-a[axis])/d, (b.Max[axis]-a[axis])/d
		from, to = max(from, min(t0, t1)), min(to, max(t0, t1))
	}
	return from <= to
}
