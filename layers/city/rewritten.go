package city

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// errRewritten: what was read is not what the transaction's snapshot should show.
var errRewritten = errors.New("a table was rewritten while it was read")

// rewrittenSQL compares where tables are stored now with where the snapshot has them.
const rewrittenSQL = `
SELECT EXISTS (SELECT FROM pg_class WHERE oid = ANY ($1::text[]::regclass[]) AND relfilenode IS DISTINCT FROM pg_relation_filenode(oid))`

// refuseRewritten is to be called after tables were read in a transaction. An ALTER TABLE that rewrites a table (a new column with a computed
// default, another type), committed between the snapshot and the reading, makes the table look empty to that snapshot, and no change in
// the feed tells of it later. A reader that waits for the lock of such a statement always meets this. Once a table has been read, its
// lock keeps others from rewriting it until the transaction ends.
func refuseRewritten(ctx context.Context, tx pgx.Tx, tables ...string) error {
	if len(tables) == 0 {
		return nil
	}
	quoted := make([]string, len(tables))
	for i, t := range tables {
		quoted[i] = pgx.Identifier{t}.Sanitize()
	}
	var moved bool
	if err := tx.QueryRow(ctx, rewrittenSQL, quoted).Scan(&moved); err != nil {
		return err
	}
	if moved {
		return errRewritten
	}
	return nil
}

// tables are all that views are read from.
func (c *City) tables(all []*layers.Layer) []string {
	out := []string{settingsPart, schemesPart, rulesPart}
	for _, s := range sources(all) {
		out = append(out, s.table)
	}
	for _, m := range c.cfg.Models {
		out = append(out, m.Entities()...)
	}
	return out
}
