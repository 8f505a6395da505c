package coverage

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/geo/walk"
)

// TestExplain: legs add up to the distance to the millimetre, wherever one asks; the distance is that of the hexagon; the second facility is the nearest
// once the first is closed.
func TestExplain(t *testing.T) {
	const blocks = 12
	r := rand.New(rand.NewPCG(5, 6))
	b := boardOf(t, randomCity(blocks, r))
	for _, q := range []Question{{Service: toilet}, {Service: toilet, Profile: nightProfile}, {Service: toilet, Mode: Straight}} {
		h, err := b.Hexes(t.Context(), q, usualRadii, true)
		if err != nil {
			t.Fatal(err)
		}
		nearest, err := b.Nearest(t.Context(), q, usualRadii)
		if err != nil {
			t.Fatal(err)
		}
		for range 150 {
			i := r.IntN(h.Sheet.Len())
			e, err := b.Explain(t.Context(), q, h.Sheet.At(i), 500)
			if err != nil {
				t.Fatal(err)
			}
			if e.DistanceMM != h.MM[i] || (e.Class == NoNetwork) != (h.Flags[i]&FlagNoNetwork != 0) || e.Sentence == "" || e.SentenceEn == "" {
				t.Fatalf("hexagon %d: %d, explained %+v", i, h.MM[i], e)
			}
			if e.Ambiguous && h.Flags[i]&FlagAmbiguous == 0 {
				t.Errorf("hexagon %d is ambiguous and has no flag", i)
			}
			if e.Facility == nil {
				continue
			}
			checkLegs(t, e)
			if e.Facility.ID != h.Facilities[nearest[i]].ID {
				t.Fatalf("hexagon %d: to %d, explained to %d", i, h.Facilities[nearest[i]].ID, e.Facility.ID)
			}
			closed := withOf(t, b, Change{Op: OpClose, Service: toilet, ID: e.Facility.ID})
			next, err := closed.Explain(t.Context(), q, h.Sheet.At(i), 500)
			if err != nil || next.DistanceMM != e.SecondMM || next.Facility != nil && next.Facility.ID != e.Second.ID {
				t.Fatalf("hexagon %d: second %d, with the first closed %d, %v", i, e.SecondMM, next.DistanceMM, err)
			}
		}
	}
}

// TestExplainAlways: an explanation does not depend on what was asked before, and of two facilities equally near that of the record goes before that of a
// scenario.
func TestExplainAlways(t *testing.T) {
	c := newTestCity(8).with(toilet, 1, atM(110, 100), openToilet()).with(toilet, 2, atM(310, 300), openToilet())
	q, at, added := Question{Service: toilet}, atM(100, 100), Change{Op: OpAdd, Service: toilet, At: placeAt(310, 300)}
	fresh, asked := boardOf(t, c), boardOf(t, c)
	tableOf(t, asked, Question{Service: toilet, Res: fineRes}, usualRadii, "community")
	want, err := withOf(t, fresh, added).Explain(t.Context(), q, at, 300)
	if err != nil {
		t.Fatal(err)
	}
	got, err := withOf(t, asked, added).Explain(t.Context(), q, at, 300)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(- of nothing, + after a table of fine hexagons):\n%s", diff)
	}
	if want.Second == nil || want.Second.ID != 2 {
		t.Errorf("the second is %+v", want.Second)
	}
}

func checkLegs(t *testing.T, e Explanation) {
	t.Helper()
	sum, street := uint32(0), ""
	for i, l := range e.Legs {
		sum += l.MM
		if l.Street && street == l.Name && l.Name != "" {
			t.Errorf("legs along %s twice: %+v", l.Name, e.Legs)
		}
		if i > 0 && e.Legs[i-1].Line[len(e.Legs[i-1].Line)-1] != l.Line[0] {
			if walk.DistanceMM(e.Legs[i-1].Line[len(e.Legs[i-1].Line)-1], l.Line[0]) > 2 {
				t.Errorf("leg %d begins elsewhere than the one before ends", i)
			}
		}
		if street = ""; l.Street {
			street = l.Name
		}
	}
	if sum != e.DistanceMM {
		t.Errorf("legs are %d mm, the way %d", sum, e.DistanceMM)
	}
	if e.StraightMM > e.DistanceMM+5 {
		t.Errorf("straight %d mm, on foot %d", e.StraightMM, e.DistanceMM)
	}
}

func TestExplainSentence(t *testing.T) {
	c := newTestCity(12).with(toilet, 1, atM(510, 300), map[string]any{"name": "人民路公厕", "status": "intact"})
	b := boardOf(t, c)
	e, err := b.Explain(t.Context(), Question{Service: toilet}, atM(310, 510), 300)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(e.Sentence)
	t.Log(e.SentenceEn)
	for _, part := range []string{"步行", "“人民路公厕”", "超出 300 米", "沿", "直线", "绕行系数"} {
		if !strings.Contains(e.Sentence, part) {
			t.Errorf("%q lacks %q", e.Sentence, part)
		}
	}
	// A wall around a court: nothing to join although a street passes ten metres away.
	yard := square(20, 20, 80, 80)[0]
	walled := c.with(groundLayer, 1, yard, map[string]any{"kind": "barrier"})
	e, err = boardOf(t, walled).Explain(t.Context(), Question{Service: toilet}, atM(50, 50), 300)
	if err != nil || e.Class != NoNetwork || len(e.Barrier) == 0 {
		t.Errorf("in a walled court: %+v, %v", e, err)
	}
}

// TestAmbiguity holds ambiguous ground against asking at every hexagon.
func TestAmbiguity(t *testing.T) {
	const blocks = 10
	b := boardOf(t, randomCity(blocks, rand.New(rand.NewPCG(9, 9))))
	q := Question{Service: toilet, Res: usualRes}
	table := tableOf(t, b, q, usualRadii, "county")
	if err := b.Ambiguity(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	sheet, err := b.Sheet(t.Context(), usualRes)
	if err != nil {
		t.Fatal(err)
	}
	for k, radius := range usualRadii {
		want := 0.0
		for i := range sheet.Len() {
			e, err := b.Explain(t.Context(), q, sheet.At(i), radius)
			if err != nil {
				t.Fatal(err)
			}
			if e.Ambiguous {
				want += float64(sheet.Inside[i]) / dm2PerM2
			}
		}
		if got := table.Total.AmbiguousM2[k]; got < want-1 || got > want+1 {
			t.Errorf("%d m: %.2f m² ambiguous, want %.2f", radius, got, want)
		}
	}
	if table.Total.AmbiguousM2[1] == 0 {
		t.Error("nothing is ambiguous: the test shows nothing")
	}
}
