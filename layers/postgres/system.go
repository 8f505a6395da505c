package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/geo/datum"
)

const localSystemsSQL = `SELECT code, title, title_en, base_srid, dx_m, dy_m, rotation, scale FROM local_system ORDER BY code`

// LocalSystems are the city's own coordinate systems: rows of table local_system, which the surveying institute's parameters are put into. A row that cannot
// be used is an error that names it.
func LocalSystems(ctx context.Context, q querier) ([]datum.System, error) {
	rows, err := q.Query(ctx, localSystemsSQL)
	if err != nil {
		return nil, err
	}
	own, err := pgx.CollectRows(rows, pgx.RowToStructByPos[datum.LocalSystem])
	if err != nil {
		return nil, fmt.Errorf("local systems: %w", interpret(err))
	}
	systems := make([]datum.System, len(own))
	for i, one := range own {
		if systems[i], err = datum.Local(one); err != nil {
			return nil, err
		}
	}
	return systems, nil
}

// System finds a coordinate reference system by one of its names: those that every city speaks, and the city's own by code or identifier. Its errors are
// datum.ErrUnknown and those of LocalSystems.
func (r *Reader) System(ctx context.Context, name string) (datum.System, error) {
	s, unknown := datum.Parse(name)
	if unknown == nil {
		return s, nil
	}
	own, err := LocalSystems(ctx, r.pool)
	if err != nil {
		return s, err
	}
	for _, one := range own {
		if name == one.Code() || name == one.URI() {
			return one, nil
		}
	}
	return s, unknown
}
