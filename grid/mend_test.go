package grid

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid/lattice"
)

// dirtyNet is a net of columns × rows quarters of 100 m as somebody drew it: every vertex of every polygon off by up to offM, borders with vertices of
// their own, and some faults, which are counted.
func dirtyNet(r *rand.Rand, columns, rows int, offM float64) (drawn []Drawn, faults map[string]int) {
	faults = map[string]int{}
	const step = 0.001
	off := func(p orb.Point) orb.Point {
		a, d := 2*math.Pi*r.Float64(), offM*r.Float64()
		return orb.Point{p[0] + d*math.Cos(a)/90_000, p[1] + d*math.Sin(a)/111_000}
	}
	// Borders bend, the same way for both neighbours: the middle of each side is pushed out of the line.
	bend := func(x, y int, upright bool) orb.Point {
		h := rand.New(rand.NewPCG(uint64(x), uint64(2*y)+map[bool]uint64{true: 1}[upright]))
		at := orb.Point{120 + float64(x)*step, 36 + float64(y)*step}
		if upright {
			return orb.Point{at[0] + (h.Float64()-0.5)*step/5, at[1] + step/2}
		}
		return orb.Point{at[0] + step/2, at[1] + (h.Float64()-0.5)*step/5}
	}
	corner := func(x, y int) orb.Point { return orb.Point{120 + float64(x)*step, 36 + float64(y)*step} }
	for y := range rows {
		for x := range columns {
			ring := orb.Ring{corner(x, y), bend(x, y, false), corner(x+1, y), bend(x+1, y, true), corner(x+1, y+1), bend(x, y+1, false), corner(x, y+1), bend(x, y, true)}
			for i := range ring {
				ring[i] = off(ring[i])
			}
			if r.IntN(3) == 0 { // one side drawn with one vertex more than the neighbour's
				at := r.IntN(len(ring) - 1)
				mid := orb.Point{(ring[at][0] + ring[at+1][0]) / 2, (ring[at][1] + ring[at+1][1]) / 2}
				ring = slices.Insert(ring, at+1, mid)
			}
			n := len(drawn) + 1
			d := Drawn{Row: int64(n), Code: fmt.Sprintf("%05d", n)}
			closed := true
			switch n % 500 {
			case 7: // an ear: the ring turns over itself
				ring[0], ring[1] = ring[1], ring[0]
			case 11:
				closed = false
			}
			if closed {
				ring = append(ring, ring[0])
			}
			d.Shape = orb.MultiPolygon{{ring}}
			if geo.Check(d.Shape) != nil {
				faults["repaired"]++
			}
			drawn = append(drawn, d)
			switch n % 500 {
			case 13:
				drawn = append(drawn, Drawn{Row: int64(n), Code: "x" + d.Code, Shape: d.Shape.Clone()})
				faults["duplicate_shape"]++
			case 17:
				drawn = append(drawn, Drawn{Row: int64(n), Code: d.Code, Shape: orb.MultiPolygon{{rectangle(121, 36, 121.001, 36.001)}}})
				faults["duplicate_code"]++
			case 19:
				drawn = append(drawn, Drawn{Row: int64(n), Shape: orb.MultiPolygon{{orb.Ring{{120, 36}, {120.1, 36}}}}})
				faults["invalid"]++
			case 23:
				drawn = append(drawn, Drawn{Row: int64(n), Code: "r" + d.Code, Shape: orb.MultiPolygon{{rectangle(121+float64(n)/1e4, 36, 121.00005+float64(n)/1e4, 36.00005)}}})
				faults["rectangle"]++
			}
		}
	}
	return drawn, faults
}

