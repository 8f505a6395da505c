package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
)

// countedRoadsSQL are the roads of road totals: footpaths stand outside, as in the inventory.
const countedRoadsSQL = roadsSQL + ` WHERE class <> 'footpath'`

// Ways reads all roads and alleys with their shapes: what figures of roads and alleys are made of. They come from the record as it is now, which
// may be a moment ahead of the city in memory; the roster asks again as soon as it hears of a change.
func (s *Store) Ways(ctx context.Context) (ways []grid.Way, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		ways, err = readWays(ctx, tx)
		return err
	})
	return ways, interpret(err)
}

func readWays(ctx context.Context, tx pgx.Tx) (ways []grid.Way, err error) {
	for _, sql := range []string{countedRoadsSQL, alleysSQL} {
		some, err := query(ctx, tx, sql, nil, readWay)
		if err != nil {
			return nil, fmt.Errorf("roads and alleys: %w", err)
		}
		ways = append(ways, some...)
	}
	return ways, nil
}
