package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// ErrBadToken says: the request has a token that is none, or none any more. HTTP 401.
var ErrBadToken = errors.New("not a token in force")

// ErrCrossOrigin says: a page of another server wants something done with the caller's session. HTTP 403.
var ErrCrossOrigin = errors.New("sent by a page of another server")

// Settings say how long sessions last.
type Settings struct {
	Idle     time.Duration // a session that is not used for so long ends; 0 for 12 h
	Absolute time.Duration // and so does one that is so old; 0 for 7 days
	// PublicURL is the address that callers use where a proxy stands in front; "" for that of each request.
	PublicURL string
	OIDC      *Provider // the bureau's own identity provider; nil for none
}

const usualIdle, usualAbsolute = 12 * time.Hour, 7 * 24 * time.Hour

// Gate finds out who is calling. It is safe for concurrent use.
type Gate struct {
	store    *postgres.Store
	settings Settings
	hasher   *Hasher
	limits   *limits
	cross    *http.CrossOriginProtection
}

// NewGate makes a gate over the accounts of a record.
func NewGate(store *postgres.Store, settings Settings) (*Gate, error) {
	if settings.Idle == 0 {
		settings.Idle = usualIdle
	}
	if settings.Absolute == 0 {
		settings.Absolute = usualAbsolute
	}
	g := &Gate{store: store, settings: settings, hasher: NewHasher(), limits: newLimits(), cross: http.NewCrossOriginProtection()}
	if settings.PublicURL != "" {
		if err := g.cross.AddTrustedOrigin(strings.TrimSuffix(settings.PublicURL, "/")); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Provider is the bureau's identity provider; nil where there is none.
func (g *Gate) Provider() *Provider { return g.settings.OIDC }

// Hasher hashes passwords for whoever makes accounts.
func (g *Gate) Hasher() *Hasher { return g.hasher }

// Who is calling: by the API token of the request, else by its session. Nobody is an actor too. A token that is no good is ErrBadToken; a session
// that is over is nobody, for the browser keeps sending it.
func (g *Gate) Who(r *http.Request) (rights.Actor, error) {
	id, err := g.identify(r)
	return id.Actor, err
}

// Ends is when the caller's session or token ends if it is not used again; the zero time for never.
func (g *Gate) Ends(r *http.Request) (time.Time, error) {
	id, err := g.identify(r)
	return id.Ends, err
}

func (g *Gate) identify(r *http.Request) (postgres.Identity, error) {
	if token, ok := bearer(r); ok {
		if !sane(token) {
			return postgres.Identity{}, ErrBadToken
		}
		id, err := g.store.TokenOf(r.Context(), SumOf(token))
		if errors.Is(err, postgres.ErrNotFound) {
			return postgres.Identity{}, ErrBadToken
		}
		return id, err
	}
	secret := sessionCookie(r)
	if secret == "" {
		return postgres.Identity{}, nil
	}
	id, err := g.store.SessionOf(r.Context(), SumOf(secret), g.settings.Idle)
	if errors.Is(err, postgres.ErrNotFound) {
		return postgres.Identity{}, nil
	}
	return id, err
}

// HasToken tells whether a request comes with an API token, good or not.
func HasToken(r *http.Request) bool {
	_, ok := bearer(r)
	return ok
}

// bearer is the token of a request. Other ways of authorisation are a proxy's business and none of ours.
func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// CheckOrigin refuses what pages of other servers make a browser do with its session: ErrCrossOrigin. Who comes by a token is no browser that was
// talked into it.
func (g *Gate) CheckOrigin(r *http.Request) error {
	if HasToken(r) {
		return nil
	}
	if err := g.cross.Check(r); err != nil {
		return ErrCrossOrigin
	}
	return nil
}

// Purge removes what is over, every hour until ctx ends. told hears of what went wrong; the next hour tries again.
func (g *Gate) Purge(ctx context.Context, told func(error)) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if _, _, err := g.store.Purge(ctx, g.settings.Idle); err != nil && ctx.Err() == nil {
			told(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Opened is whose session has just begun.
func (g *Gate) Opened(ctx context.Context, secret string) (postgres.Identity, error) {
	return g.store.SessionOf(ctx, SumOf(secret), g.settings.Idle)
}
