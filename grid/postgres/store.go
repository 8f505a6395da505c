package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/geo/pgeom"
	"wangge/grid"
	"wangge/grid/rights"
)

// What a write can be refused for, besides what package rights says.
var (
	// ErrNotFound: there is no such row, or none in force.
	ErrNotFound = errors.New("no such row")
	// ErrStale: somebody changed the row since the caller read it. HTTP 412.
	ErrStale = errors.New("changed since it was read")
	// ErrKeyReused: an idempotency key came again with another request. HTTP 422.
	ErrKeyReused = errors.New("idempotency key used for another request")
	// ErrBusy: writers stood in one another's way too often. HTTP 503.
	ErrBusy = errors.New("too many writers at once")
)

// Store writes the grid-plus-person model and reads what memory does not hold. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
}

// NewStore makes a store over a record.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// Caller is on whose behalf a transaction writes.
type Caller struct {
	Actor     rights.Actor
	RequestID string
	Remote    string
	// Key is the caller's Idempotency-Key, "" for none; Fingerprint is a hash of method, path and body that must be the same when it comes again.
	Key         string
	Fingerprint []byte
}

// Answer is what a write ends with. It is kept with the idempotency key, so that a retry gets the same.
type Answer struct {
	Status   int
	Body     []byte
	Headers  map[string]string // ETag, Location
	Revision uint64            // of the transaction; set by Write
	Replayed bool              // a retry got the answer of the first; set by Write
	DryRun   bool              // nothing is to stay: the transaction is rolled back, no key is kept
}

// Tx is one transaction of one caller. Its methods are the use cases; each asks package rights before it writes.
type Tx struct {
	tx     pgx.Tx
	Caller Caller
	Day    grid.Day // today in the city's time zone
}

// Query, QueryRow and Exec let the storage of another room take part in the transaction: layers/postgres writes features in it, so that they, the
// audit's names and the idempotency key stay together or not at all.

// Query is part of what storage needs of a transaction.
func (t *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.tx.Query(ctx, sql, args...)
}

// QueryRow is part of what storage needs of a transaction.
func (t *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.tx.QueryRow(ctx, sql, args...)
}

// Exec is part of what storage needs of a transaction.
func (t *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.tx.Exec(ctx, sql, args...)
}

const (
	callerSQL = `SELECT set_config('wangge.actor', $1, true), set_config('wangge.request_id', $2, true)`
	todaySQL  = `SELECT city_day(), pg_current_xact_id()::text::bigint`

	keepKeySQL   = `INSERT INTO idempotency_key (actor, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	readKeySQL   = `SELECT fingerprint, status, headers, body FROM idempotency_key WHERE actor = $1 AND key = $2`
	answerKeySQL = `UPDATE idempotency_key SET status = $3, headers = $4, body = $5 WHERE actor = $1 AND key = $2`
)

// attempts at one write, where PostgreSQL ends it because of another writer's locks.
const attempts = 4

var errRollBack = errors.New("dry run")

// Write runs one use case in one transaction on behalf of a caller: the changes, the audit's names and the idempotency key stay together or not
// at all. do may run again after a deadlock, so it must not change anything but the record.
func (s *Store) Write(ctx context.Context, c Caller, do func(ctx context.Context, t *Tx) (Answer, error)) (Answer, error) {
	for n := 1; ; n++ {
		answer, err := s.writeOnce(ctx, c, do)
		if pgeom.Away(err) { // whether it was committed, only a retry with the same key can tell
			return Answer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if !isClash(err) {
			return answer, err
		}
		if n == attempts {
			return Answer{}, fmt.Errorf("%w: %w", ErrBusy, err)
		}
		select {
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		case <-time.After(time.Duration(n) * 20 * time.Millisecond):
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, c Caller, do func(ctx context.Context, t *Tx) (Answer, error)) (answer Answer, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		t := &Tx{tx: tx, Caller: c}
		var revision int64
		if _, err := tx.Exec(ctx, callerSQL, c.Actor.Name, c.RequestID); err != nil {
			return err
		}
		var today time.Time
		if err := tx.QueryRow(ctx, todaySQL).Scan(&today, &revision); err != nil {
			return err
		}
		t.Day = grid.DayOf(today)
		if c.Key != "" {
			kept, found, err := t.replay(ctx)
			if err != nil || found {
				answer = kept
				return err
			}
		}
		if answer, err = do(ctx, t); err != nil {
			return err
		}
		answer.Revision = uint64(revision)
		if answer.DryRun {
			return errRollBack
		}
		if c.Key == "" {
			return nil
		}
		headers := map[string]string{}
		for k, v := range answer.Headers {
			headers[k] = v
		}
		headers[revisionHeader] = fmt.Sprint(revision)
		_, err := tx.Exec(ctx, answerKeySQL, c.Actor.Name, c.Key, answer.Status, headers, answer.Body)
		return err
	})
	if errors.Is(err, errRollBack) {
		err = nil
	}
	return answer, err
}

// revisionHeader keeps the revision of a write among the headers of its key.
const revisionHeader = "Wangge-Revision"

// replay takes the key for this transaction, or finds the answer that it got before. A second caller with the key waits for the first.
func (t *Tx) replay(ctx context.Context) (Answer, bool, error) {
	taken, err := t.tx.Exec(ctx, keepKeySQL, t.Caller.Actor.Name, t.Caller.Key, t.Caller.Fingerprint)
	if err != nil || taken.RowsAffected() == 1 {
		return Answer{}, false, err
	}
	var fingerprint []byte
	kept := Answer{Replayed: true}
	if err := t.tx.QueryRow(ctx, readKeySQL, t.Caller.Actor.Name, t.Caller.Key).Scan(&fingerprint, &kept.Status, &kept.Headers, &kept.Body); err != nil {
		return Answer{}, false, err
	}
	if string(fingerprint) != string(t.Caller.Fingerprint) {
		return Answer{}, false, ErrKeyReused
	}
	if _, err := fmt.Sscan(kept.Headers[revisionHeader], &kept.Revision); err != nil {
		return Answer{}, false, fmt.Errorf("the kept answer has no revision: %w", err)
	}
	delete(kept.Headers, revisionHeader)
	return kept, true, nil
}

// Passing tells whether an error says nothing about what was asked: another try may do.
func Passing(err error) bool {
	return isClash(err) || pgeom.Away(err) || errors.Is(err, ErrUnavailable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isClash tells whether PostgreSQL ended a transaction because of others, so that it may be run again.
func isClash(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
