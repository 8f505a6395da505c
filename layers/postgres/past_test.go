package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/postgres"
)

// sampler writes random features into the tables of all layers.
type sampler struct {
	*rand.Rand
	t *testing.T
}

// pastTables are written at random; %[1]s is a geometry, %[2]d a number.
var pastTables = map[string]string{
	"grid":              `INSERT INTO grid (code, scheme, name, geom) VALUES ('g%[2]d', (ARRAY['unit', 'duty'])[1 + %[2]d %% 2], 'n%[2]d', %[1]s)`,
	"road":              `INSERT INTO road (class, name, width_m, extra, geom) VALUES ('branch', 'n%[2]d', 0.1 + (%[2]d %% 90) / 7.0, '{"a": [1, null, "文"]}', %[1]s)`,
	"back_alley":        `INSERT INTO back_alley (name, surveyed_on, geom) VALUES (E'n\t"%[2]d', '2024-02-29', %[1]s)`,
	"public_toilet":     `INSERT INTO public_toilet (code, male_stalls, geom) VALUES ('t%[2]d', %[2]d %% 9, %[1]s)`,
	"barrier_free_ramp": `INSERT INTO barrier_free_ramp (kind, slope, geom) VALUES ('kerb', 1.0 / (2 + %[2]d), %[1]s)`,
	"parking_space":     `INSERT INTO parking_space (kind, fee, geom) VALUES ('motor', %[2]d %% 2 = 0, %[1]s)`,
	"construction_site": `INSERT INTO construction_site (kind, measures, geom) VALUES ('building', '{"hoarding": true}', %[1]s)`,
	"ground":            `INSERT INTO ground (kind, name, geom) VALUES ('water', 'n%[2]d', %[1]s)`,
	"land_use":          `INSERT INTO land_use (kind, class_code, geom) VALUES ('green', 'R%[2]d', %[1]s)`,
	"population":        `INSERT INTO population (persons, as_of, geom) VALUES (%[2]d %% 9000 / 3.0, '2025-12-31', %[1]s)`,
	"region":            `INSERT INTO region (code, name, kind, geom) VALUES ('r%[2]d', 'n', 'street', ST_Multi(%[1]s))`,
}

// shape is a geometry that a table may have. Grids lie apart: a hundred of them at one place would only be slow.
func (s sampler) shape(table string) string {
	x, y := 120+s.Float64()/10, 36+s.Float64()/10
	switch table {
	case "road", "back_alley":
		return fmt.Sprintf("'SRID=4490;MULTILINESTRING((%v %v,%v %v),(%v 36,120 %v))'::geometry", x, y, x+s.Float64()/100, y, x, y)
	case "grid", "construction_site", "ground", "land_use", "region":
		d := 0.001 + s.Float64()/1000
		return fmt.Sprintf("'SRID=4490;POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[2]v))'::geometry", x, y, x+d, y+d)
	}
	return fmt.Sprintf("'SRID=4490;POINT(%v %v)'::geometry", x, y)
}

// step is a statement of a random change of a table.
func (s sampler) step(table string) string {
	some := fmt.Sprintf("WHERE id %% %d = %d", 2+s.IntN(4), s.IntN(3))
	retire := func() string {
		if table != "grid" {
			return fmt.Sprintf("UPDATE %s SET updated_by = NULL %s", table, some)
		}
		return "UPDATE grid SET valid_to = '2024-01-01' " + some
	}
	switch s.IntN(12) {
	case 0:
		if table != "grid" && table != "region" { // others refer to them
			return "TRUNCATE " + table
		}
		return "DELETE FROM " + table
	case 1, 2:
		return fmt.Sprintf("DELETE FROM %s %s", table, some)
	case 3, 4:
		return fmt.Sprintf("UPDATE %s SET geom = %s %s", table, wrapped(table, s.shape(table)), some)
	case 5:
		return fmt.Sprintf("UPDATE %s SET extra = extra || '{\"n\": %d}' %s", table, s.IntN(100), some)
	case 6:
		return retire()
	case 7: // deleted and brought back under its id
		return fmt.Sprintf("CREATE TEMPORARY TABLE back ON COMMIT DROP AS SELECT * FROM %[1]s %[2]s; DELETE FROM %[1]s %[2]s; INSERT INTO %[1]s SELECT * FROM back; DROP TABLE back", table, some)
	}
	return fmt.Sprintf(pastTables[table], s.shape(table), s.IntN(1_000_000_000))
}

func wrapped(table, shape string) string {
	if table == "region" {
		return "ST_Multi(" + shape + ")"
	}
	return shape
}

// moment is an instant and the tables as they were at it.
type moment struct {
	at     time.Time
	suffix string
}

// keep copies all tables as they are between two transactions.
func keep(t *testing.T, pool *pgxpool.Pool, n int) moment {
	t.Helper()
	m := moment{suffix: fmt.Sprintf("_was_%d", n)}
	for table := range pastTables {
		mustExec(t, pool, fmt.Sprintf("CREATE TABLE %[1]s%[2]s AS TABLE %[1]s", table, m.suffix))
	}
	if err := pool.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&m.at); err != nil {
		t.Fatal(err)
	}
	return m
}

