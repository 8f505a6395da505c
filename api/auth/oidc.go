package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"wangge/grid/postgres"
)

// Why the identity provider's way in does not lead in.
var (
	// ErrNoProvider: none is configured. HTTP 404.
	ErrNoProvider = errors.New("no identity provider is configured")
	// ErrProviderAway: it does not answer, or not as it should. HTTP 503.
	ErrProviderAway = errors.New("the identity provider does not answer")
	// ErrHandshake: what came back is not the answer to what this browser was sent with. HTTP 400.
	ErrHandshake = errors.New("not the answer of the identity provider to this browser")
	// ErrNoAccount: the provider knows who it is, and there is no account in use for that. HTTP 403.
	ErrNoAccount = errors.New("there is no account for this identity")
)

// ProviderConfig says how to reach the bureau's identity provider.
type ProviderConfig struct {
	Issuer, ClientID, ClientSecret string
	Title                          string // how the way in is called
	Claim                          string // the claim that has the name of an account that is not bound yet; "" for none: accounts are bound by hand
	Client                         *http.Client
}

// Provider is the bureau's identity provider, OpenID Connect. What it says about itself is read when it is first needed, so a server starts without it.
type Provider struct {
	config ProviderConfig
	key    []byte // that handshakes are signed with: the same on all servers with one client secret

	turn       chan struct{} // to ask the provider about itself, and to look at what it said
	discovered *oidc.Provider
}

// providerTimeout bounds each question to the provider.
const providerTimeout = 10 * time.Second

// NewProvider takes what is configured.
func NewProvider(c ProviderConfig) (*Provider, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, fmt.Errorf("the issuer %q is not of the form https://host", c.Issuer)
	}
	if c.ClientID == "" {
		return nil, errors.New("the identity provider knows this server by a client id, and there is none")
	}
	if c.Title == "" {
		c.Title = u.Host
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: providerTimeout}
	}
	p := &Provider{config: c, key: make([]byte, secretBytes), turn: make(chan struct{}, 1)}
	_, _ = rand.Read(p.key) // never fails, see crypto/rand
	if c.ClientSecret != "" {
		p.key = signature([]byte(c.ClientSecret), []byte("wangge oidc handshake"))
	}
	return p, nil
}

func signature(key, text []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return mac.Sum(nil)
}

// isLoopback tells whether a host is this machine: there http will do.
func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// Title is how the way in is called.
func (p *Provider) Title() string { return p.config.Title }

func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.config.Client)
}

// discover reads what the provider says about itself, once. While it cannot be reached every caller tries anew.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.discovered != nil {
		return p.discovered, nil
	}
	// Its keys are read later, by other requests: they must not hang on the context of this one.
	found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProviderAway, err)
	}
	p.discovered = found
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider, callback string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// handshake is what the browser keeps between being sent to the provider and coming back. It is in a signed cookie, so any server
// behind one address can take it up; it ends in ten minutes, and coming back takes it away.
type handshake struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	To       string `json:"t"`
	Made     int64  `json:"m"`
}

const (
	handshakeCookie = "wangge_oidc"
	handshakePath   = "/api/v1/oidc"
	handshakeLasts  = 10 * time.Minute
	maxHandshake    = 2048
)

// Begin sends a browser to the provider: it sets the cookie of the handshake and gives the address to go to. callback is our address to come back
// to, to is the page of ours that the browser wants in the end.
func (p *Provider) Begin(w http.ResponseWriter, r *http.Request, callback, to string, secure bool) (string, error) {
	found, err := p.discover(r.Context())
	if err != nil {
		return "", err
	}
	h := handshake{State: chance(), Nonce: chance(), Verifier: oauth2.GenerateVerifier(), To: OwnPath(to), Made: time.Now().Unix()}
	sealed, err := p.seal(h)
	if err != nil {
		return "", err
	}
	http.SetCookie(w, handshakeOf(sealed, int(handshakeLasts.Seconds()), secure))
	return p.oauth(found, callback).AuthCodeURL(h.State, oidc.Nonce(h.Nonce), oauth2.S256ChallengeOption(h.Verifier)), nil
}

