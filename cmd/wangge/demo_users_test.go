package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/fixtures/pgtest"
	"wangge/grid/postgres"
)

// officedCitySQL has what the demo's users are bound to: a street with its office, a bureau, and an officer of a duty grid.
const officedCitySQL = `
INSERT INTO department (code, name, kind) VALUES ('JZ001', '阜安街道（示例）', 'street'), ('U', '执法局', 'competent');
INSERT INTO region (code, name, kind, geom) VALUES ('370281001', '阜安街道', 'street', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.3, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty grids', '[]', false, false);
INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES (1, 'duty', 'Z-1', 0, ST_MakeEnvelope(120, 36.25, 120.01, 36.26, 4490));
INSERT INTO holder (id, code, kind, name, is_sample) VALUES (5, 'S-5', 'person', '王小明', true), (6, 'S-6', 'person', '李小红', true);
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (5, 'grid_officer', 'grid', 1, '2020-01-01'), (6, 'grid_officer', 'grid', 1, '2020-01-01');
INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (5, 'leave', city_day(), city_day())`

func TestDemoUsers(t *testing.T) {
	pool, dir := pgtest.DB(t), t.TempDir()
	if _, err := pool.Exec(t.Context(), officedCitySQL); err != nil {
		t.Fatal(err)
	}
	first, err := demoUsers(t.Context(), pool, dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, demoUsersFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	var written []map[string]string
	text, _ := os.ReadFile(path)
	if err := json.Unmarshal(text, &written); err != nil || len(written) != 8 || len(written[0]) != 4 {
		t.Fatalf("%v %s", err, text)
	}
	store := postgres.NewStore(pool)
	if a, err := store.Account(t.Context(), "officer"); err != nil || a.Holder == nil || a.Holder.Code != "S-6" || !a.Sample {
		t.Errorf("the officer is %+v, %v", a.Holder, err)
	}
	if a, err := store.Account(t.Context(), "street"); err != nil || a.Region.Code != "370281001" || a.Dept.Code != "JZ001" {
		t.Errorf("the street is %+v, %v", a, err)
	}
	again, err := demoUsers(t.Context(), pool, dir)
	if diff := cmp.Diff(first, again); err != nil || diff != "" {
		t.Errorf("a second run: %v %s", err, diff)
	}

	// What does not get in any more is made anew, the others stay.
	if _, err := pool.Exec(t.Context(), `UPDATE account SET disabled_at = now() WHERE name = 'viewer'; DELETE FROM api_token WHERE account_id = (SELECT id FROM account WHERE name = 'admin')`); err != nil {
		t.Fatal(err)
	}
	third, err := demoUsers(t.Context(), pool, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range third {
		changed := u != first[i]
		if want := u.Name == "viewer" || u.Name == "admin"; changed != want {
			t.Errorf("%s changed: %v", u.Name, changed)
		}
	}

	// A lost file is made anew; former tokens of the demo are no more.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	fourth, err := demoUsers(t.Context(), pool, dir)
	if err != nil {
		t.Fatal(err)
	}
	d := demoDoor{store: store, hasher: nil}
	if opens, err := d.opens(t.Context(), third[0]); err != nil || opens {
		t.Errorf("the former token of %s opens: %v %v", third[0].Name, opens, err)
	}
	var tokens int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM api_token`).Scan(&tokens); err != nil || tokens != len(fourth) {
		t.Errorf("%d tokens, %v", tokens, err)
	}
	var table strings.Builder
	if err := printDemoUsers(&table, fourth, path); err != nil || strings.Count(table.String(), "wg_") != 8 {
		t.Errorf("%v\n%s", err, table.String())
	}
}

func TestDemoUsersOfACityWithoutPeople(t *testing.T) {
	users, err := demoUsers(t.Context(), pgtest.DB(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range users {
		names = append(names, u.Name)
	}
	if diff := cmp.Diff([]string{"bureau", "planner", "viewer", "auditor", "admin"}, names); diff != "" {
		t.Error(diff)
	}
}
