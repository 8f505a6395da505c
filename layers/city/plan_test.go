package city

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"wangge/fixtures/pgtest"
)

// TestChangesByIndex: after an import that no statistics know of, looking for changes still reads only what is new.
func TestChangesByIndex(t *testing.T) {
	tx := pgtest.Tx(t)
	ctx := t.Context()
	for _, sql := range []string{
		`INSERT INTO change (txid, entity, entity_id, op) SELECT i::text::xid8, 'road', i, 'insert' FROM generate_series(1, 20000) i`,
		indexOnlySQL,
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := tx.Query(ctx, `EXPLAIN `+changesSQL, "19990", []string{"7", "8"})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan") || strings.Count(plan, "change_txid_idx") < 2 {
		t.Errorf("the plan is\n%s", plan)
	}
}
