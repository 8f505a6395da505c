package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/layers"
	"wangge/layers/postgres"
)

// anywhere lets everybody write.
func anywhere(postgres.Place) error { return nil }

// writableLayers are those whose features are written one by one.
func writableLayers() (list []*layers.Layer) {
	for _, l := range layers.Catalogue() {
		if postgres.Writable(l) {
			list = append(list, l)
		}
	}
	return list
}

// value is a good value of a field: chance chooses among all there are.
func value(f *layers.Field, chance *rand.Rand) any {
	switch f.Type {
	case layers.Enum:
		return f.Values[chance.IntN(len(f.Values))].Code
	case layers.Integer:
		low, high := -1000.0, 1000.0
		if f.Range != nil {
			low, high = f.Range.Min, min(f.Range.Max, 1000)
		}
		return int64(low) + chance.Int64N(int64(high-low)+1)
	case layers.Number:
		return f.Range.Min + (f.Range.Max-f.Range.Min)*(0.1+0.8*chance.Float64())
	case layers.Boolean:
		return chance.IntN(2) == 0
	case layers.Date:
		return time.Date(2020+chance.IntN(5), 5, 1+chance.IntN(28), 0, 0, 0, 0, time.UTC)
	case layers.Object:
		return map[string]any{"hoarding": chance.IntN(2) == 0, "wet_work": true}
	}
	return fmt.Sprintf("文 %d", chance.IntN(1000))
}

// shapes are geometries of every kind of a layer.
func shapes(l *layers.Layer, at orb.Point) (list []orb.Geometry) {
	p := func(dx, dy float64) orb.Point { return orb.Point{at[0] + dx, at[1] + dy} }
	ring := orb.Ring{p(0, 0), p(0.0003, 0), p(0.0003, 0.0002), p(0, 0.0002), p(0, 0)}
	far := orb.Ring{p(0.0005, 0), p(0.0008, 0), p(0.0008, 0.0002), p(0.0005, 0.0002), p(0.0005, 0)}
	for _, k := range l.Geometry {
		switch k {
		case layers.Point:
			list = append(list, at)
		case layers.LineString:
			list = append(list, orb.LineString{at, p(0.0004, 0.0001), p(0.0006, 0)})
		case layers.MultiLineString:
			list = append(list, orb.MultiLineString{{at, p(0.0004, 0.0001)}, {p(0.0005, 0), p(0.0006, 0.0003)}})
		case layers.Polygon:
			list = append(list, orb.Polygon{ring})
		case layers.MultiPolygon:
			list = append(list, orb.MultiPolygon{{ring}, {far}})
		}
	}
	return list
}

// draftOf is a good feature.
func draftOf(l *layers.Layer, g orb.Geometry, chance *rand.Rand) postgres.Draft {
	d := postgres.Draft{Values: map[string]any{}, Geometry: g, Shifted: true}
	for _, f := range l.Columns() {
		identity := f.Name == "code" || f.Name == "code_scheme" || f.Name == "source" || f.Name == "source_key"
		dept := len(f.Name) > 5 && f.Name[len(f.Name)-5:] == "_dept"
		if f.Writable() && !identity && !dept && (f.Required || chance.IntN(2) == 0) && f.Name != "ends_on" {
			d.Values[f.Name] = value(f, chance)
		}
	}
	return d
}

