package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// certifiedSQL is a street with one grid, which has its head since 2020.
const certifiedSQL = `
INSERT INTO region (code, name, kind, geom) VALUES ('370281', '胶州市', 'county', ST_Multi(ST_MakeEnvelope(120, 36, 120.1, 36.1, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty grids', '[{"name": "sequence", "length": 3}]', false, false);
INSERT INTO grid (id, scheme, code, geom) VALUES (1, 'duty', '001', ST_MakeEnvelope(120, 36, 120.05, 36.1, 4490));
INSERT INTO requirement (target_kind, applies_to, role, at_least) VALUES ('grid', 'duty', 'grid_head', 1);
INSERT INTO holder (id, code, kind, name) VALUES (1, 'P1', 'person', '王小明');
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from) VALUES (1, 1, 'grid_head', 'grid', 1, '2020-01-01')`

// TestCheckCertificate: a certificate holds until somebody changes it, or what the record says of its day.
func TestCheckCertificate(t *testing.T) {
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), certifiedSQL); err != nil {
		t.Fatal(err)
	}
	store := postgres.NewStore(pool)
	day, err := grid.ParseDay("2024-02-03")
	if err != nil {
		t.Fatal(err)
	}
	certificate, prefix, err := store.Attest(t.Context(), "370281", day)
	if err != nil {
		t.Fatal(err)
	}
	var issued postgres.Issued
	_, err = store.Write(t.Context(), postgres.Caller{Actor: rights.Actor{Account: 1, Name: "bureau", Role: rights.Bureau}}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
		issued, err = tx.IssueCertificate(ctx, certificate, prefix)
		return postgres.Answer{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := func(name string, document []byte) string {
		answer, err := json.Marshal(map[string]any{"document": json.RawMessage(document), "digest": issued.Digest})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, answer, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	check := func(what string, code int, says string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), []string{"check", "certificate", what, "--database-url", pool.Config().ConnString()}, nil, &out, &out); got != code || !strings.Contains(out.String(), says) {
			t.Errorf("%s: exit code %d, want %d with %q: %s", what, got, code, says, &out)
		}
	}
	check(issued.Number, 0, issued.Digest)
	check(file("good.json", issued.Document), 0, "差异 0")
	check(file("forged.json", bytes.Replace(issued.Document, []byte(`"have":1,"of":1`), []byte(`"have":2,"of":1`), 1)), 1, "digest")
	check(file("empty.json", []byte(`{}`)), 1, "不是证明")
	check("全覆-370281-20240203-0009", 1, "no such row")
	if _, err := pool.Exec(t.Context(), `UPDATE duty SET valid_to = $1`, time.Now()); err != nil {
		t.Fatal(err)
	}
	check(issued.Number, 0, "差异 0") // that day is as it was
	if _, err := pool.Exec(t.Context(), `UPDATE duty SET valid_to = '2024-02-01'`); err != nil {
		t.Fatal(err)
	}
	check(issued.Number, 1, "duty manned")
}
