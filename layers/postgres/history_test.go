package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/postgres"
)

// story is a toilet that is built, renamed, moved, noted upon, deleted and built again.
const storySQL = `
INSERT INTO public_toilet (id, name, male_stalls, geom) VALUES (7, '甲', 4, 'SRID=4490;POINT(120 36)');
UPDATE public_toilet SET name = '乙', male_stalls = 5, note = '秘' WHERE id = 7;
UPDATE public_toilet SET geom = 'SRID=4490;POINT(120 36.001)' WHERE id = 7;
UPDATE public_toilet SET note = '密' WHERE id = 7;
DELETE FROM public_toilet WHERE id = 7`

// tell runs statements one transaction each, on behalf of somebody.
func tell(t *testing.T, pool *pgxpool.Pool, statements ...string) {
	t.Helper()
	for i, sql := range statements {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `SELECT set_config('wangge.actor', 'zhang', true), set_config('wangge.request_id', $1, true)`, fmt.Sprint("request ", i)); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), sql)
			return err
		})
		if err != nil {
			t.Fatal(sql, err)
		}
	}
}

// brief is a version in a form that is easy to compare.
type brief struct {
	Number  int64
	Op      string
	Changes map[string][2]string
	Moved   float64
}

func briefs(versions []postgres.Version) (out []brief) {
	for _, v := range versions {
		b := brief{Number: v.Number, Op: v.Op, Moved: -1}
		for _, c := range v.Changes {
			if b.Changes == nil {
				b.Changes = map[string][2]string{}
			}
			b.Changes[c.Field.Name] = [2]string{string(c.Before), string(c.After)}
		}
		if v.MovedM != nil {
			b.Moved = *v.MovedM
		}
		out = append(out, b)
	}
	return out
}

func TestHistoryTellsTheStory(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, storySQL)
	r, l := postgres.NewReader(pool), layers.ByID("public_toilet")
	want := []brief{
		{5, "delete", nil, -1},
		{4, "update", map[string][2]string{"note": {`"秘"`, `"密"`}}, -1},
		{3, "update", nil, 110.959},
		{2, "update", map[string][2]string{"name": {`"甲"`, `"乙"`}, "male_stalls": {"4", "5"}, "note": {"null", `"秘"`}}, -1},
		{1, "insert", nil, -1},
	}
	got, err := r.History(t.Context(), l, 7, 0, 10, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, briefs(got.Versions)); diff != "" || got.Total != 5 || got.Next != 0 {
		t.Errorf("%d, %d: %s", got.Total, got.Next, diff)
	}
	if v := got.Versions[0]; v.Actor != "zhang" || *v.RequestID != "request 0" || v.At.IsZero() {
		t.Errorf("%+v", v)
	}
	open, err := r.History(t.Context(), l, 7, 0, 10, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range briefs(open.Versions) {
		if _, has := b.Changes["note"]; has {
			t.Errorf("an internal field is told of: %+v", b)
		}
	}
}

// However small the pages, they make up the whole.
func TestHistoryInPages(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, storySQL)
	r, l := postgres.NewReader(pool), layers.ByID("public_toilet")
	all, err := r.History(t.Context(), l, 7, 0, 10, true)
	if err != nil {
		t.Fatal(err)
	}
	for limit := 1; limit <= 5; limit++ {
		var pages []postgres.Version
		for next := int64(0); ; {
			page, err := r.History(t.Context(), l, 7, next, limit, true)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page.Versions...)
			if next = page.Next; next == 0 {
				break
			}
		}
		if diff := cmp.Diff(briefs(all.Versions), briefs(pages)); diff != "" {
			t.Errorf("pages of %d: %s", limit, diff)
		}
	}
}

