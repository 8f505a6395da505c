package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
)

// Ping tells whether the database answers and takes writes. Its error is ErrUnavailable or that of the context.
func (r *Reader) Ping(ctx context.Context) error {
	var closed bool
	if err := r.pool.QueryRow(ctx, takesNoWritesSQL).Scan(&closed); err != nil {
		return interpret(err)
	}
	if closed {
		return fmt.Errorf("a database that only reads: %w", ErrUnavailable)
	}
	return nil
}

const takesNoWritesSQL = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'`

// interpret says in our words what the driver means.
func interpret(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case pgeom.Away(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
