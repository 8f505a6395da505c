package postgres_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/fixtures/pgtest"
	"wangge/grid/postgres"
)

// TestCompare: two nets of one state are the same, and what changed since is named.
func TestCompare(t *testing.T) {
	tx := pgtest.Tx(t)
	held := quarter(t, tx)
	if got := (postgres.Model{}).Compare(held, load(t, tx)); got != nil {
		t.Errorf("of the same state: %v", got)
	}
	var region, moved, gone, scheme int64
	for sql, id := range map[string]*int64{
		`UPDATE region SET name = '别的' WHERE code = '370281001' RETURNING id`:                                                                                        &region,
		`UPDATE grid SET geom = ST_MakeEnvelope(120, 36.2, 120.01, 36.3, 4490) WHERE scheme = 'duty' AND code = 'D1' RETURNING id`:                                   &moved,
		`DELETE FROM grid WHERE scheme = 'duty' AND code = 'D2' RETURNING id`:                                                                                        &gone,
		`INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('street', '街', 'Street', '[]', false, false) RETURNING id`: &scheme,
	} {
		if err := tx.QueryRow(t.Context(), sql).Scan(id); err != nil {
			t.Fatal(err)
		}
	}
	var past int64
	if err := tx.QueryRow(t.Context(), `SELECT id FROM grid_past`).Scan(&past); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{name("former shape", past): true, name("region", region): true, name("grid", moved): true, name("grid", gone): true, name("scheme", scheme): true}
	got := map[string]bool{}
	for _, what := range (postgres.Model{}).Compare(held, load(t, tx)) {
		got[what] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := (postgres.Model{}).Compare(nil, held); len(got) != 1 {
		t.Errorf("no net: %v", got)
	}
}

func name(what string, id int64) string { return fmt.Sprint(what, " ", id) }
