package city_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
	"wangge/layers/cql2"
)

// lots fills the table of parking spaces around the middle of the test tile.
func lots(t *testing.T, pool *pgxpool.Pool, n int) city.Revision {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	var rows [][]any
	kinds, access := []string{"motor", "non_motor", "shared_bike"}, []any{"public", "off_hours", "private", nil}
	for i := range n {
		var capacity any
		if r.IntN(5) > 0 {
			capacity = r.IntN(60)
		}
		rows = append(rows, []any{int64(i + 1), fmt.Sprintf("P-%d", i), kinds[r.IntN(3)], access[r.IntN(4)], capacity, r.IntN(9), 120 + 0.004*r.Float64(), 36.27 + 0.004*r.Float64()})
	}
	return write(t, pool, fill(rows)...)
}

func fill(rows [][]any) (statements []string) {
	text := func(v any) string {
		switch v := v.(type) {
		case nil:
			return "NULL"
		case string:
			return "'" + v + "'"
		}
		return fmt.Sprint(v)
	}
	for _, r := range rows {
		statements = append(statements, fmt.Sprintf(`INSERT INTO parking_space (id, code, kind, access, capacity, charging_capacity, geom)
			VALUES (%s, %s, %s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%v, %v), 4490))`, text(r[0]), text(r[1]), text(r[2]), text(r[3]), text(r[4]), text(r[5]), r[6], r[7]))
	}
	return statements
}

// TestFilteredTilesHoldWhatSQLFinds: a filter shows the features that the same condition finds in the record, in the loaded block
// and in those of later changes.
func TestFilteredTilesHoldWhatSQLFinds(t *testing.T) {
	pool := pgtest.DB(t)
	lots(t, pool, 300)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	v := at(t, c, write(t, pool, `UPDATE parking_space SET capacity = 25, note = 'x' WHERE id % 7 = 0`, `DELETE FROM parking_space WHERE id % 11 = 0`))
	for _, f := range []struct{ cql, sql string }{
		{"capacity > 20", "capacity > 20"},
		{"NOT capacity > 20", "NOT capacity > 20"},
		{"access IS NULL", "access IS NULL"},
		{"kind = 'motor' AND (access = 'public' OR capacity BETWEEN 5 AND 10)", "kind = 'motor' AND (access = 'public' OR capacity BETWEEN 5 AND 10)"},
		{"charging_capacity IN (1, 3, 5)", "charging_capacity IN (1, 3, 5)"},
		{"code LIKE 'P-1%'", "code LIKE 'P-1%'"},
		{"charging_capacity > capacity", "charging_capacity > capacity"},
	} {
		filter, err := cql2.Parse(f.cql)
		if err != nil {
			t.Fatal(err)
		}
		p, err := v.Plan(city.Query{Layers: []string{"parking_space"}, Filter: filter})
		if err != nil {
			t.Fatalf("%s: %v", f.cql, err)
		}
		made, err := v.Tile(t.Context(), p, tileAt(14))
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for id := range decode(t, made.Bytes)["parking_space"] {
			got = append(got, int64(id))
		}
		slices.Sort(got)
		rows, err := pool.Query(t.Context(), `SELECT id FROM parking_space WHERE `+f.sql+` ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 || len(want) == 300 {
			t.Errorf("%s: %d of all rows make a poor test", f.cql, len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", f.cql, diff)
		}
	}
}

// TestFilterHasAHashOfItsOwn: what a filter hides does not change the tag of its tile, what it shows does.
func TestFilterHasAHashOfItsOwn(t *testing.T) {
	pool := pgtest.DB(t)
	lots(t, pool, 50)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	hash := func(r city.Revision) uint64 {
		filter, err := cql2.Parse("charging_capacity = 3")
		if err != nil {
			t.Fatal(err)
		}
		v := at(t, c, r)
		p, err := v.Plan(city.Query{Layers: []string{"parking_space"}, Filter: filter})
		if err != nil {
			t.Fatal(err)
		}
		return v.ContentHash(p, tileAt(14))
	}
	first := hash(write(t, pool, `UPDATE parking_space SET charging_capacity = id % 5`))
	if hash(write(t, pool, `UPDATE parking_space SET name = 'hidden' WHERE charging_capacity <> 3`)) != first {
		t.Error("a hidden change has another hash")
	}
	second := hash(write(t, pool, `UPDATE parking_space SET name = 'shown' WHERE charging_capacity = 3`))
	if second == first {
		t.Error("a change that is shown has the same hash")
	}
	if hash(write(t, pool, `UPDATE parking_space SET charging_capacity = 4 WHERE id = 3`)) == second {
		t.Error("a feature that is shown no more leaves the hash as it was")
	}
}

func TestFieldsChooseAttributes(t *testing.T) {
	pool := pgtest.DB(t)
	r := write(t, pool, fill([][]any{{int64(1), "P-1", "motor", "public", 12, 2, 120.0, 36.27}})...)
	v := at(t, follow(t, city.Config{Pool: pool, Log: quiet()}), r)
	attributes := func(fields ...string) map[string]any {
		p, err := v.Plan(city.Query{Layers: []string{"parking_space", "road"}, Fields: fields})
		if err != nil {
			t.Fatal(err)
		}
		made, err := v.Tile(t.Context(), p, tileAt(14))
		if err != nil {
			t.Fatal(err)
		}
		return decode(t, made.Bytes)["parking_space"][1]
	}
	for _, c := range []struct {
		fields []string
		want   map[string]any
	}{
		{nil, map[string]any{"code": "P-1", "kind": "motor", "access": "public", "capacity": 12.0, "status": "intact"}},
		{[]string{"capacity"}, map[string]any{"capacity": 12.0}},
		{[]string{"charging_capacity", "code", "lanes"}, map[string]any{"charging_capacity": 2.0, "code": "P-1"}},
		{[]string{}, nil},
	} {
		if diff := cmp.Diff(c.want, attributes(c.fields...)); diff != "" {
			t.Errorf("fields %v: %s", c.fields, diff)
		}
	}
	_, err := v.Plan(city.Query{Layers: []string{"parking_space"}, Fields: []string{"note"}})
	if !errors.Is(err, city.ErrNoField) {
		t.Errorf("an internal field: %v", err)
	}
	_, err = v.Plan(city.Query{Layers: []string{"parking_spaces"}})
	if !errors.Is(err, city.ErrNoLayer) {
		t.Errorf("an unknown layer: %v", err)
	}
}

// TestKeyNamesTheQuestion: the order of layers and fields, repetition and spaces do not make another question.
func TestKeyNamesTheQuestion(t *testing.T) {
	v := at(t, follow(t, city.Config{Pool: pgtest.DB(t), Log: quiet()}), 0)
	key := func(filter string, fields []string, ids ...string) string {
		f, err := cql2.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		p, err := v.Plan(city.Query{Layers: ids, Fields: fields, Filter: f})
		if err != nil {
			t.Fatal(err)
		}
		return p.Key()
	}
	one := key("status = 'intact'", []string{"name", "code"}, "road", "back_alley")
	if two := key("status='intact'", []string{"code", "name", "code"}, "back_alley", "road", "road"); two != one {
		t.Errorf("%q and %q", one, two)
	}
	if other := key("status = 'closed'", []string{"name", "code"}, "road", "back_alley"); other == one {
		t.Error("another filter has the same key")
	}
}
