package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/postgres"
)

var errNotHere = errors.New("not here")

// restore runs Restore in a transaction of its own.
func restore(ctx context.Context, pool *pgxpool.Pool, l *layers.Layer, id, match, version int64, may postgres.Authorize) (out postgres.Written, revived bool, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
		out, revived, err = postgres.Restore(ctx, tx, l, id, match, version, may)
		return err
	})
	return out, revived, err
}

func everywhere(postgres.Place) error { return nil }

// contents are the columns that people write, and the geometry, of a feature now.
func contents(t *testing.T, pool *pgxpool.Pool, table string, id int64) (out map[string]any) {
	t.Helper()
	const sql = ` - '{revision,updated_at,updated_by,created_at}'::text[] FROM `
	if err := pool.QueryRow(t.Context(), `SELECT to_jsonb(f)`+sql+pgx.Identifier{table}.Sanitize()+` f WHERE id = $1`, id).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// lifeSQL is a feature in four versions, to which its code came late.
const lifeSQL = `
INSERT INTO construction_site (id, kind, starts_on, measures, note, geom) VALUES (5, 'building', '2024-02-29', '{"hoarding": true}', 'n', ST_MakeEnvelope(120, 36, 120.001, 36.001, 4490));
UPDATE construction_site SET code = 'S-5', code_scheme = 'old' WHERE id = 5;
UPDATE construction_site SET starts_on = NULL, measures = '{}', status = 'closed' WHERE id = 5;
UPDATE construction_site SET geom = ST_MakeEnvelope(120.1, 36, 120.101, 36.001, 4490) WHERE id = 5;`

func TestRestoreAnOlderVersion(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, lifeSQL)
	l := layers.ByID("construction_site")
	if _, _, err := restore(t.Context(), pool, l, 5, 3, 1, everywhere); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	if _, _, err := restore(t.Context(), pool, l, 5, 4, 1, func(postgres.Place) error { return errNotHere }); !errors.Is(err, errNotHere) {
		t.Errorf("not allowed: %v", err)
	}
	for _, version := range []int64{0, 5, -1} {
		if _, _, err := restore(t.Context(), pool, l, 5, 0, version, everywhere); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("version %d: %v", version, err)
		}
	}
	out, revived, err := restore(t.Context(), pool, l, 5, 4, 1, everywhere)
	if err != nil || revived || out.Revision != 5 {
		t.Fatalf("%+v, %v, %v", out, revived, err)
	}
	f := contents(t, pool, "construction_site", 5)
	want := map[string]any{"starts_on": "2024-02-29", "measures": map[string]any{"hoarding": true}, "status": "intact", "code": "S-5", "note": "n"}
	for name, w := range want {
		if diff := cmp.Diff(w, f[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	c, err := postgres.NewReader(pool).Compare(t.Context(), l, 5, 2, 5, true)
	if err != nil || len(c.Changes) != 0 || c.MovedM != nil {
		t.Errorf("restored is not what it was: %+v, %v", c, err)
	}
	if out, _, err = restore(t.Context(), pool, l, 5, 5, 5, everywhere); err != nil || !out.Same || out.Revision != 5 {
		t.Errorf("the version that it is: %+v, %v", out, err)
	}
}

// A deleted feature comes back under its number and code, and goes on counting: no tag of before is good for it.
func TestRestoreADeletedFeature(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, lifeSQL)
	before := contents(t, pool, "construction_site", 5)
	tell(t, pool, `DELETE FROM construction_site WHERE id = 5`)
	l := layers.ByID("construction_site")
	if _, _, err := restore(t.Context(), pool, l, 5, 4, 4, everywhere); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("with a revision: %v", err)
	}
	if _, _, err := restore(t.Context(), pool, l, 5, 0, 4, func(postgres.Place) error { return errNotHere }); !errors.Is(err, errNotHere) {
		t.Errorf("not allowed: %v", err)
	}
	out, revived, err := restore(t.Context(), pool, l, 5, 0, 4, everywhere)
	if err != nil || !revived || out != (postgres.Written{ID: 5, Revision: 6}) {
		t.Fatalf("%+v, %v, %v", out, revived, err)
	}
	if diff := cmp.Diff(before, contents(t, pool, "construction_site", 5)); diff != "" {
		t.Error(diff)
	}
	h, err := postgres.NewReader(pool).History(t.Context(), l, 5, 0, 10, true)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int64
	for _, v := range h.Versions {
		numbers = append(numbers, v.Number)
	}
	if diff := cmp.Diff([]int64{6, 5, 4, 3, 2, 1}, numbers); diff != "" {
		t.Error(diff)
	}
	tell(t, pool, `INSERT INTO construction_site (id, kind, geom) VALUES (6, 'building', 'SRID=4490;POINT(120 36)')`)
	if f, err := postgres.NewReader(pool).Version(t.Context(), l, 6, 1, true); err != nil {
		t.Errorf("a new feature does not begin at 1: %+v, %v", f, err)
	}
}

// The version of before it had a code: the code stays with the feature.
func TestRestoreKeepsTheCode(t *testing.T) {
	pool := pgtest.DB(t)
	tell(t, pool, lifeSQL, `DELETE FROM construction_site WHERE id = 5`)
	if _, _, err := restore(t.Context(), pool, layers.ByID("construction_site"), 5, 0, 1, everywhere); err != nil {
		t.Fatal(err)
	}
	if f := contents(t, pool, "construction_site", 5); f["code"] != "S-5" || f["code_scheme"] != "old" || f["starts_on"] != "2024-02-29" {
		t.Errorf("%v", f)
	}
}

func TestRestoreOfWhatIsNotWritten(t *testing.T) {
	pool := pgtest.DB(t)
	if _, _, err := restore(t.Context(), pool, layers.ByID("unit_grid"), 1, 0, 1, everywhere); !errors.Is(err, postgres.ErrFixed) {
		t.Error(err)
	}
	if _, _, err := restore(t.Context(), pool, layers.ByID("road"), 1, 0, 1, everywhere); !errors.Is(err, postgres.ErrNotFound) {
		t.Error(err)
	}
}
