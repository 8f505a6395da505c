package grid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// ErrTolerance says that borders cannot be brought together over such a distance.
var ErrTolerance = errors.New("no tolerance for borders")

// Bounds of what is mended at once.
const (
	MaxDrawn     = 50_000 // polygons
	MaxTolerance = 5      // metres
)

// Drawn is a grid as somebody drew it.
type Drawn struct {
	Row        int64 // in the file, from 1
	Code, Name string
	Shape      orb.MultiPolygon // degrees; anything
}

// MendedCell is a drawn grid that can be used.
type MendedCell struct {
	Drawn         // Shape is valid, on the lattice
	Remark string // what was done to the shape, in Chinese and English; "" for nothing of note
}

// DrawnReject is why a drawn grid cannot be used.
type DrawnReject struct {
	Row    int64  `json:"row"`
	Key    string `json:"key,omitempty"` // its code
	Reason string `json:"code"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"`
}

// Mended is what became of drawn grids.
type Mended struct {
	Cells    []MendedCell // in the order in which they were drawn
	Refused  []DrawnReject
	Report   MendReport
	Findings []lattice.Finding // what is wrong with the cells still; ids are places in Cells
}

// MendReport counts what was done.
type MendReport struct {
	Read       int            `json:"read" doc:"读入的面数"`
	Cells      int            `json:"cells" doc:"可用的面数"`
	Refused    map[string]int `json:"refused" doc:"拒绝的面数，按原因"`
	Repaired   int            `json:"repaired" doc:"图形无效、已重建的面数"`
	ToleranceM float64        `json:"tolerance_m" doc:"边界咬合的容差"`
	Moved      int            `json:"moved" doc:"并到邻格顶点的顶点数"`
	Inserted   int            `json:"inserted" doc:"插入到邻格边上的顶点数"`
	Closed     int            `json:"closed" doc:"窄于容差而消除的缝隙和重叠数"`
	Findings   map[string]int `json:"findings" doc:"仍然存在的问题，按种类"`
}

// Mend makes usable grids of polygons as people draw them. Rings that are not valid are built anew; a polygon or a code that comes again is refused,
// the first one stays. Vertices within the tolerance of a neighbour's vertex or border are brought together with it, so that the two share their
// border; gaps and overlaps that are left and thinner than the tolerance are closed; wider ones stay and are told of. Errors: ErrTooLarge, ErrTolerance,
// lattice.ErrComplex, and that of ctx.
func Mend(ctx context.Context, drawn []Drawn, toleranceM float64) (Mended, error) {
	switch {
	case len(drawn) > MaxDrawn:
		return Mended{}, fmt.Errorf("%w: %d polygons", ErrTooLarge, len(drawn))
	case !(toleranceM >= 0 && toleranceM <= MaxTolerance):
		return Mended{}, fmt.Errorf("%w: %g m", ErrTolerance, toleranceM)
	}
	m := Mended{Report: MendReport{Read: len(drawn), ToleranceM: toleranceM, Refused: map[string]int{}, Findings: map[string]int{}}}
	m.sift(drawn)
	if toleranceM > 0 {
		m.bring(toleranceM)
	}
	if err := m.close(ctx, toleranceM); err != nil {
		return Mended{}, err
	}
	for _, f := range m.Findings {
		m.Report.Findings[string(f.Kind)]++
	}
	m.Report.Cells = len(m.Cells)
	return m, nil
}

// refuse takes a drawn grid out.
func (m *Mended) refuse(d Drawn, reason, zh, en, detail string) {
	m.Refused = append(m.Refused, DrawnReject{Row: d.Row, Key: d.Code, Reason: reason, Zh: zh, En: en, Detail: detail})
	m.Report.Refused[reason]++
}

