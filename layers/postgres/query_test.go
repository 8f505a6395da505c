package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/cql2"
	"wangge/layers/postgres"
)

const (
	manyBays = `INSERT INTO parking_space (id, kind, capacity, fee, name, surveyed_on, note, geom)
SELECT i, CASE i % 3 WHEN 0 THEN 'motor' ELSE 'non_motor' END, nullif(i * 7 % 11, 3), nullif(i % 4, 0) = 1, nullif('名' || repeat('长', i % 5 * 20) || i % 6, '名0'),
    CASE WHEN i % 13 = 0 THEN 'infinity' WHEN i % 5 > 0 THEN date '2024-01-01' + i % 9 END, 'note' || i % 4,
    ST_SetSRID(ST_MakePoint(120 + i % 20 * 0.001, 36.25 + i / 20 * 0.001), 4490)
FROM generate_series(1, 200) i`
	bayCount = 200
)

func bays(t testing.TB) (*pgxpool.Pool, *postgres.Reader, *layers.Layer) {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), manyBays); err != nil {
		t.Fatal(err)
	}
	return pool, postgres.NewReader(pool), layers.ByID("parking_space")
}

// pages reads a selection page by page.
func pages(t *testing.T, r *postgres.Reader, l *layers.Layer, s postgres.Selection) []int64 {
	t.Helper()
	var ids []int64
	for range 10_000 {
		n := 0
		next, err := r.Select(t.Context(), l, s, func(row postgres.Row) error {
			ids = append(ids, row.ID)
			n++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n > s.Limit || next != nil && n < s.Limit {
			t.Fatalf("a page of %d, limit %d", n, s.Limit)
		}
		if next == nil {
			return ids
		}
		s.After = next
	}
	t.Fatal("the pages have no end")
	return nil
}

// Page after page is the whole in its order, whatever it is sorted by, empty values last.
func TestPagesAreTheWholeInOrder(t *testing.T) {
	_, r, l := bays(t)
	dice := rand.New(rand.NewPCG(5, 1))
	sortable := append(postgres.Sortables(l, true), nil)
	for range 25 {
		s := postgres.Selection{Limit: 1 + dice.IntN(60), Internal: true}
		for range 1 + dice.IntN(postgres.MaxSortKeys) {
			f := sortable[dice.IntN(len(sortable))]
			if !slices.ContainsFunc(s.Sort, func(k postgres.SortKey) bool { return k.Field == f }) {
				s.Sort = append(s.Sort, postgres.SortKey{Field: f, Down: dice.IntN(2) == 0})
			}
		}
		got := pages(t, r, l, s)
		want, err := r.Order(t.Context(), l, s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != bayCount {
			t.Errorf("sorted by %s, pages of %d: %s", names(s.Sort), s.Limit, diff)
		}
	}
}

func names(keys []postgres.SortKey) (list string) {
	for _, k := range keys {
		name := "id"
		if k.Field != nil {
			name = k.Field.Name
		}
		list += fmt.Sprintf(" %s %v", name, k.Down)
	}
	return list
}

func TestEmptyValuesComeLast(t *testing.T) {
	_, r, l := bays(t)
	for _, down := range []bool{false, true} {
		var capacities []any
		s := postgres.Selection{Sort: []postgres.SortKey{{Field: l.Field("capacity"), Down: down}}, Fields: []*layers.Field{l.Field("capacity")}}
		if _, err := r.Select(t.Context(), l, s, func(row postgres.Row) error { capacities = append(capacities, row.Fields[0]); return nil }); err != nil {
			t.Fatal(err)
		}
		first := slices.Index(capacities, nil)
		if first < 100 || slices.ContainsFunc(capacities[first:], func(v any) bool { return v != nil }) {
			t.Errorf("down %v: %v", down, capacities)
		}
	}
}

// What is selected is what PostgreSQL selects when asked plainly.
func TestSelectionsAgainstPostgreSQL(t *testing.T) {
	pool, r, l := bays(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO region (code, name, kind, parent_code, geom) VALUES
		('370281', '市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.2, 36.4, 4490))),
		('370281001', '街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.0055, 36.4, 4490))),
		('zone', '片区', 'zone', NULL, ST_Multi(ST_MakeEnvelope(120.0025, 36.2, 120.0085, 36.4, 4490)));
		INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES (1, 'unit', '370281001001001', 0, ST_MakeEnvelope(120.0005, 36.2, 120.0035, 36.2555, 4490));
		UPDATE parking_space SET updated_at = updated_at`); err != nil {
		t.Fatal(err)
	}
	box := orb.Bound{Min: orb.Point{120.002, 36.251}, Max: orb.Point{120.006, 36.2555}}
	point := orb.Bound{Min: orb.Point{120.001, 36.25}, Max: orb.Point{120.001, 36.25}}
	filter := func(text string) *cql2.Filter {
		f, err := cql2.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for want, s := range map[string]postgres.Selection{
		`true`: {},
		`geom && ST_MakeEnvelope(120.002, 36.251, 120.006, 36.2555, 4490)`: {BBox: &box},
		`geom && ST_SetSRID(ST_MakePoint(120.001, 36.25), 4490)`:           {BBox: &point},
		`id IN (3, 5, 8)`:                 {IDs: []int64{8, 3, 5, 5000}},
		`false`:                           {IDs: []int64{}},
		`kind = 'motor' AND capacity > 4`: {Filter: filter(`kind = '机动车' AND capacity > 4`)},
		`capacity = 5 AND fee`:            {Where: []postgres.Equal{{Field: l.Field("capacity"), Value: int64(5)}, {Field: l.Field("fee"), Value: true}}},
		`capacity = 99999999999`:          {Where: []postgres.Equal{{Field: l.Field("capacity"), Value: int64(99999999999)}}},
		`surveyed_on = '2024-01-03'`:      {Where: []postgres.Equal{{Field: l.Field("surveyed_on"), Value: time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC)}}},
		`ST_Intersects(geom, ST_MakeEnvelope(120.0005, 36.2, 120.0035, 36.2555, 4490))`: {Grid: &postgres.GridName{Scheme: "unit", Code: "370281001001001"}},
		`ST_X(geom) < 120.0055`:                    {Region: "370281001"},
		`ST_X(geom) < 120.2 `:                      {Region: "370281"},
		`ST_X(geom) BETWEEN 120.0025 AND 120.0085`: {Region: "zone"},
		`false AND true`:                           {Region: "nowhere"},
		`note = 'note1'`:                           {Internal: true, Filter: filter(`source IS NULL`), Where: []postgres.Equal{{Field: l.Field("note"), Value: "note1"}}},
		`id < 50 AND ST_X(geom) < 120.0035 AND kind = 'non_motor'`: {
			Area: orb.Polygon{orb.Bound{Min: orb.Point{119, 36}, Max: orb.Point{120.0035, 37}}.ToRing()}, Filter: filter(`kind = 'non_motor' AND S_INTERSECTS(geom, BBOX(119, 36, 121, 37))`),
			IDs: upTo(49),
		},
		`ST_X(geom) < 120.0005 OR ST_X(geom) > 120.0185`: {Area: orb.MultiPolygon{
			{orb.Bound{Min: orb.Point{119, 36}, Max: orb.Point{120.0005, 37}}.ToRing()}, {orb.Bound{Min: orb.Point{120.0185, 36}, Max: orb.Point{121, 37}}.ToRing()}}},
	} {
		rows, err := pool.Query(t.Context(), `SELECT id FROM parking_space WHERE `+want+` ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		s.Limit = 40
		if got := pages(t, r, l, s); cmp.Diff(ids, got) != "" && len(ids)+len(got) > 0 {
			t.Errorf("%s: %s", want, cmp.Diff(ids, got))
		}
		s.Limit = 0
		if n, err := r.Count(t.Context(), l, s); err != nil || n != int64(len(ids)) {
			t.Errorf("%s: counted %d of %d, %v", want, n, len(ids), err)
		}
		s.Limit = 7
		if n, err := r.Count(t.Context(), l, s); err != nil || n != min(7, int64(len(ids))) {
			t.Errorf("%s: counted %d of %d up to 7, %v", want, n, len(ids), err)
		}
	}
}

func upTo(n int64) (ids []int64) {
	for i := range n {
		ids = append(ids, i+1)
	}
	return ids
}

func TestForeignCursorsAreRefused(t *testing.T) {
	_, r, l := bays(t)
	none := func(postgres.Row) error { return nil }
	name, capacity := []postgres.SortKey{{Field: l.Field("name")}}, []postgres.SortKey{{Field: l.Field("capacity"), Down: true}}
	next, err := r.Select(t.Context(), l, postgres.Selection{Sort: name, Limit: 10}, none)
	if err != nil || next == nil {
		t.Fatal(err)
	}
	if len(next) > 2000 {
		t.Errorf("a cursor of %d bytes", len(next))
	}
	for _, s := range []postgres.Selection{
		{Sort: capacity, After: next}, {After: next}, {Sort: name, After: next[:len(next)-1]}, {Sort: name, After: []byte("x")}, {Sort: name, After: append([]byte{1}, next[1:]...)},
		{Sort: []postgres.SortKey{{Field: l.Field("name"), Down: true}}, After: next},
	} {
		s.Limit = 10
		if _, err := r.Select(t.Context(), l, s, none); !errors.Is(err, postgres.ErrCursor) {
			t.Errorf("%+v: %v", s.Sort, err)
		}
	}
	if _, err := r.Select(t.Context(), layers.ByID("road"), postgres.Selection{After: next, Limit: 10}, none); !errors.Is(err, postgres.ErrCursor) {
		t.Errorf("another layer: %v", err)
	}
}

// Internal fields are nowhere to be found for who may not see them.
func TestInternalFieldsAreUnknown(t *testing.T) {
	_, r, l := bays(t)
	f, err := cql2.Parse(`source = 'x'`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Count(t.Context(), l, postgres.Selection{Filter: f}); !errors.Is(err, cql2.ErrField) {
		t.Errorf("%v", err)
	}
	if _, err := r.Count(t.Context(), l, postgres.Selection{Filter: f, Internal: true}); err != nil {
		t.Errorf("%v", err)
	}
	for _, f := range slices.Concat(postgres.VisibleColumns(l, false), postgres.Queryables(l, false), postgres.Sortables(l, false)) {
		if f.Access != layers.Public {
			t.Errorf("%s is shown", f.Name)
		}
	}
}

// What was there at an instant is selected as it was; an interval has what was there at any time of it, as it last was.
func TestSelectTheInventoryAsItWas(t *testing.T) {
	pool, r, l := bays(t)
	moment := func() (at time.Time) {
		if err := pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := moment()
	if _, err := pool.Exec(t.Context(), `UPDATE parking_space SET capacity = 777 WHERE id <= 10`); err != nil {
		t.Fatal(err)
	}
	changed := moment()
	if _, err := pool.Exec(t.Context(), `DELETE FROM parking_space WHERE id <= 4`); err != nil {
		t.Fatal(err)
	}
	after := moment()
	f, err := cql2.Parse(`capacity = 777`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s    postgres.Selection
		want int64
	}{
		{postgres.Selection{}, bayCount - 4}, {postgres.Selection{At: before}, bayCount}, {postgres.Selection{At: changed}, bayCount}, {postgres.Selection{At: after}, bayCount - 4},
		{postgres.Selection{Filter: f}, 6}, {postgres.Selection{At: before, Filter: f}, 0}, {postgres.Selection{At: changed, Filter: f}, 10},
		{postgres.Selection{Since: before}, bayCount}, {postgres.Selection{Since: before, Filter: f}, 10}, {postgres.Selection{Since: after}, bayCount - 4},
		{postgres.Selection{Since: before, At: after, Filter: f}, 10}, {postgres.Selection{Since: changed, At: after}, bayCount}, {postgres.Selection{Since: before, At: changed}, bayCount},
	} {
		if n, err := r.Count(t.Context(), l, c.s); err != nil || n != c.want {
			t.Errorf("%v to %v: %d, want %d, %v", c.s.Since, c.s.At, n, c.want, err)
		}
		c.s.Limit = 33
		if got := pages(t, r, l, c.s); int64(len(got)) != c.want {
			t.Errorf("%v to %v: %d on pages, want %d", c.s.Since, c.s.At, len(got), c.want)
		}
	}
}

// Text of statements does not depend on values: what is asked stays out of it.
func TestRowsAreTyped(t *testing.T) {
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO barrier_free_ramp (id, kind, slope, handrail, surveyed_on, note, extra, geom)
		VALUES (4, 'kerb', 0.5, false, '2024-05-06', E'a\nb', '{"a": [1]}', 'SRID=4490;POINT(120.5 36.25)')`); err != nil {
		t.Fatal(err)
	}
	l := layers.ByID("barrier_free_ramp")
	want := map[string]any{
		"kind": "kerb", "slope": 0.5, "handrail": false, "surveyed_on": time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC), "note": "a\nb", "extra": map[string]any{"a": []any{1.0}},
		"revision": int64(1), "status": "intact", "updated_by": "postgres",
	}
	_, err := postgres.NewReader(pool).Select(t.Context(), l, postgres.Selection{Internal: true}, func(row postgres.Row) error {
		for i, f := range postgres.VisibleColumns(l, true) {
			if f.Type == layers.Time {
				if at, ok := row.Fields[i].(time.Time); f.Name == "created_at" && (!ok || time.Since(at) > time.Hour) {
					t.Errorf("%s is %v", f.Name, row.Fields[i])
				}
				continue
			}
			if diff := cmp.Diff(want[f.Name], row.Fields[i]); diff != "" {
				t.Errorf("%s: %s", f.Name, diff)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
