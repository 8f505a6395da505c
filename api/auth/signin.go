package auth

import (
	"context"
	"errors"
	"net/http"

	"wangge/grid/postgres"
)

// SignIn begins a session for whoever knows an account's password, and gives its secret for the cookie. How long it takes does not tell whether
// there is such an account. Its errors are postgres.ErrWrong, postgres.ErrLocked, ErrTooMany and ErrBusy.
func (g *Gate) SignIn(r *http.Request, c postgres.Caller, name, password string) (secret string, err error) {
	secret = newSession()
	begin := g.begin(r, secret)
	return secret, g.compare(r.Context(), c, name, password, &begin)
}

// begin is a session for this browser, in place of the one it had.
func (g *Gate) begin(r *http.Request, secret string) postgres.NewSession {
	n := postgres.NewSession{IDHash: SumOf(secret), Lasts: g.settings.Absolute, Agent: r.UserAgent()}
	if old := sessionCookie(r); old != "" {
		n.Replaces = SumOf(old)
	}
	return n
}

// compare holds a password against an account's, and begins a session where one is given.
func (g *Gate) compare(ctx context.Context, c postgres.Caller, name, password string, begin *postgres.NewSession) error {
	if !postgres.IsAccountName(name) || len(password) > 4*MaxPassword {
		name = "" // what can be no name may be a password in the wrong field: nobody keeps it
	}
	if err := g.limits.admit(c.Remote, name); err != nil {
		return err
	}
	on, err := g.store.Credentials(ctx, name)
	unknown := errors.Is(err, postgres.ErrNotFound)
	if err != nil && !unknown {
		return err
	}
	matched, err := g.hasher.Matches(ctx, on.Hash, password)
	if err != nil {
		return err
	}
	if !unknown {
		return g.store.Judge(ctx, c, on, matched, begin)
	}
	if err := g.store.LogAccess(ctx, postgres.AccessEntry{Action: postgres.SignInFailed, Remote: c.Remote, RequestID: c.RequestID}); err != nil {
		return err
	}
	return g.limits.fail(name)
}

// ChangePassword gives the caller another password for the old one, ends all sessions of the account and begins a new one for this browser. Its
// errors are those of SignIn and *WeakError.
func (g *Gate) ChangePassword(r *http.Request, c postgres.Caller, former, next string) (secret string, err error) {
	ctx := r.Context()
	if err := g.compare(ctx, c, c.Actor.Name, former, nil); err != nil {
		return "", err
	}
	if err := CheckPassword(c.Actor.Name, next); err != nil {
		return "", err
	}
	if former == next {
		return "", &WeakError{"与原口令相同", "is the old one"}
	}
	hash, err := g.hasher.Hash(ctx, next)
	if err != nil {
		return "", err
	}
	secret = newSession()
	_, err = g.store.Write(ctx, c, func(ctx context.Context, t *postgres.Tx) (postgres.Answer, error) {
		if _, err := t.SetPassword(ctx, c.Actor.Name, hash, false); err != nil {
			return postgres.Answer{}, err
		}
		return postgres.Answer{}, t.BeginSession(ctx, g.begin(r, secret))
	})
	return secret, err
}

// SignOut ends the caller's session; there may be none.
func (g *Gate) SignOut(r *http.Request, c postgres.Caller) error {
	secret := sessionCookie(r)
	if secret == "" {
		return nil
	}
	_, err := g.store.Write(r.Context(), c, func(ctx context.Context, t *postgres.Tx) (postgres.Answer, error) {
		return postgres.Answer{}, t.EndSession(ctx, SumOf(secret))
	})
	return err
}