// sift takes what can be used, with valid shapes.
func (m *Mended) sift(drawn []Drawn) {
	shapes, codes := map[string]int64{}, map[string]int64{}
	for _, d := range drawn {
		remark, err := d.repair()
		if err != nil {
			m.refuse(d, "invalid", "图形无效，且无法重建", "not a valid shape, nor can one be made of it", err.Error())
			continue
		}
		if geo.AreaMultiM2(d.Shape) < lattice.LeastM2 {
			m.refuse(d, "too_small", "面积不足 1 平方米", "less than a square metre", "")
			continue
		}
		key := shapeKey(d.Shape)
		if first, again := shapes[key]; again {
			m.refuse(d, "duplicate_shape", "与前面的面完全相同", "the same polygon came before", fmt.Sprintf("row %d", first))
			continue
		}
		if first, again := codes[d.Code]; again && d.Code != "" {
			m.refuse(d, "duplicate_code", "代码与前面的面重复", "the code came before", fmt.Sprintf("row %d", first))
			continue
		}
		shapes[key], codes[d.Code] = d.Row, d.Row
		if remark != "" {
			m.Report.Repaired++
		}
		m.Cells = append(m.Cells, MendedCell{d, remark})
	}
}

// repair puts a shape on the lattice and builds it anew where it is not valid.
func (d *Drawn) repair() (remark string, err error) {
	if n := vertices(d.Shape); n > geo.MaxVertices {
		return "", fmt.Errorf("%w: %d vertices", ErrTooLarge, n)
	}
	fault := geo.Check(d.Shape)
	shape := lattice.Snap(d.Shape)
	if fault == nil {
		fault = geo.Check(shape)
	}
	if fault == nil {
		d.Shape = shape
		return "", nil
	}
	shape = lattice.Dissolve([]orb.MultiPolygon{shape})
	if geo.Check(shape) != nil {
		return "", fault
	}
	d.Shape = shape
	var f *geo.Fault
	if errors.As(fault, &f) {
		return fmt.Sprintf("已重建 rebuilt: %s %s", f.Code.Title(), f.Code.TitleEn()), nil
	}
	return "已重建 rebuilt", nil
}

func vertices(mp orb.MultiPolygon) (n int) {
	for _, p := range mp {
		for _, r := range p {
			n += len(r)
		}
	}
	return n
}

// shapeKey is the same for shapes with the same rings, wherever these begin and whichever way they run.
func shapeKey(mp orb.MultiPolygon) string {
	var rings []string
	for _, p := range mp {
		for _, r := range p {
			open := slices.Clone(r[:len(r)-1])
			if r.Orientation() == orb.CW {
				slices.Reverse(open)
			}
			first := 0
			for i := range open {
				if comparePoints(open[i], open[first]) < 0 {
					first = i
				}
			}
			rings = append(rings, fmt.Sprint(slices.Concat(open[first:], open[:first])))
		}
	}
	slices.Sort(rings)
	return strings.Join(rings, "")
}

func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

// bring brings the borders of cells together, and keeps those as they were of which nothing valid is left.
func (m *Mended) bring(toleranceM float64) {
	shapes := make([]orb.MultiPolygon, len(m.Cells))
	for i := range m.Cells {
		shapes[i] = m.Cells[i].Shape
	}
	joined, moved, inserted := joinBorders(shapes, toleranceM)
	m.Report.Moved, m.Report.Inserted = moved, inserted
	for i := range m.Cells {
		d := Drawn{Shape: joined[i]}
		if _, err := d.repair(); err == nil && geo.AreaMultiM2(d.Shape) >= lattice.LeastM2 {
			m.Cells[i].Shape = d.Shape
		}
	}
}

// closeRounds is how often it is looked for what is left to be closed: closing one gap may leave a part of another.
const closeRounds = 3

// close closes gaps and overlaps that are thinner than the tolerance, and finds what is wrong then.
func (m *Mended) close(ctx context.Context, toleranceM float64) (err error) {
	net := lattice.Net{Cells: make([]lattice.Cell, len(m.Cells))}
	for i, c := range m.Cells {
		net.Cells[i] = lattice.Cell{ID: int64(i), Code: c.Code, Shape: c.Shape}
	}
	for range closeRounds {
		if m.Findings, err = lattice.Check(ctx, net); err != nil {
			return err
		}
		closed := 0
		for _, f := range m.Findings {
			if f.WidthM >= toleranceM || f.Kind == lattice.Rectangle || f.Kind == lattice.Invalid {
				continue
			}
			change, ok := lattice.Repair(net, f)
			if !ok {
				continue
			}
			closed++
			for id, shape := range change.Shapes {
				net.Cells[id].Shape, m.Cells[id].Shape = shape, shape
			}
		}
		m.Report.Closed += closed
		if closed == 0 {
			return nil
		}
	}
	m.Findings, err = lattice.Check(ctx, net)
	return err
}
