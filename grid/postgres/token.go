package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/rights"
)

// Token is an API token of an account. The token itself is not kept.
type Token struct {
	ID        int64
	Name      string // what it is for
	CreatedAt time.Time
	ExpiresAt time.Time // the zero time for never
	UsedOn    time.Time // the day of its last use; the zero time for none
}

// Why there is no new token.
var (
	// ErrNameTaken: the name is in use. HTTP 409.
	ErrNameTaken = errors.New("the name is taken")
	// ErrTooMany: there are as many as there may be. HTTP 409.
	ErrTooMany = errors.New("as many as there may be")
)

// maxTokens bounds the tokens of one account.
const maxTokens = 50

const (
	// city_day() is written out here: calling it takes longer than all the rest.
	tokenSQL = `
SELECT a.id, a.name, a.title, a.role, coalesce(a.region_code, ''), coalesce(a.dept_code, ''), coalesce(a.holder_id, 0), a.must_change,
       k.expires_at, k.used_on IS DISTINCT FROM (now() AT TIME ZONE coalesce((SELECT value #>> '{}' FROM setting WHERE key = 'time_zone'), 'Asia/Shanghai'))::date
FROM api_token k JOIN account a ON a.id = k.account_id
WHERE k.hash = $1 AND coalesce(k.expires_at > now(), true) AND a.disabled_at IS NULL`

	touchTokenSQL = `UPDATE api_token SET used_on = city_day() WHERE hash = $1 AND used_on IS DISTINCT FROM city_day()`

	tokensSQL = `SELECT id, name, created_at, expires_at, used_on FROM api_token WHERE account_id = $1 ORDER BY id`

	holdAccountSQL = `SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL FOR UPDATE`

	namedTokensSQL = `SELECT count(*) FILTER (WHERE name = $2), count(*) FROM api_token WHERE account_id = $1`

	makeTokenSQL = `
INSERT INTO api_token (account_id, name, hash, expires_at) VALUES ($1, $2, $3, $4) RETURNING id, name, created_at, expires_at, used_on`

	revokeTokenSQL = `DELETE FROM api_token WHERE account_id = $1 AND id = $2`
)

// TokenOf finds whose token it is that has this SHA-256, unless it expired. ErrNotFound otherwise. The day of its use is noted.
func (s *Store) TokenOf(ctx context.Context, hash []byte) (Identity, error) {
	id, err := readIdentity(s.pool.QueryRow(ctx, tokenSQL, hash))
	id.Actor.Token = true
	if err == nil && id.Stale {
		_, err = s.pool.Exec(ctx, touchTokenSQL, hash)
	}
	return id, interpret(err)
}

// Tokens lists those of an account, also expired ones, oldest first.
func (s *Store) Tokens(ctx context.Context, account int64) ([]Token, error) {
	return tokensOf(ctx, s.pool, account)
}

// Tokens lists those of an account, as the transaction has them.
func (t *Tx) Tokens(ctx context.Context, account int64) ([]Token, error) {
	if err := t.mayToken(account); err != nil {
		return nil, err
	}
	return tokensOf(ctx, t.tx, account)
}

func tokensOf(ctx context.Context, q querier, account int64) ([]Token, error) {
	rows, err := q.Query(ctx, tokensSQL, account)
	if err != nil {
		return nil, interpret(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Token, error) { return readToken(row) })
	return list, interpret(err)
}

func readToken(row pgx.Row) (k Token, err error) {
	var expires, used *time.Time
	err = row.Scan(&k.ID, &k.Name, &k.CreatedAt, &expires, &used)
	if expires != nil {
		k.ExpiresAt = *expires
	}
	if used != nil {
		k.UsedOn = *used
	}
	return k, err
}

// MakeToken keeps the SHA-256 of a new token of an account: the caller's own, or of another by an operator. A zero expires is never.
// Its errors are ErrNotFound, ErrNameTaken and ErrTooMany besides those of package rights.
func (t *Tx) MakeToken(ctx context.Context, account int64, name string, hash []byte, expires time.Time) (Token, error) {
	if err := t.mayToken(account); err != nil {
		return Token{}, err
	}
	var held int64
	if err := t.tx.QueryRow(ctx, holdAccountSQL, account).Scan(&held); err != nil {
		return Token{}, interpret(err)
	}
	var same, all int
	if err := t.tx.QueryRow(ctx, namedTokensSQL, account, name).Scan(&same, &all); err != nil {
		return Token{}, err
	}
	switch {
	case same > 0:
		return Token{}, ErrNameTaken
	case all >= maxTokens:
		return Token{}, ErrTooMany
	}
	var ends *time.Time
	if !expires.IsZero() {
		ends = &expires
	}
	k, err := readToken(t.tx.QueryRow(ctx, makeTokenSQL, account, name, hash, ends))
	if err != nil {
		return Token{}, err
	}
	return k, t.log(ctx, TokenChanged, account, map[string]any{"token": k.ID, "made": true})
}

// RevokeToken removes a token of an account: whoever has it is nobody from now on. ErrNotFound where there is none.
func (t *Tx) RevokeToken(ctx context.Context, account, id int64) error {
	if err := t.mayToken(account); err != nil {
		return err
	}
	done, err := t.tx.Exec(ctx, revokeTokenSQL, account, id)
	switch {
	case err != nil:
		return err
	case done.RowsAffected() == 0:
		return ErrNotFound
	}
	return t.log(ctx, TokenChanged, account, map[string]any{"token": id, "made": false})
}

// mayToken: tokens are everybody's own. Only the server's own commands make and revoke those of others.
func (t *Tx) mayToken(account int64) error {
	a := t.Caller.Actor
	if err := a.Might(rights.OwnTokens); err != nil {
		return err
	}
	if a.Account != account && !a.Operates() {
		return rights.ErrForbidden
	}
	return nil
}
