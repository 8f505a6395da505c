package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Why nobody gets in.
var (
	// ErrWrong: name and password do not go together. Nothing says which of them is wrong. HTTP 401.
	ErrWrong = errors.New("wrong name or password")
	// ErrLocked: too many failures, for a while. HTTP 429.
	ErrLocked = errors.New("locked after too many failures")
)

// What locks an account: so many failures in a row, for so long. Package auth treats names that there are not in the same way.
const (
	MaxFailures   = 5
	LockedMinutes = 15
)

// Credentials are what a password is compared with.
type Credentials struct {
	Account int64
	Name    string
	Hash    string
}

const credentialsSQL = `
SELECT id, name, password_hash FROM account WHERE name = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL`

// Credentials finds what an account's password is compared with. ErrNotFound where there is nothing: no account, none in use, no password.
func (s *Store) Credentials(ctx context.Context, name string) (c Credentials, err error) {
	err = s.pool.QueryRow(ctx, credentialsSQL, name).Scan(&c.Account, &c.Name, &c.Hash)
	return c, interpret(err)
}

const (
	lockAccountSQL = `
SELECT coalesce(locked_until > now(), false), failures > 0 OR locked_until IS NOT NULL, disabled_at IS NULL AND password_hash IS NOT DISTINCT FROM $2
FROM account WHERE id = $1 FOR UPDATE`

	failSQL = `
UPDATE account SET failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END,
       locked_until = CASE WHEN failures + 1 >= $2 THEN now() + make_interval(mins => $3) END
WHERE id = $1 RETURNING locked_until IS NOT NULL`

	forgiveSQL = `UPDATE account SET failures = 0, locked_until = NULL WHERE id = $1`
)

// Judge ends an attempt with a password: matched says whether it was the one of these credentials. What counts is decided while the account's row
// is held, so that many attempts at once are no more than one after the other. It begins the session, where one is given and all is well.
// Its errors are ErrWrong and ErrLocked.
func (s *Store) Judge(ctx context.Context, c Caller, on Credentials, matched bool, begin *NewSession) error {
	verdict := error(nil)
	c.Actor.Account, c.Actor.Name = on.Account, on.Name
	_, err := s.Write(ctx, c, func(ctx context.Context, t *Tx) (_ Answer, err error) {
		verdict, err = t.judge(ctx, on, matched, begin)
		return Answer{}, err
	})
	if err != nil {
		return interpret(err)
	}
	return verdict
}

func (t *Tx) judge(ctx context.Context, on Credentials, matched bool, begin *NewSession) (verdict, err error) {
	var locked, blamed, same bool
	if err := t.tx.QueryRow(ctx, lockAccountSQL, on.Account, on.Hash).Scan(&locked, &blamed, &same); err != nil {
		return nil, err
	}
	switch {
	case locked:
		return ErrLocked, t.log(ctx, SignInFailed, on.Account, map[string]any{"locked": true})
	case !matched || !same:
		return ErrWrong, t.fail(ctx, on.Account)
	}
	if blamed {
		if _, err := t.tx.Exec(ctx, forgiveSQL, on.Account); err != nil {
			return nil, err
		}
	}
	if begin == nil {
		return nil, nil
	}
	if err := t.BeginSession(ctx, *begin); err != nil {
		return nil, err
	}
	return nil, t.log(ctx, SignedIn, on.Account, map[string]any{"by": "password"})
}

// fail counts a failure and locks the account at the last that is allowed.
func (t *Tx) fail(ctx context.Context, account int64) error {
	var locked bool
	if err := t.tx.QueryRow(ctx, failSQL, account, MaxFailures, LockedMinutes).Scan(&locked); err != nil {
		return err
	}
	if err := t.log(ctx, SignInFailed, account, nil); err != nil || !locked {
		return err
	}
	return t.log(ctx, Locked, account, map[string]any{"minutes": LockedMinutes})
}

const (
	bySubjectSQL = `SELECT id, name FROM account WHERE oidc_subject = $1 AND disabled_at IS NULL`
	bindSQL      = `UPDATE account SET oidc_subject = $2 WHERE name = $1 AND oidc_subject IS NULL AND disabled_at IS NULL RETURNING id, name`
)

// SignInBySubject begins a session for the account that is bound to a subject of the identity provider, or that has the name and is not bound yet:
// it is bound now. ErrNotFound where there is none in use.
func (s *Store) SignInBySubject(ctx context.Context, c Caller, subject, name string, begin NewSession) error {
	_, err := s.Write(ctx, c, func(ctx context.Context, t *Tx) (Answer, error) {
		a := &t.Caller.Actor
		err := t.tx.QueryRow(ctx, bySubjectSQL, subject).Scan(&a.Account, &a.Name)
		bound := errors.Is(err, pgx.ErrNoRows)
		if bound {
			err = t.tx.QueryRow(ctx, bindSQL, name, subject).Scan(&a.Account, &a.Name)
		}
		if err != nil {
			return Answer{}, interpret(err)
		}
		if err := t.BeginSession(ctx, begin); err != nil {
			return Answer{}, err
		}
		return Answer{}, t.log(ctx, SignedIn, a.Account, map[string]any{"by": "oidc", "bound": bound})
	})
	return interpret(err)
}