// TestMendNet: a net of 7,000 polygons that were drawn one by one shares its borders afterwards, and what was wrong is told.
func TestMendNet(t *testing.T) {
	drawn, faults := dirtyNet(rand.New(rand.NewPCG(3, 4)), 100, 70, 0.2)
	began := time.Now()
	m, err := Mend(t.Context(), drawn, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d polygons in %v: %+v", len(drawn), time.Since(began).Round(time.Millisecond), m.Report)
	if m.Report.Repaired != faults["repaired"] {
		t.Errorf("%d rebuilt, want %d", m.Report.Repaired, faults["repaired"])
	}
	for _, reason := range []string{"duplicate_shape", "duplicate_code", "invalid"} {
		if m.Report.Refused[reason] != faults[reason] {
			t.Errorf("%s: %d, want %d", reason, m.Report.Refused[reason], faults[reason])
		}
	}
	if m.Report.Findings["rectangle"] != faults["rectangle"] {
		t.Errorf("%d rectangles, want %d", m.Report.Findings["rectangle"], faults["rectangle"])
	}
	for i, c := range m.Cells {
		if err := geo.Check(c.Shape); err != nil {
			t.Errorf("cell %d: %v", i, err)
		}
	}
	// What is left is where the rings turned over themselves, wider than the tolerance.
	for _, f := range m.Findings {
		if f.Kind != lattice.Rectangle && f.WidthM < 0.5 {
			t.Errorf("%s %.2f m² %.3f m wide of %v was not closed", f.Kind, f.AreaM2, f.WidthM, f.Cells)
		}
	}
	if n := m.Report.Findings["gap"] + m.Report.Findings["overlap"] + m.Report.Findings["sliver"]; n > 3*faults["repaired"] {
		t.Errorf("%d gaps and overlaps are left", n)
	}
	again := make([]Drawn, len(m.Cells))
	for i, c := range m.Cells {
		again[i] = c.Drawn
	}
	second, err := Mend(t.Context(), again, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	if second.Report.Moved+second.Report.Inserted+second.Report.Closed+second.Report.Repaired > 0 {
		t.Errorf("mended again: %+v", second.Report)
	}
}

func TestMendKeepsWhatIsWide(t *testing.T) {
	m, err := Mend(t.Context(), []Drawn{
		{Row: 1, Code: "a", Shape: orb.MultiPolygon{{rectangle(120, 36, 120.001, 36.001)}}},
		{Row: 2, Code: "b", Shape: orb.MultiPolygon{{rectangle(120.00095, 36, 120.002, 36.001)}}},                                                             // 4.5 m over a
		{Row: 3, Code: "c", Shape: orb.MultiPolygon{{orb.Ring{{120, 36.001002}, {120.002, 36.001003}, {120.0018, 36.002}, {120, 36.002}, {120, 36.001002}}}}}, // 0.3 m above both
	}, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	if m.Report.Findings["overlap"] != 1 || len(m.Report.Findings) != 1 || len(m.Cells) != 3 {
		t.Errorf("%+v", m.Report)
	}
}

func TestMendRefuses(t *testing.T) {
	if _, err := Mend(t.Context(), make([]Drawn, MaxDrawn+1), 0.5); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	for _, tolerance := range []float64{-1, math.NaN(), 100} {
		if _, err := Mend(t.Context(), nil, tolerance); !errors.Is(err, ErrTolerance) {
			t.Error(tolerance, err)
		}
	}
	m, err := Mend(t.Context(), []Drawn{{Row: 1}, {Row: 2, Shape: orb.MultiPolygon{{}}}, {Row: 3, Shape: orb.MultiPolygon{{rectangle(4_000_000, 36, 4_000_100, 37)}}},
		{Row: 4, Shape: orb.MultiPolygon{{{{math.NaN(), 1}, {2, 2}, {3, 1}, {math.NaN(), 1}}}}}, {Row: 5, Shape: orb.MultiPolygon{{rectangle(120, 36, 120.000001, 36.000001)}}}}, 0.5)
	if err != nil || len(m.Cells) != 0 || len(m.Refused) != 5 || m.Report.Refused["invalid"] != 4 || m.Report.Refused["too_small"] != 1 {
		t.Errorf("%v %+v", err, m)
	}
}
