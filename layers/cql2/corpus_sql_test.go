package cql2

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
)

// TestCorpusInPostgres: every predicate of the test suite finds as many items in PostGIS as the suite says, from text and from JSON.
func TestCorpusInPostgres(t *testing.T) {
	all := examples(t)
	pool := pgtest.Empty(t)
	loaded := map[string]map[string]*layers.Field{}
	for _, e := range all {
		if loaded[e.collection] == nil {
			load(t, pool, e.collection)
			loaded[e.collection] = queryables(t, e.collection)
		}
		fields := loaded[e.collection]
		c := Columns{
			Field:    func(name string) *layers.Field { return fields[name] },
			Column:   func(f *layers.Field) string { return "f." + pgx.Identifier{f.Name}.Sanitize() },
			Geometry: "f.geom",
		}
		f, err := Parse(e.text)
		if err != nil {
			t.Fatal(err)
		}
		want := e.count
		if right, wrong := miscounted[e.text]; wrong {
			want = right
		}
		for _, f := range []*Filter{f, throughJSON(t, f)} {
			where, args, err := f.SQL(c)
			if err != nil {
				t.Errorf("%s: %v", e.text, err)
				continue
			}
			var count int
			if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM `+e.collection+` f WHERE `+where, args...).Scan(&count); err != nil {
				t.Errorf("%s: %s: %v", e.text, where, err)
			} else if count != want {
				t.Errorf("%s of %s: %d items, want %d: %s %v", e.text, e.collection, count, want, where, args)
			}
		}
	}
}

// load brings a collection of the test suite into PostGIS.
func load(t *testing.T, pool *pgxpool.Pool, collection string) {
	t.Helper()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed: the items of the CQL2 corpus cannot be loaded")
	}
	c := pool.Config().ConnConfig
	to := fmt.Sprintf("PG:host=%s port=%d dbname=%s user=%s", c.Host, c.Port, c.Database, c.User)
	command := exec.Command("ogr2ogr", "-f", "PostgreSQL", to, filepath.Join(corpusDir(t), "ne110m4cql2.gpkg"), collection,
		"-a_srs", "EPSG:4490", "-lco", "LAUNDER=NO", "-lco", "GEOMETRY_NAME=geom")
	command.Env = append(os.Environ(), "PGTZ=UTC") // the times of the GeoPackage say no zone
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
