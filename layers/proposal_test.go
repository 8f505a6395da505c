package layers_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

// A decision takes what it names and nothing else, and its state says how much that is.
func TestJudge(t *testing.T) {
	l := layers.ByID("public_toilet")
	parts := l.Compare(map[string]any{"name": "甲", "grade": "class_1", "status": "intact"}, map[string]any{"name": "乙", "grade": "class_1", "status": "closed"},
		map[string]any{"name": "丙", "grade": "class_2", "status": "closed"})
	all := map[string]bool{"name": true, "grade": true, "status": true}
	for what, c := range map[string]struct {
		d     layers.Decision
		moves bool
		fresh bool
		want  layers.ProposalState // "" for faults
		write map[string]any
	}{
		"all":                       {d: layers.Decision{Fields: all, Geometry: true}, moves: true, want: layers.ProposalAccepted, write: map[string]any{"name": "丙", "grade": "class_2", "status": "closed"}},
		"all but the place":         {d: layers.Decision{Fields: all}, moves: true, want: layers.ProposalPartly, write: map[string]any{"name": "丙", "grade": "class_2", "status": "closed"}},
		"what was there is no part": {d: layers.Decision{Fields: map[string]bool{"name": true, "grade": true}}, want: layers.ProposalAccepted, write: map[string]any{"name": "丙", "grade": "class_2"}},
		"some":                      {d: layers.Decision{Fields: map[string]bool{"name": false, "grade": true}}, want: layers.ProposalPartly, write: map[string]any{"grade": "class_2"}},
		"corrected":                 {d: layers.Decision{Values: map[string]any{"name": "丁"}}, want: layers.ProposalPartly, write: map[string]any{"name": "丁"}},
		"besides":                   {d: layers.Decision{Values: map[string]any{"open_24h": true}}, want: layers.ProposalPartly, write: map[string]any{"open_24h": true}},
		"none":                      {d: layers.Decision{Reason: "x"}, want: layers.ProposalRejected, write: map[string]any{}},
		"none, said so":             {d: layers.Decision{Fields: map[string]bool{"status": false}, Reason: "x"}, moves: true, want: layers.ProposalRejected, write: map[string]any{}},
		"only the place":            {d: layers.Decision{Geometry: true}, moves: true, want: layers.ProposalPartly, write: map[string]any{}},
		"a place that is not":       {d: layers.Decision{Geometry: true, Fields: all}},
		"a field that is not":       {d: layers.Decision{Fields: map[string]bool{"kind": true}, Reason: "x"}},
		"new without a place":       {d: layers.Decision{Fields: all}, moves: true, fresh: true},
		"left and corrected":        {d: layers.Decision{Fields: map[string]bool{"name": false}, Values: map[string]any{"name": "丁"}}},
	} {
		v, err := l.Judge(c.d, parts, c.moves, c.fresh)
		if c.want == "" {
			if !errors.Is(err, layers.ErrInvalid) {
				t.Errorf("%s: %+v, %v, want faults", what, v, err)
			}
			continue
		}
		if diff := cmp.Diff(layers.Verdict{State: c.want, Values: c.write, Geometry: c.d.Geometry}, v); diff != "" || err != nil {
			t.Errorf("%s: %v %s", what, err, diff)
		}
	}
	if _, err := l.Judge(layers.Decision{}, parts[:1], false, false); !errors.Is(err, layers.ErrInvalid) {
		t.Errorf("nothing is taken, without a reason: %v", err)
	}
	same := parts[2:]
	if v, err := l.Judge(layers.Decision{}, same, false, false); err != nil || same[0].Field.Name != "status" || v.State != layers.ProposalAccepted || v.Writes() {
		t.Errorf("it is as proposed already: %+v, %v", v, err)
	}
}

// Whatever is decided: what is written is named, accepted means that nothing is left, and rejected that nothing is written.
func TestJudgeAtRandom(t *testing.T) {
	l := layers.ByID("public_toilet")
	chance := rand.New(rand.NewPCG(3, 4))
	names := []string{"name", "grade", "status", "opening_hours"}
	some := func() map[string]any {
		out := map[string]any{}
		for _, name := range names {
			if chance.IntN(2) == 0 {
				out[name] = string(rune('a' + chance.IntN(2)))
			}
		}
		return out
	}
	for range 5_000 {
		parts := l.Compare(some(), some(), some())
		d, moves, fresh := layers.Decision{Geometry: chance.IntN(2) == 0, Values: map[string]any{}, Fields: map[string]bool{}}, chance.IntN(2) == 0, chance.IntN(4) == 0
		for _, p := range parts {
			switch chance.IntN(4) {
			case 0:
				d.Fields[p.Field.Name] = true
			case 1:
				d.Fields[p.Field.Name] = false
			case 2:
				d.Values[p.Field.Name] = "c"
			}
		}
		if chance.IntN(2) == 0 {
			d.Reason = "x"
		}
		v, err := l.Judge(d, parts, moves, fresh)
		if err != nil {
			continue
		}
		for name, value := range v.Values {
			if _, corrected := d.Values[name]; !d.Fields[name] && !corrected {
				t.Fatalf("%v writes %s = %v", d, name, value)
			}
		}
		for _, p := range parts {
			if _, written := v.Values[p.Field.Name]; v.State == layers.ProposalAccepted && !written && (!p.Same || fresh) {
				t.Fatalf("%v accepts without %s", d, p.Field.Name)
			}
		}
		if v.State == layers.ProposalRejected && (v.Writes() || d.Reason == "") || v.Geometry && !moves || fresh && v.Writes() && !v.Geometry {
			t.Fatalf("%v: %+v", d, v)
		}
	}
}

func TestSameAndPlain(t *testing.T) {
	l := layers.ByID("construction_site")
	values, faults := l.Read(map[string]any{"starts_on": "2026-01-31", "measures": map[string]any{"hoarding": true}, "kind": "building"})
	if faults != nil {
		t.Fatal(faults)
	}
	again, faults := l.Read(l.Plain(values))
	if faults != nil {
		t.Fatal(faults)
	}
	for name, v := range values {
		if !layers.Same(v, again[name]) {
			t.Errorf("%s: %v became %v", name, v, again[name])
		}
	}
	for _, pair := range [][2]any{{int64(3), 3.0}, {3.0, int64(3)}, {nil, nil}, {map[string]any{"a": 1}, map[string]any{"a": 1.0}}} {
		if !layers.Same(pair[0], pair[1]) {
			t.Errorf("%v and %v differ", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]any{{int64(3), 3.5}, {nil, ""}, {"a", map[string]any{}}, {map[string]any{}, nil}, {nil, false}} {
		if layers.Same(pair[0], pair[1]) {
			t.Errorf("%v and %v are the same", pair[0], pair[1])
		}
	}
}
