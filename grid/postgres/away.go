package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
)

// ErrUnavailable says: the database is away. HTTP 503.
var ErrUnavailable = errors.New("the database does not answer")

// interpret says in our words what the driver means: ErrNotFound, ErrUnavailable, or the context's error.
func interpret(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case pgeom.Away(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