func mustExec(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// columnsOf are those that a past row has, with the geometry to its last bit.
func columnsOf(l *layers.Layer) string {
	list := []string{"f.id", "ST_AsEWKB(f.geom)"}
	for _, c := range l.Columns() {
		list = append(list, "f."+pgx.Identifier{c.Name}.Sanitize())
	}
	return strings.Join(list, ", ")
}

// differences counts rows that are in one of the past and the copy but not in the other.
func differences(t *testing.T, pool *pgxpool.Pool, l *layers.Layer, m moment) (n, rows int) {
	t.Helper()
	only := ""
	if l.Only != nil {
		only = fmt.Sprintf(" WHERE f.%s = '%s'", l.Only.Column, l.Only.Value)
	}
	past := fmt.Sprintf("SELECT %s FROM %s", columnsOf(l), postgres.PastSource(l, 1))
	was := fmt.Sprintf("SELECT %s FROM %s%s f%s", columnsOf(l), l.Table, m.suffix, only)
	sql := fmt.Sprintf("SELECT (SELECT count(*) FROM ((%[1]s EXCEPT %[2]s) UNION ALL (%[2]s EXCEPT %[1]s)) x), (SELECT count(*) FROM (%[1]s) x)", past, was)
	if err := pool.QueryRow(t.Context(), sql, m.at).Scan(&n, &rows); err != nil {
		t.Fatal(l.ID, err)
	}
	return n, rows
}

// rounds is how many transactions a property test makes: few, or as many as WANGGE_ROUNDS says.
func rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_ROUNDS")); err == nil {
		return n
	}
	return few
}

// TestThePastIsWhatItWas writes at random and keeps copies: at every instant the past equals the copy, to the last bit.
func TestThePastIsWhatItWas(t *testing.T) {
	pool := pgtest.DB(t)
	s := sampler{rand.New(rand.NewPCG(uint64(rounds(0)), 7)), t}
	mustExec(t, pool, `INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty', '[]', false, true)`)
	moments := []moment{keep(t, pool, 0)}
	tables := []string{"grid", "road", "back_alley", "public_toilet", "barrier_free_ramp", "parking_space", "construction_site", "ground", "land_use", "population", "region"}
	for n := range rounds(25) {
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			for range 1 + s.IntN(12) {
				sql := s.step(tables[s.IntN(len(tables))])
				if _, err := tx.Exec(context.WithoutCancel(t.Context()), sql); err != nil {
					return fmt.Errorf("%s: %w", sql, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		moments = append(moments, keep(t, pool, n+1))
	}
	all := append(layers.Catalogue(), append(layers.Reference(), layers.NetLayer("duty", layers.Text{}, 12, true))...)
	seen := 0
	for _, l := range all {
		for i, m := range moments {
			n, rows := differences(t, pool, l, m)
			if n != 0 {
				t.Errorf("%s after transaction %d: %d rows differ of %d", l.ID, i, n, rows)
			}
			seen += rows
		}
	}
	if seen < 10*len(moments) {
		t.Errorf("only %d rows at all %d moments: there was nothing to compare", seen, len(moments))
	}
}

// A column that is younger than what was written down has its default there.
func TestThePastHasDefaultsForNewColumns(t *testing.T) {
	pool := pgtest.DB(t)
	mustExec(t, pool, `INSERT INTO public_toilet (name, geom) VALUES ('a', 'SRID=4490;POINT(120 36)')`)
	m := keep(t, pool, 0)
	mustExec(t, pool, `UPDATE public_toilet SET name = 'b'`)
	mustExec(t, pool, `UPDATE change SET before = before - 'status' - 'note' WHERE op = 'update'`)
	if n, rows := differences(t, pool, layers.ByID("public_toilet"), m); n != 0 || rows != 1 {
		t.Errorf("%d of %d rows differ", n, rows)
	}
}

// Of transactions that overlap on a row, the later writer counts from the later beginning: there is no instant at which the row was
// what it never was.
func TestThePastOfOverlappingTransactions(t *testing.T) {
	pool := pgtest.DB(t)
	mustExec(t, pool, `INSERT INTO public_toilet (id, name, geom) VALUES (1, 'first', 'SRID=4490;POINT(120 36)')`)
	begin := func() (pgx.Tx, time.Time) {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var at time.Time
		if err := tx.QueryRow(t.Context(), "SELECT now()").Scan(&at); err != nil {
			t.Fatal(err)
		}
		return tx, at
	}
	rename := func(tx pgx.Tx, name string) {
		if _, err := tx.Exec(t.Context(), "UPDATE public_toilet SET name = $1", name); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	early, earlyAt := begin()
	late, lateAt := begin()
	rename(late, "of the late one")
	rename(early, "of the early one")
	for at, want := range map[time.Time]string{
		earlyAt.Add(-time.Microsecond): "first", earlyAt: "first", lateAt.Add(-time.Microsecond): "first", lateAt: "of the early one",
	} {
		var name string
		if err := pool.QueryRow(t.Context(), "SELECT f.name FROM "+postgres.PastSource(layers.ByID("public_toilet"), 1), at).Scan(&name); err != nil || name != want {
			t.Errorf("at %v it was %q, %v; want %q", at, name, err, want)
		}
	}
}
