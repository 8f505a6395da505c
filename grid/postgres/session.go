package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/rights"
)

// Identity is who a session or a token belongs to.
type Identity struct {
	Actor rights.Actor
	Ends  time.Time // when it ends if it is not used again; the zero time for never
	Stale bool      // its last use is worth noting again
}

// Sessions and tokens are looked up for every request by their primary key: what was ended on one server has ended on all. An account that is
// disabled has neither, and a session that is older than the password is none.
const (
	sessionSQL = `
SELECT a.id, a.name, a.title, a.role, coalesce(a.region_code, ''), coalesce(a.dept_code, ''), coalesce(a.holder_id, 0), a.must_change,
       least(s.expires_at, s.used_at + make_interval(secs => $2)), s.used_at < now() - interval '5 minutes'
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.id_hash = $1 AND s.expires_at > now() AND s.used_at > now() - make_interval(secs => $2)
  AND a.disabled_at IS NULL AND s.created_at >= coalesce(a.password_at, s.created_at)`

	touchSessionSQL = `UPDATE session SET used_at = now() WHERE id_hash = $1 AND used_at < now() - interval '5 minutes'`

	beginSessionSQL = `
INSERT INTO session (id_hash, account_id, expires_at, agent, remote)
VALUES ($1, $2, now() + make_interval(secs => $3), nullif($4, ''), nullif($5, ''))`

	endSessionSQL  = `DELETE FROM session WHERE id_hash = $1`
	endSessionsSQL = `DELETE FROM session WHERE account_id = $1`
)

// SessionOf finds whose session it is whose id has this SHA-256, unless it ended or was not used in all of idle. ErrNotFound otherwise.
// Its use is noted, at most once in five minutes.
func (s *Store) SessionOf(ctx context.Context, idHash []byte, idle time.Duration) (Identity, error) {
	id, err := readIdentity(s.pool.QueryRow(ctx, sessionSQL, idHash, idle.Seconds()))
	if err == nil && id.Stale {
		_, err = s.pool.Exec(ctx, touchSessionSQL, idHash)
	}
	return id, interpret(err)
}

func readIdentity(row pgx.Row) (Identity, error) {
	var id Identity
	var ends *time.Time
	a := &id.Actor
	err := row.Scan(&a.Account, &a.Name, &a.Title, &a.Role, &a.Region, &a.Dept, &a.Holder, &a.MustChange, &ends, &id.Stale)
	if ends != nil {
		id.Ends = *ends
	}
	return id, err
}

// NewSession is a session that is to begin.
type NewSession struct {
	IDHash []byte        // SHA-256 of its id, which nobody keeps
	Lasts  time.Duration // at most, however much it is used
	Agent  string        // the browser, as it calls itself
	// Replaces is the sum of the session that the browser had before; nil for none. It ends.
	Replaces []byte
}

// BeginSession lets the caller of the transaction have a session.
func (t *Tx) BeginSession(ctx context.Context, n NewSession) error {
	if _, err := t.tx.Exec(ctx, endSessionSQL, n.Replaces); err != nil {
		return err
	}
	_, err := t.tx.Exec(ctx, beginSessionSQL, n.IDHash, t.Caller.Actor.Account, n.Lasts.Seconds(), clipText(n.Agent, maxAgent), t.Caller.Remote)
	return err
}

// maxAgent bounds how much of a browser's name is kept, in bytes.
const maxAgent = 200

// clipText keeps at most so many bytes of valid text without control characters.
func clipText(s string, most int) string {
	kept := make([]rune, 0, min(len(s), most))
	size := 0
	for _, r := range s {
		n := len(string(r))
		if size+n > most {
			break
		}
		if r >= ' ' && r != 0x7f && r != '\uFFFD' {
			kept, size = append(kept, r), size+n
		}
	}
	return string(kept)
}

// EndSession ends the session whose id has this SHA-256, of the caller.
func (t *Tx) EndSession(ctx context.Context, idHash []byte) error {
	done, err := t.tx.Exec(ctx, endSessionSQL, idHash)
	if err != nil || done.RowsAffected() == 0 {
		return err
	}
	return t.log(ctx, SignedOut, t.Caller.Actor.Account, nil)
}
