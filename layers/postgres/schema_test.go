package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/postgres"
)

func TestSchemaFitsTheCatalogue(t *testing.T) {
	if err := postgres.CheckSchema(t.Context(), pgtest.Tx(t)); err != nil {
		t.Error(err)
	}
}

func TestCheckSchemaNamesWhatIsWrong(t *testing.T) {
	cases := []struct{ spoil, says string }{
		{"ALTER TABLE road DROP COLUMN lanes", "road: column lanes is missing"},
		{"ALTER TABLE road ALTER surveyed_on TYPE text", "road: column surveyed_on is of type text"},
		{"ALTER TABLE ground RENAME TO gone", "table ground (layer ground) is missing"},
		{"ALTER TABLE back_alley RENAME COLUMN geom TO shape", "back_alley: column geom is missing"},
		{"DROP INDEX public_toilet_geom_idx", "public_toilet: an index gist on geom is missing"},
		{"DROP INDEX parking_space_source_idx", "parking_space: an index btree on source, source_key is missing"},
		{"DROP INDEX road_region_idx", "road: an index btree on region_code is missing"},
		{"ALTER TABLE public_toilet DROP CONSTRAINT public_toilet_grade_check, ADD CHECK (grade IN ('class_1', 'palace'))", "public_toilet: column grade allows [class_1 palace]"},
	}
	for _, c := range cases {
		tx := pgtest.Tx(t)
		if _, err := tx.Exec(t.Context(), c.spoil); err != nil {
			t.Fatal(c.spoil, err)
		}
		err := postgres.CheckSchema(t.Context(), tx)
		if !errors.Is(err, postgres.ErrSchema) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.spoil, err)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryEnumHasItsCheck: without one a wrong code could be written behind the server's back.
func TestEveryEnumHasItsCheck(t *testing.T) {
	tx := pgtest.Tx(t)
	for _, l := range layers.Catalogue() {
		for _, f := range l.Columns() {
			if f.Type != layers.Enum {
				continue
			}
			var n int
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
				WHERE c.conrelid = $1::regclass AND c.contype = 'c' AND a.attname = $2`, l.Table, f.Name).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				t.Errorf("%s.%s has no check", l.Table, f.Name)
			}
		}
	}
}

func TestEveryTableAndColumnHasAComment(t *testing.T) {
	tx := pgtest.Tx(t)
	rows, err := tx.Query(t.Context(), `SELECT c.relname || coalesce('.' || a.attname, '') FROM pg_class c
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('spatial_ref_sys', 'goose_db_version')
		  AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL OR col_description(c.oid, a.attnum) !~ '[一-龥]')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s has no comment in Chinese", name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
