package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
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
	case away(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// away tells whether an error means that the server cannot be reached, is going down or has no room for us.
func away(err error) bool {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		switch answer.Code {
		case "57P01", "57P02", "57P03", "53300":
			return true
		}
		return strings.HasPrefix(answer.Code, "08")
	}
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &refused) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, puddle.ErrClosedPool)
}
