package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/layers"
)

// ErrDecided says that somebody has decided about it before. HTTP 409.
var ErrDecided = errors.New("decided before")

// Unplaced is a row of a ledger that says where its facility is in words only.
type Unplaced struct {
	ID         int64
	Layer      string
	Source     string
	SourceKey  string
	Name       *string
	Address    *string
	Properties json.RawMessage
	State      string
	FeatureID  *int64
	Revision   int64
	CreatedAt  time.Time
}

const (
	unplacedColumns = `id, layer, source, source_key, name, address, properties, state, feature_id, revision, created_at`
	unplacedSQL     = `SELECT ` + unplacedColumns + ` FROM unplaced WHERE ($1 = '' OR layer = $1) AND ($2 = '' OR state = $2) AND id > $3 ORDER BY id LIMIT $4`
	countUnplaced   = `SELECT count(*) FROM unplaced WHERE ($1 = '' OR layer = $1) AND ($2 = '' OR state = $2)`
	oneUnplacedSQL  = `SELECT ` + unplacedColumns + ` FROM unplaced WHERE id = $1 FOR UPDATE`
	decidePlaceSQL  = `UPDATE unplaced SET state = $2, feature_id = $3, updated_by = current_setting('wangge.actor', true) WHERE id = $1 RETURNING ` + unplacedColumns
)

// UnplacedRows lists what waits for a place, behind an id, and how much there is in all. An empty layer or state stands for any.
func (s *Imports) UnplacedRows(ctx context.Context, layer, state string, behind int64, limit int) (list []Unplaced, total int, err error) {
	if err := s.pool.QueryRow(ctx, countUnplaced, layer, state).Scan(&total); err != nil {
		return nil, 0, interpret(err)
	}
	rows, err := s.pool.Query(ctx, unplacedSQL, layer, state, behind, limit)
	if err != nil {
		return nil, 0, interpret(err)
	}
	list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Unplaced])
	return list, total, interpret(err)
}

// openUnplaced reads and locks a row that nobody has decided about.
func openUnplaced(ctx context.Context, q querier, id, match int64) (Unplaced, error) {
	rows, err := q.Query(ctx, oneUnplacedSQL, id)
	if err != nil {
		return Unplaced{}, interpret(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Unplaced])
	switch {
	case err != nil:
		return u, interpret(err)
	case match != 0 && u.Revision != match:
		return u, ErrStale
	case u.State != "open":
		return u, ErrDecided
	}
	return u, nil
}

// PlaceUnplaced puts a row of a ledger on the map: it becomes a feature, under the source and key that it had in the ledger.
func PlaceUnplaced(ctx context.Context, q querier, id, match int64, at orb.Geometry, may Authorize) (Unplaced, error) {
	u, err := openUnplaced(ctx, q, id, match)
	if err != nil {
		return u, err
	}
	l := layers.ByID(u.Layer)
	if l == nil {
		return u, fmt.Errorf("layer %q: %w", u.Layer, ErrNotFound)
	}
	draft, err := draftOf(l, &u)
	if err != nil {
		return u, err
	}
	draft.Geometry = at
	written, err := Insert(ctx, q, l, draft, may)
	if err != nil {
		return u, err
	}
	return decidePlace(ctx, q, id, "placed", &written.ID)
}

// draftOf is the feature that a row of a ledger becomes.
func draftOf(l *layers.Layer, u *Unplaced) (Draft, error) {
	properties, err := decodeNumbers(u.Properties)
	if err != nil {
		return Draft{}, err
	}
	values, faults := l.Read(properties)
	if len(faults) > 0 {
		return Draft{}, faults
	}
	values["source"], values["source_key"] = u.Source, u.SourceKey
	return Draft{Values: values}, nil
}

// DismissUnplaced decides that a row of a ledger will not be put on the map. It has no place that a right could be asked for: whoever may write the inventory
// anywhere may decide, and the row stays in the list of those dismissed.
func DismissUnplaced(ctx context.Context, q querier, id, match int64) (Unplaced, error) {
	if u, err := openUnplaced(ctx, q, id, match); err != nil {
		return u, err
	}
	return decidePlace(ctx, q, id, "dismissed", nil)
}

func decidePlace(ctx context.Context, q querier, id int64, state string, feature *int64) (Unplaced, error) {
	rows, err := q.Query(ctx, decidePlaceSQL, id, state, feature)
	if err != nil {
		return Unplaced{}, interpret(err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Unplaced])
	return u, interpret(err)
}