func TestVersionsAndTheirDifference(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, storySQL)
	r, l := postgres.NewReader(pool), layers.ByID("public_toilet")
	for n, name := range map[int64]string{1: "甲", 2: "乙", 4: "乙"} {
		f, err := r.Version(t.Context(), l, 7, n, false)
		if _, shown := f.Fields["note"]; err != nil || shown || f.Fields["name"] != name || f.Revision != n || f.Grids == nil {
			t.Errorf("version %d: %+v, %v", n, f, err)
		}
	}
	if f, err := r.Version(t.Context(), l, 7, 4, true); err != nil || f.Fields["note"] != "密" || string(f.Geometry) != `{"type":"Point","coordinates":[120,36.001]}` {
		t.Errorf("%+v, %v", f, err)
	}
	for _, n := range []int64{0, 5, 99, -1} {
		if _, err := r.Version(t.Context(), l, 7, n, true); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("version %d: %v", n, err)
		}
	}
	c, err := r.Compare(t.Context(), l, 7, 4, 1, false)
	if err != nil || len(c.Changes) != 2 || c.MovedM == nil || *c.MovedM != 110.959 || string(c.After) != `{"type":"Point","coordinates":[120,36]}` {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = r.Compare(t.Context(), l, 7, 2, 2, true); err != nil || len(c.Changes) != 0 || c.MovedM != nil || c.Before != nil {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := r.Compare(t.Context(), l, 7, 1, 5, true); !errors.Is(err, postgres.ErrNotFound) {
		t.Error(err)
	}
}

func TestHistoryOfNothing(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, storySQL, `INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty', '[]', false, true);
		INSERT INTO grid (id, code, scheme, geom) VALUES (3, 'd', 'duty', ST_MakeEnvelope(120, 36, 120.01, 36.01, 4490))`)
	r := postgres.NewReader(pool)
	for layer, id := range map[string]int64{"public_toilet": 8, "road": 7, "unit_grid": 3} {
		l := layers.ByID(layer)
		if _, err := r.History(t.Context(), l, id, 0, 10, true); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("history of %s %d: %v", layer, id, err)
		}
		if _, err := r.Version(t.Context(), l, id, 1, true); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("version of %s %d: %v", layer, id, err)
		}
		if _, err := r.Compare(t.Context(), l, id, 1, 1, true); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("versions of %s %d: %v", layer, id, err)
		}
	}
	if h, err := r.History(t.Context(), layers.NetLayer("duty", layers.Text{}, 12, true), 3, 0, 10, true); err != nil || h.Total != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestFeatureAtIsThePast asks one by one for what the whole past has.
func TestFeatureAtIsThePast(t *testing.T) {
	pool := pgtest.DB(t)
	s := sampler{rand.New(rand.NewPCG(3, 4)), t}
	l := layers.ByID("parking_space")
	for range rounds(30) {
		mustExec(t, pool, s.step(l.Table))
	}
	rows, err := pool.Query(t.Context(), `SELECT DISTINCT entity_id, at + d * interval '1 microsecond' AS at FROM change, generate_series(-1, 0) d WHERE entity = 'parking_space' AND entity_id IS NOT NULL ORDER BY 1, 2 LIMIT 200`)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID int64
		At time.Time
	}])
	if err != nil {
		t.Fatal(err)
	}
	r, found := postgres.NewReader(pool), 0
	for _, q := range asked {
		f, err := r.FeatureAt(t.Context(), l, q.ID, true, q.At)
		var name *string
		var revision int64
		wantErr := pool.QueryRow(context.WithoutCancel(t.Context()), "SELECT f.name, f.revision FROM "+postgres.PastSource(l, 1)+" WHERE f.id = $2", q.At, q.ID).Scan(&name, &revision)
		switch {
		case errors.Is(wantErr, pgx.ErrNoRows):
			if !errors.Is(err, postgres.ErrNotFound) {
				t.Errorf("%d at %v: %v", q.ID, q.At, err)
			}
		case wantErr != nil || err != nil || f.Revision != revision:
			t.Errorf("%d at %v: revision %d, %v; want %d, %v", q.ID, q.At, f.Revision, err, revision, wantErr)
		default:
			found++
		}
	}
	if found < 10 {
		t.Errorf("only %d features were found in %d looks", found, len(asked))
	}
}

// What moved is measured from the vertices that did, however many stayed.
func TestMovedMetres(t *testing.T) {
	pool := pgtest.DB(t)
	for i, c := range []struct {
		before, after string
		want          float64
	}{
		{"POINT(120 36)", "POINT(120 36)", -1},
		{"POINT(120 36)", "POINT(120.001 36)", 90.164},
		{"POINT(120 36)", "POLYGON((120 36,120.001 36,120.001 36.001,120 36))", 142.970},
		{"POLYGON((120 36,120.001 36,120.001 36.001,120 36))", "POLYGON((120 36,120.001 36,120.001 36.002,120 36))", 110.959},
		{"POLYGON((120 36,120.001 36,120.001 36.001,120 36))", "POLYGON((120 36,120.0005 36,120.001 36,120.001 36.001,120 36))", 0},
		{"LINESTRING(120 36,120.001 36)", "LINESTRING(120 36.001,120.001 36.001)", 110.959},
	} {
		table, columns := "parking_space", "kind"
		tell(t, pool, fmt.Sprintf(`INSERT INTO %[1]s (id, %[2]s, geom) VALUES (%[3]d, 'motor', 'SRID=4490;%[4]s'); UPDATE %[1]s SET geom = 'SRID=4490;%[5]s' WHERE id = %[3]d`,
			table, columns, i+1, c.before, c.after))
		h, err := postgres.NewReader(pool).History(t.Context(), layers.ByID(table), int64(i+1), 0, 1, false)
		if err != nil {
			t.Fatal(err)
		}
		moved := h.Versions[0].MovedM
		if (moved == nil) != (c.want < 0) || moved != nil && (*moved < c.want*0.998-1e-9 || *moved > c.want*1.002+1e-9) {
			text, _ := json.Marshal(moved)
			t.Errorf("%s to %s moved %s m, want %v", c.before, c.after, text, c.want)
		}
	}
}
