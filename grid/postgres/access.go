package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// What the access log tells of.
const (
	ReadPerson   = "read_person"    // full names and phones were answered
	SignedIn     = "sign_in"        // a session began
	SignInFailed = "sign_in_failed" // and here it did not
	Locked       = "locked"         // an account was locked after too many failures
	SignedOut    = "sign_out"       // a session was ended by its owner
	PasswordSet  = "password"       // a password was set
	TokenChanged = "token"          // a token was made or revoked
	Refused      = "refused"        // somebody wanted what the rights do not give
	ReadLog      = "read_log"       // the access log itself was read
	ReadPhoto    = "read_photo"     // the original of a photo was answered
	ReadTrack    = "read_track"     // somebody else's way was answered
)

// AccessEntry is a line of the access log. It never has names, phones, passwords or tokens: people are told by the ids of their rows.
type AccessEntry struct {
	Actor    string // the account's name; "" for one that there is not
	Action   string
	Entity   string // what was read: holder, account …; "" for nothing
	EntityID int64  // 0 for none or many, which Detail has as ids
	Detail   map[string]any

	Remote    string // the caller's address
	RequestID string
}

const logAccessSQL = `
INSERT INTO access_log (actor, action, entity, entity_id, detail, remote, request_id)
VALUES ($1, $2, nullif($3, ''), nullif($4, 0), $5, nullif($6, ''), nullif($7, ''))`

// LogAccess writes a line of the access log. Whoever answers personal data writes it before: no line, no answer.
func (s *Store) LogAccess(ctx context.Context, e AccessEntry) error {
	return interpret(logAccess(ctx, s.pool, e))
}

// LogAccess does so within the transaction. A second connection would be waited for: as many writers as there are connections would wait for one another.
func (t *Tx) LogAccess(ctx context.Context, e AccessEntry) error {
	return logAccess(ctx, t.tx, e)
}

// execer is a pool or a transaction.
type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func logAccess(ctx context.Context, q execer, e AccessEntry) error {
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	_, err := q.Exec(ctx, logAccessSQL, e.Actor, e.Action, e.Entity, e.EntityID, e.Detail, e.Remote, e.RequestID)
	return err
}

// log writes a line about an account into the access log that stays with the transaction.
func (t *Tx) log(ctx context.Context, action string, account int64, detail map[string]any) error {
	return logAccess(ctx, t.tx, AccessEntry{
		Actor: t.Caller.Actor.Name, Action: action, Entity: "account", EntityID: account, Detail: detail,
		Remote: t.Caller.Remote, RequestID: t.Caller.RequestID,
	})
}

const purgeSQL = `
WITH s AS (DELETE FROM session WHERE expires_at < now() OR used_at < now() - make_interval(secs => $1) RETURNING 1),
     k AS (DELETE FROM idempotency_key WHERE created_at < now() - interval '1 day' RETURNING 1)
SELECT (SELECT count(*) FROM s), (SELECT count(*) FROM k)`

// Purge removes sessions that are over, by their end or for want of use in all of idle, and idempotency keys that are older than a day.
func (s *Store) Purge(ctx context.Context, idle time.Duration) (sessions, keys int64, err error) {
	err = s.pool.QueryRow(ctx, purgeSQL, idle.Seconds()).Scan(&sessions, &keys)
	return sessions, keys, interpret(err)
}