// What the catalogue says of values, the record's CHECK constraints and types say too, at the bounds and beside them.
func TestCatalogueAndConstraintsAgree(t *testing.T) {
	pool := ground(t)
	chance := rand.New(rand.NewPCG(1, 2))
	for _, l := range writableLayers() {
		at := shapes(l, orb.Point{120.03, 36.23})[0]
		for _, f := range l.Columns() {
			if f.Range == nil || !f.Writable() {
				continue
			}
			step := 1.0
			if f.Type == layers.Number {
				step = 1e-9
			}
			for _, x := range []float64{f.Range.Min - step, f.Range.Min, f.Range.Min + step, f.Range.Max - step, f.Range.Max, f.Range.Max + step} {
				d := draftOf(l, at, chance)
				d.Values[f.Name] = x
				if f.Type == layers.Integer {
					d.Values[f.Name] = int64(x)
				}
				good := l.Check(d.Values, true) == nil
				_, err := pool.Exec(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE id = $2`, l.Table, f.Name), d.Values[f.Name], bare(t, pool, l, at))
				if good != (err == nil) {
					t.Errorf("%s.%s = %v: the catalogue says %v, the record %v", l.ID, f.Name, x, good, err)
				}
			}
		}
	}
}

// bare makes a feature with nothing but what it must have, and holds the defaults of its columns against the catalogue's.
func bare(t *testing.T, pool *pgxpool.Pool, l *layers.Layer, g orb.Geometry) int64 {
	t.Helper()
	values := map[string]any{}
	for _, f := range l.Columns() {
		if f.Required {
			values[f.Name] = f.Values[0].Code
		}
	}
	out, err := postgres.Insert(t.Context(), pool, l, postgres.Draft{Values: values, Geometry: g, Shifted: true}, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	f, err := postgres.FeatureIn(t.Context(), pool, l, out.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range l.Columns() {
		if _, set := values[c.Name]; !set && c.Writable() && c.Name != "code" && c.Name != "code_scheme" {
			if diff := cmp.Diff(c.Default, f.Fields[c.Name]); diff != "" {
				t.Errorf("%s.%s: default: %s", l.ID, c.Name, diff)
			}
		}
	}
	return out.ID
}

// The order of days is a rule of the record as well.
func TestOrdersAreConstraints(t *testing.T) {
	pool := ground(t)
	for _, l := range writableLayers() {
		id := bare(t, pool, l, shapes(l, orb.Point{120.03, 36.23})[0])
		for _, o := range l.Orders {
			if _, err := pool.Exec(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = '2026-02-01', %s = '2026-01-31' WHERE id = $1`, l.Table, o.First, o.Then), id); err == nil {
				t.Errorf("%s takes %s after %s", l.ID, o.First, o.Then)
			}
		}
	}
}

// Every kind of geometry of every layer is written, moved, replaced and deleted, and lies in the grids that the rules say.
func TestEveryKindIsWritten(t *testing.T) {
	pool := ground(t)
	chance := rand.New(rand.NewPCG(3, 4))
	for _, l := range writableLayers() {
		for i, g := range shapes(l, orb.Point{120.0205, 36.2205}) {
			d := draftOf(l, g, chance)
			out, err := postgres.Insert(t.Context(), pool, l, d, anywhere)
			if err != nil {
				t.Fatalf("%s %s: %v", l.ID, g.GeoJSONType(), err)
			}
			d.Geometry = shapes(l, orb.Point{120.0222, 36.2212})[i]
			if out, err = postgres.Replace(t.Context(), pool, l, out.ID, 1, d, anywhere); err != nil || out.Revision != 2 {
				t.Fatalf("%s %s: %+v %v", l.ID, g.GeoJSONType(), out, err)
			}
			if again, err := postgres.Replace(t.Context(), pool, l, out.ID, 2, d, anywhere); err != nil || !again.Same || again.Revision != 2 {
				t.Errorf("%s: the same again: %+v %v", l.ID, again, err)
			}
			f, err := postgres.FeatureIn(t.Context(), pool, l, out.ID, true)
			if err != nil || len(f.Grids) == 0 || f.Fields["region_code"] != "370281001001" {
				t.Errorf("%s: %+v %v", l.ID, f, err)
			}
			if i == 0 {
				if _, err := postgres.Delete(t.Context(), pool, l, out.ID, 2, anywhere); err != nil {
					t.Error(err)
				}
				if _, err := postgres.Delete(t.Context(), pool, l, out.ID, 2, anywhere); !errors.Is(err, postgres.ErrNotFound) {
					t.Error(err)
				}
				// It can be again what it was, under its id and code.
				d.ID = out.ID
				if f.Fields["code"] != nil {
					d.Values["code"], d.Values["code_scheme"] = f.Fields["code"], f.Fields["code_scheme"]
				}
				if back, err := postgres.Insert(t.Context(), pool, l, d, anywhere); err != nil || back.ID != out.ID {
					t.Errorf("%s: %+v %v", l.ID, back, err)
				}
			}
		}
	}
	if _, err := postgres.NewChecker(pool).Check(t.Context(), func(d postgres.Difference) error {
		t.Errorf("%+v", d)
		return nil
	}, nil); err != nil {
		t.Fatal(err)
	}
}

