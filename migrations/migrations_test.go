package migrations_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"wangge/fixtures/pgtest"
	"wangge/migrations"
)

var fileName = regexp.MustCompile(`^([0-9]{4})_[a-z]+(_[a-z0-9]+)+\.sql$`)

func TestFilesAreNumberedAndRunForwardOnly(t *testing.T) {
	names, err := filepath.Glob("*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	for i, name := range names {
		m := fileName.FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%s is not named NNNN_verb_noun.sql", name)
			continue
		}
		if n, err := strconv.Atoi(m[1]); err != nil || n != i+1 {
			t.Errorf("%s should have the number %04d", name, i+1)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, refused := range []string{"+goose Down", "+goose NO TRANSACTION"} {
			if bytes.Contains(b, []byte(refused)) {
				t.Errorf("%s has %q", name, refused)
			}
		}
	}
	if got := migrations.Version(); got != int64(len(names)) {
		t.Errorf("Version() = %d, want %d", got, len(names))
	}
}

func TestUpFromNothing(t *testing.T) {
	pool := pgtest.Empty(t)
	before, err := migrations.Status(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	failed := make([]error, 3)
	for i := range failed { // three servers at once
		wg.Go(func() { failed[i] = migrations.Up(t.Context(), pool) })
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}
	after, err := migrations.Status(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	pending := func(m migrations.Migration) bool { return m.AppliedAt.IsZero() }
	if len(before) == 0 || len(before) != len(after) || slices.ContainsFunc(after, pending) {
		t.Errorf("before %v\nafter %v", before, after)
	}
	for i, m := range before {
		if !pending(m) || m.Version != int64(i+1) || m.Name != after[i].Name {
			t.Errorf("before: %v", m)
		}
	}
}

func TestDigestIsStable(t *testing.T) {
	if a, b := migrations.Digest(), migrations.Digest(); a != b || len(a) != 64 {
		t.Errorf("%s, %s", a, b)
	}
}

func TestUpRefusesANewerDatabase(t *testing.T) {
	pool := pgtest.Empty(t)
	older := map[string]string{"0001_create_a.sql": "CREATE TABLE a (id int);"}
	newer := map[string]string{"0001_create_a.sql": older["0001_create_a.sql"], "0002_create_b.sql": "CREATE TABLE b (id int);"}
	if err := migrations.UpWith(t.Context(), pool, newer); err != nil {
		t.Fatal(err)
	}
	if err := migrations.UpWith(t.Context(), pool, older); !errors.Is(err, migrations.ErrNewer) {
		t.Errorf("%v, want %v", err, migrations.ErrNewer)
	}
}

func TestABrokenMigrationLeavesNothingOfItself(t *testing.T) {
	pool := pgtest.Empty(t)
	files := map[string]string{
		"0001_create_a.sql": "CREATE TABLE a (id int);",
		"0002_create_b.sql": "CREATE TABLE b (id int);\nCREATE TABLE a (id int);",
	}
	err := migrations.UpWith(t.Context(), pool, files)
	if err == nil || !strings.Contains(err.Error(), "0002_create_b.sql") {
		t.Fatalf("%v does not name the file", err)
	}
	var a, b bool
	const thereSQL = `SELECT to_regclass('a') IS NOT NULL, to_regclass('b') IS NOT NULL`
	if err := pool.QueryRow(t.Context(), thereSQL).Scan(&a, &b); err != nil {
		t.Fatal(err)
	}
	if !a || b {
		t.Errorf("a is there: %t, b is there: %t", a, b)
	}
	files["0002_create_b.sql"] = "CREATE TABLE b (id int);"
	if err := migrations.UpWith(t.Context(), pool, files); err != nil {
		t.Errorf("after the repair: %v", err)
	}
}
