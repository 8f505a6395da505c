package lattice

import (
	"context"
	"maps"
	"slices"

	"github.com/paulmach/orb"
)

// survey is a net on the ground. Labels are the places of cells, then those of regions, then the extent.
type survey struct {
	*plane
	net     Net
	home    []int32 // cell → label of what it must lie in; -1 for nothing
	extent  int32   // label; -1 where it is not known
	enclose bool    // what cells enclose is a gap
}

// newSurvey cuts the ground along all borders of a net.
func newSurvey(ctx context.Context, n Net) (*survey, error) {
	s := &survey{net: n, extent: -1, enclose: n.Extent == nil}
	var pieces []piece
	for i, c := range n.Cells {
		pieces = shapePieces(pieces, c.Shape, int32(i))
	}
	areas, home := n.homes()
	s.home = home
	if n.Extent != nil {
		s.extent = int32(len(n.Cells) + len(areas) - 1)
	}
	for i, area := range areas {
		pieces = shapePieces(pieces, area, int32(len(n.Cells)+i))
	}
	var err error
	s.plane, err = newPlane(pieces, ctx.Err)
	return s, err
}

// homes lists the areas of a net, whose labels follow those of the cells: regions if cells must lie in them, and last the extent if it is known. home
// is the label of the area that each cell must lie in; -1 for none.
func (n Net) homes() (areas []orb.MultiPolygon, home []int32) {
	label := map[string]int32{}
	if n.Within {
		for _, code := range slices.Sorted(maps.Keys(n.Regions)) {
			label[code] = int32(len(n.Cells) + len(areas))
			areas = append(areas, n.Regions[code])
		}
	}
	if n.Extent != nil {
		if n.Within {
			label[""] = int32(len(n.Cells) + len(areas))
		}
		areas = append(areas, n.Extent)
	}
	for _, c := range n.Cells {
		l, known := label[c.Region]
		if !known {
			l = -1
		}
		home = append(home, l)
	}
	return areas, home
}

// cellsOf lists the cells that a face lies in.
func (s *survey) cellsOf(face int32) []int32 {
	var out []int32
	for _, m := range s.over(face) {
		if int(m.label) < len(s.net.Cells) {
			out = append(out, m.label)
		}
	}
	return out
}

// findings looks at every face.
func (s *survey) findings() []Finding {
	var gaps []int32
	overlaps := map[string][]int32{} // by cover of cells
	outside := map[int32][]int32{}   // by cell
	for i := range s.cover {
		f := int32(i)
		cells := s.cellsOf(f)
		if len(cells) == 0 && s.wanted(f) {
			gaps = append(gaps, f)
		}
		if len(cells) > 1 {
			key := s.over(f)[:len(cells)].key()
			overlaps[key] = append(overlaps[key], f)
		}
		for _, c := range cells {
			if s.home[c] >= 0 && !s.over(f).has(s.home[c]) {
				outside[c] = append(outside[c], f)
			}
		}
	}
	out := s.found(Gap, gaps, s.neighbours)
	for _, faces := range overlaps {
		ids := s.ids(s.cellsOf(faces[0]))
		out = append(out, s.found(Overlap, faces, func(region) []int64 { return ids })...)
	}
	for c, faces := range outside {
		out = append(out, s.found(Outside, faces, func(region) []int64 { return s.ids([]int32{c}) })...)
	}
	return out
}

// wanted tells whether a face without a cell is a gap.
func (s *survey) wanted(face int32) bool {
	if s.enclose {
		return face != 0
	}
	return s.over(face).has(s.extent)
}

// found makes findings of faces.
func (s *survey) found(k Kind, faces []int32, cells func(region) []int64) []Finding {
	if len(faces) == 0 {
		return nil
	}
	var out []Finding
	for _, r := range s.regions(faces, false) {
		f := Finding{Kind: k, Shape: orb.MultiPolygon{r.polygon()}}
		f.AreaM2, f.WidthM = areaM2(f.Shape), widthM(f.Shape[0])
		if f.WidthM < hairM {
			continue
		}
		if k != Outside && f.WidthM < SliverM && f.AreaM2 < SliverM2 {
			f.Kind, f.Base = Sliver, k
		}
		f.Cells = cells(r)
		out = append(out, f)
	}
	return out
}

// neighbours lists the cells that a region borders on.
func (s *survey) neighbours(r region) []int64 {
	var labels []int32
	for _, h := range r.rim {
		labels = append(labels, s.cellsOf(s.left(twin(h)))...)
	}
	return s.ids(labels)
}

// ids gives the ids of cells, ascending, each once.
func (s *survey) ids(labels []int32) []int64 {
	out := make([]int64, len(labels))
	for i, l := range labels {
		out[i] = s.net.Cells[l].ID
	}
	slices.Sort(out)
	return slices.Compact(out)
}