// steps is how long the random sequences are: WANGGE_STEPS, or short.
func steps() int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_STEPS")); err == nil {
		return n
	}
	return 80
}

// Random writes, good and bad, of random layers: the record is what a map in memory says, and the log alone gives every state that a feature ever had.
func TestHistoryIsReplay(t *testing.T) {
	pool := ground(t)
	chance := rand.New(rand.NewPCG(7, 8))
	states := map[string][]string{} // by layer and id: each state, "" for gone
	var alive []string
	ids := map[string]int64{}
	for range steps() {
		l := writableLayers()[chance.IntN(6)]
		kinds := shapes(l, orb.Point{120.021 + chance.Float64()*0.002, 36.2205 + chance.Float64()*0.001})
		d := draftOf(l, kinds[chance.IntN(len(kinds))], chance)
		id := int64(0)
		if len(alive) > 0 && chance.IntN(3) > 0 {
			name := alive[chance.IntN(len(alive))]
			id = ids[name]
			for _, one := range writableLayers() {
				if name == fmt.Sprintf("%s %d", one.Table, id) {
					l = one
				}
			}
			kinds = shapes(l, orb.Point{120.021 + chance.Float64()*0.002, 36.2205})
			d = draftOf(l, kinds[chance.IntN(len(kinds))], chance)
		}
		if chance.IntN(5) == 0 {
			refuse(t, pool, l, id, d, chance)
			continue
		}
		out, err := randomWrite(t.Context(), pool, l, id, &d, chance)
		if err != nil {
			t.Fatalf("%s %d: %v", l.ID, id, err)
		}
		name := fmt.Sprintf("%s %d", l.Table, out.ID)
		if !out.Same {
			states[name] = append(states[name], stateOf(t, pool, l, out.ID))
		}
		ids[name] = out.ID
		alive = without(alive, name)
		if states[name][len(states[name])-1] != "" {
			alive = append(alive, name)
		}
	}
	for name, want := range states {
		if diff := cmp.Diff(want, replay(t, pool, name, ids[name])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// randomWrite makes a feature where id is 0, and else changes or deletes it.
func randomWrite(ctx context.Context, pool *pgxpool.Pool, l *layers.Layer, id int64, d *postgres.Draft, chance *rand.Rand) (postgres.Written, error) {
	switch n := chance.IntN(10); {
	case id == 0:
		return postgres.Insert(ctx, pool, l, *d, anywhere)
	case n < 2:
		return postgres.Delete(ctx, pool, l, id, 0, anywhere)
	case n < 5:
		return postgres.Replace(ctx, pool, l, id, 0, *d, anywhere)
	case n < 8:
		d.Geometry = nil
	}
	return postgres.Update(ctx, pool, l, id, 0, *d, anywhere)
}

// refuse tries a write that must be refused, and changes nothing.
func refuse(t *testing.T, pool *pgxpool.Pool, l *layers.Layer, id int64, d postgres.Draft, chance *rand.Rand) {
	t.Helper()
	before := count(t, pool, `SELECT count(*) FROM change`)
	var err error
	switch no := errors.New("not here"); chance.IntN(4) {
	case 0:
		d.Values["no_such"] = 1
		_, err = postgres.Insert(t.Context(), pool, l, d, anywhere)
	case 1:
		_, err = postgres.Insert(t.Context(), pool, l, d, func(postgres.Place) error { return no })
	case 2:
		d.Geometry = orb.Point{30, 30}
		d.Shifted = false
		_, err = postgres.Insert(t.Context(), pool, l, d, anywhere)
	default:
		_, err = postgres.Update(t.Context(), pool, l, id, 1<<40, d, anywhere)
	}
	if after := count(t, pool, `SELECT count(*) FROM change`); err == nil || after != before {
		t.Errorf("%s: %v, %d changes", l.ID, err, after-before)
	}
}

func without(list []string, name string) (out []string) {
	for _, one := range list {
		if one != name {
			out = append(out, one)
		}
	}
	return out
}

// stateOf is a row as JSON, "" where there is none.
func stateOf(t *testing.T, pool *pgxpool.Pool, l *layers.Layer, id int64) (state string) {
	t.Helper()
	err := pool.QueryRow(t.Context(), fmt.Sprintf(`SELECT to_jsonb(f)::text FROM %s f WHERE id = $1`, l.Table), id).Scan(&state)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
	return state
}

// replay tells from the log what a row was after each of its changes; the last state is the row itself.
func replay(t *testing.T, pool *pgxpool.Pool, name string, id int64) (states []string) {
	t.Helper()
	table, _, _ := cutSpace(name)
	rows, err := pool.Query(t.Context(), `SELECT op, coalesce(before::text, '') FROM change WHERE entity = $1 AND entity_id = $2 ORDER BY id`, table, id)
	if err != nil {
		t.Fatal(err)
	}
	var op, before string
	first := true
	if _, err := pgx.ForEachRow(rows, []any{&op, &before}, func() error {
		if !first {
			states = append(states, before)
		}
		first = false
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, l := range writableLayers() {
		if l.Table == table {
			states = append(states, stateOf(t, pool, l, id))
		}
	}
	return states
}

func cutSpace(s string) (before, after string, ok bool) {
	for i := range s {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func TestCodesAreGiven(t *testing.T) {
	pool := ground(t)
	toilet, parking := layers.ByID("public_toilet"), layers.ByID("parking_space")
	at := orb.Point{120.03, 36.23}
	made := func(l *layers.Layer, values map[string]any) (string, error) {
		out, err := postgres.Insert(t.Context(), pool, l, postgres.Draft{Values: values, Geometry: at, Shifted: true}, anywhere)
		if err != nil {
			return "", err
		}
		f, err := postgres.FeatureIn(t.Context(), pool, l, out.ID, true)
		code, _ := f.Fields["code"].(string)
		return code, err
	}
	const national = "GB/T 30428.2-2013"
	for _, c := range []struct {
		l      *layers.Layer
		values map[string]any
		want   string
	}{
		{toilet, map[string]any{}, "3702810301000001"},
		{toilet, map[string]any{"code": "3702810301000007", "code_scheme": national}, "3702810301000007"},
		{toilet, map[string]any{}, "3702810301000008"}, // above the highest that there is
		{toilet, map[string]any{"code": "3702810301000003", "code_scheme": national}, "3702810301000003"},
		{toilet, map[string]any{}, "3702810301000009"},
		{toilet, map[string]any{"code": "老-1"}, "老-1"}, // a code of no scheme is the city's own
		{parking, map[string]any{"kind": "motor", "layout": "lot"}, "3702810201000001"},
		{parking, map[string]any{"kind": "motor"}, ""}, // no class is configured
		{layers.ByID("construction_site"), map[string]any{"kind": "building"}, "3702810602000001"},
	} {
		if got, err := made(c.l, c.values); got != c.want || err != nil {
			t.Errorf("%s %v: %q, want %q, %v", c.l.ID, c.values, got, c.want, err)
		}
	}
	if _, err := made(toilet, map[string]any{"code": "3702810301000003", "code_scheme": national}); !errors.Is(err, postgres.ErrCodeTaken) {
		t.Error(err)
	}
	if _, err := made(parking, map[string]any{"kind": "motor", "code": "3702810301000003", "code_scheme": national}); !errors.Is(err, postgres.ErrCodeTaken) {
		t.Error("a code of another layer:", err)
	}
	if _, err := made(toilet, map[string]any{"code": "3702810301999999", "code_scheme": national}); err != nil {
		t.Error(err)
	}
	if _, err := made(toilet, map[string]any{}); !errors.Is(err, layers.ErrCodesUsedUp) {
		t.Error(err)
	}
	if _, err := pool.Exec(t.Context(), `INSERT INTO code_class (scheme, layer, applies_to, class, title) VALUES ('successor-draft', 'public_toilet', '', '03001', '公共厕所')`); err != nil {
		t.Fatal(err)
	}
	if got, err := made(toilet, map[string]any{"code_scheme": "successor-draft"}); got != "3702810300100001" || err != nil {
		t.Error(got, err)
	}
}

// A feature's code is changed to an unused one, and back.
func TestCodesAreChanged(t *testing.T) {
	pool := pgtest.DB(t)
	toilet := layers.ByID("public_toilet")
	var id [2]int64
	for i := range id {
		out, err := postgres.Insert(t.Context(), pool, toilet, postgres.Draft{Values: map[string]any{"code": fmt.Sprint("A-", i)}, Geometry: orb.Point{120, 36.27}, NewArea: true}, anywhere)
		if err != nil {
			t.Fatal(err)
		}
		id[i] = out.ID
	}
	for _, c := range []struct {
		code any
		want error
	}{{"A-2", nil}, {"A-1", postgres.ErrCodeTaken}, {"A-0", nil}, {nil, layers.ErrInvalid}} {
		_, err := postgres.Update(t.Context(), pool, toilet, id[0], 0, postgres.Draft{Values: map[string]any{"code": c.code}}, anywhere)
		if !errors.Is(err, c.want) {
			t.Errorf("%v: %v", c.code, err)
		}
	}
	if _, err := postgres.Update(t.Context(), pool, toilet, id[1], 0, postgres.Draft{Values: map[string]any{"code": "A-2"}}, anywhere); !errors.Is(err, postgres.ErrCodeTaken) {
		t.Error("a code that the other had:", err)
	}
}

// What is wrong with a geometry is said at its place, whatever layer it is for, and outside means outside.
func TestGeometryIsRefused(t *testing.T) {
	pool := ground(t)
	for _, l := range writableLayers() {
		d := postgres.Draft{Values: map[string]any{}}
		for _, f := range l.Columns() {
			if f.Required {
				d.Values[f.Name] = f.Values[0].Code
			}
		}
		for _, g := range []orb.Geometry{nil, orb.Point{36.2, 120}, orb.Point{0, 0}, orb.MultiPoint{}, orb.LineString{{120, 36.2}}, orb.Polygon{}, orb.Collection{orb.Point{120, 36.2}}} {
			d.Geometry = g
			var faults layers.Faults
			if _, err := postgres.Insert(t.Context(), pool, l, d, anywhere); !errors.As(err, &faults) || faults[0].Pointer[:9] != "/geometry" {
				t.Errorf("%s %v: %v", l.ID, g, err)
			}
		}
		d.Geometry = shapes(l, orb.Point{119, 36})[0]
		if _, err := postgres.Insert(t.Context(), pool, l, d, anywhere); !errors.Is(err, postgres.ErrOutside) {
			t.Errorf("%s: %v", l.ID, err)
		}
		d.NewArea = true
		if _, err := postgres.Insert(t.Context(), pool, l, d, anywhere); err != nil {
			t.Errorf("%s: %v", l.ID, err)
		}
	}
	// An area becomes a point inside it, for a layer of points.
	area := orb.Polygon{{{120.03, 36.23}, {120.031, 36.23}, {120.031, 36.231}, {120.03, 36.231}, {120.03, 36.23}}}
	out, err := postgres.Insert(t.Context(), pool, layers.ByID("public_toilet"), postgres.Draft{Geometry: orb.MultiPolygon{area}}, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	f, err := postgres.FeatureIn(t.Context(), pool, layers.ByID("public_toilet"), out.ID, false)
	var p struct{ Coordinates orb.Point }
	if err != nil || json.Unmarshal(f.Geometry, &p) != nil || !geo.Covers(area, p.Coordinates) {
		t.Errorf("%s %v", f.Geometry, err)
	}
}

func count(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