func handshakeOf(value string, maxAgeS int, secure bool) *http.Cookie {
	return &http.Cookie{Name: handshakeCookie, Value: value, Path: handshakePath, MaxAge: maxAgeS, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
}

func chance() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// OwnPath keeps what a browser asks to be sent to in the end to pages of this server: a path, and nothing that could lead away.
func OwnPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || len(to) > maxHandshake/4 || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

// seal writes a handshake with its signature before it.
func (p *Provider) seal(h handshake) (string, error) {
	text, err := json.Marshal(h)
	return base64.RawURLEncoding.EncodeToString(append(signature(p.key, text), text...)), err
}

// open reads what seal wrote.
func (p *Provider) open(sealed string) (h handshake, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(sealed) > maxHandshake || len(b) < sha256.Size || !hmac.Equal(b[:sha256.Size], signature(p.key, b[sha256.Size:])) {
		return h, false
	}
	return h, json.Unmarshal(b[sha256.Size:], &h) == nil
}

// finish takes the handshake from the browser and checks that the answer belongs to it.
func (p *Provider) finish(w http.ResponseWriter, r *http.Request, state string, secure bool) (handshake, error) {
	c, err := r.Cookie(handshakeCookie)
	if err != nil {
		return handshake{}, ErrHandshake
	}
	http.SetCookie(w, handshakeOf("", -1, secure))
	h, ok := p.open(c.Value)
	age := time.Since(time.Unix(h.Made, 0))
	if !ok || age < -time.Minute || age > handshakeLasts || subtle.ConstantTimeCompare([]byte(h.State), []byte(state)) != 1 {
		return handshake{}, ErrHandshake
	}
	return h, nil
}

// identity is who the provider says it is.
type identity struct{ subject, name string }

// exchange asks the provider who came back with a code.
func (p *Provider) exchange(ctx context.Context, callback, code string, h handshake) (identity, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return identity{}, err
	}
	ctx, cancel := context.WithTimeout(p.context(ctx), providerTimeout)
	defer cancel()
	answer, err := p.oauth(found, callback).Exchange(ctx, code, oauth2.VerifierOption(h.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError:
		return identity{}, ErrHandshake // a code that is over, or was used before; what the provider says may have it
	case err != nil:
		return identity{}, ErrProviderAway
	}
	raw, ok := answer.Extra("id_token").(string)
	if !ok {
		return identity{}, ErrProviderAway
	}
	token, err := found.Verifier(&oidc.Config{ClientID: p.config.ClientID}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(h.Nonce)) != 1 {
		return identity{}, ErrHandshake
	}
	return p.claimed(token)
}

// claimed reads the subject, together with the issuer: another provider's subjects may be the same.
func (p *Provider) claimed(token *oidc.IDToken) (identity, error) {
	id := identity{subject: token.Issuer + " " + token.Subject}
	if len(id.subject) > maxSubject {
		sum := sha256.Sum256([]byte(id.subject))
		id.subject = token.Issuer + " #" + base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if p.config.Claim == "" {
		return id, nil
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return identity{}, ErrHandshake
	}
	if name, ok := claims[p.config.Claim].(string); ok && postgres.IsAccountName(strings.ToLower(name)) {
		id.name = strings.ToLower(name)
	}
	return id, nil
}

// maxSubject bounds what is kept of an identity, in bytes.
const maxSubject = 500

// ComeBack ends what Begin began: it begins a session for the account of whoever the provider says it is, and gives its secret and the page to
// go to. Its errors are ErrNoProvider, ErrProviderAway, ErrHandshake and ErrNoAccount.
func (g *Gate) ComeBack(w http.ResponseWriter, r *http.Request, c postgres.Caller, callback, state, code string, secure bool) (secret, to string, err error) {
	p := g.settings.OIDC
	if p == nil {
		return "", "", ErrNoProvider
	}
	h, err := p.finish(w, r, state, secure)
	if err != nil {
		return "", "", err
	}
	if code == "" { // somebody thought better of it, or the provider did
		return "", "", ErrHandshake
	}
	if err := g.limits.admit(c.Remote, ""); err != nil {
		return "", "", err
	}
	id, err := p.exchange(r.Context(), callback, code, h)
	if err != nil {
		return "", "", err
	}
	secret = newSession()
	err = g.store.SignInBySubject(r.Context(), c, id.subject, id.name, g.begin(r, secret))
	if errors.Is(err, postgres.ErrNotFound) {
		if err := g.store.LogAccess(r.Context(), postgres.AccessEntry{
			Action: postgres.SignInFailed, Detail: map[string]any{"by": "oidc"}, Remote: c.Remote, RequestID: c.RequestID,
		}); err != nil {
			return "", "", err
		}
		return "", "", ErrNoAccount
	}
	return secret, h.To, err
}
