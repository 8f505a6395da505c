package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

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

// LocalSystems are the city's own coordinate systems, as the record has them now.
func (r *Reader) LocalSystems(ctx context.Context) ([]datum.System, error) {
	own, err := LocalSystems(ctx, r.pool)
	return own, interpret(err)
}

// recentFor is for how long RecentSystems knows them, and recentWait how long it waits for the record.
const (
	recentFor  = time.Minute
	recentWait = time.Second
)

// recentSystems are the city's own systems as they were read last.
type recentSystems struct {
	mu   sync.Mutex
	own  []datum.System
	read time.Time
}

// RecentSystems are the city's own coordinate systems as they were within the last minute: for lists. While the record is away they are those of before.
func (r *Reader) RecentSystems(ctx context.Context) []datum.System {
	s := &r.recent
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.read) < recentFor {
		return s.own
	}
	ctx, cancel := context.WithTimeout(ctx, recentWait)
	defer cancel()
	if own, err := r.LocalSystems(ctx); err == nil {
		s.own = own
	}
	s.read = time.Now()
	return s.own
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
