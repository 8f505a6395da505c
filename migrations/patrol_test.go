package migrations_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"wangge/fixtures/pgtest"
)

// What the server would never write about patrol cannot be written behind its back either.
func TestIllegalPatrolRowsAreRefused(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `INSERT INTO department (code, name, kind) VALUES ('D0', '环卫', 'maintainer')`)
	const plan = `INSERT INTO patrol_plan (code, title, title_en, subject_kind, checklist, role, period, windows) VALUES ('p', 'p', 'p', 'grid', 'grid', 'grid_officer', 'day', `
	const problem = `INSERT INTO problem (id, number, class, source, title, at, state, dept, returns, reworks, reopens, duplicate_of) VALUES (gen_random_uuid(), 'n', 'litter', 'officer', 't', now(), `
	for _, c := range []struct {
		sql string
		ok  bool
	}{
		{plan + `'{}')`, true},
		{plan + `'{06:00-10:00,22:00-05:00}')`, true},
		{plan + `'{00:00-24:00}')`, true},
		{plan + `'{6:00-10:00}')`, false},
		{plan + `'{早班}')`, false},
		{plan + `'{24:00-05:00}')`, false},
		{plan + `'{06:00-10:00,NULL}')`, false},
		{plan + `'{06:00-10:00,""}')`, false},
		{plan + `'{"06:00-10:00\n"}')`, false},
		{problem + `'found', NULL, 0, 0, NULL, NULL)`, true},
		{problem + `'returned', 'D0', 1, 0, NULL, NULL)`, true},
		{problem + `'returned', 'D0', 0, 0, NULL, NULL)`, false},
		{problem + `'returned', NULL, 1, 0, NULL, NULL)`, false},
		{problem + `'suspended', NULL, 0, 0, NULL, NULL)`, false},
		{problem + `'handling', NULL, 0, 0, NULL, NULL)`, false},
		{problem + `'found', NULL, -1, 0, NULL, NULL)`, false},
		{problem + `'merged', NULL, 0, 0, gen_random_uuid(), NULL)`, false},
	} {
		exec(t, tx, `SAVEPOINT one`)
		_, err := tx.Exec(t.Context(), c.sql)
		var refused *pgconn.PgError
		if check := errors.As(err, &refused) && refused.Code == "23514"; c.ok != (err == nil) || !c.ok && !check {
			t.Errorf("%s: %v", c.sql, err)
		}
		exec(t, tx, `ROLLBACK TO SAVEPOINT one`)
	}
}
