package api

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"wangge/api/auth"
	"wangge/grid/rights"
)

// idp is a small identity provider: it knows one client, gives each code once, and says what the test wants of whoever comes.
type idp struct {
	*httptest.Server
	key, foreign *rsa.PrivateKey

	mu     sync.Mutex
	away   bool
	codes  map[string]url.Values  // what the browser was sent with, by code
	claims map[string]any         // besides the usual ones
	sign   func() *rsa.PrivateKey // nil for its own key
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{codes: map[string]url.Values{}, claims: map[string]any{}}
	for _, key := range []**rsa.PrivateKey{&p.key, &p.foreign} {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		*key = made
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.describe)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *idp) describe(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *idp) keys(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
}

// token gives an id token for a code, to the client that proves that it began.
func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = r.ParseForm()
	began, there := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	name, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	proved := base64.RawURLEncoding.EncodeToString(sum[:]) == began.Get("code_challenge") && began.Get("code_challenge_method") == "S256"
	if !there || name != "wangge" || secret != "s3cret" || !proved || r.PostForm.Get("redirect_uri") != began.Get("redirect_uri") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error": "invalid_grant"}`))
		return
	}
	claims := map[string]any{
		"iss": p.URL, "aud": "wangge", "sub": "u-1", "nonce": began.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
	}
	maps.Copy(claims, p.claims)
	key := p.key
	if p.sign != nil {
		key = p.sign()
	}
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	text, _ := json.Marshal(claims)
	signed, _ := signer.Sign(text)
	raw, _ := signed.CompactSerialize()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw})
}

// agree is the provider's page on which somebody signs in: it gives the address that the browser is sent back to.
func (p *idp) agree(t *testing.T, away string) string {
	t.Helper()
	u, err := url.Parse(away)
	if err != nil || !strings.HasPrefix(away, p.URL+"/authorize?") {
		t.Fatalf("sent to %q", away)
	}
	q := u.Query()
	if q.Get("client_id") != "wangge" || q.Get("response_type") != "code" || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge") == "" {
		t.Errorf("sent with %v", q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := "code-" + rand.Text()
	p.codes[code] = q
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
}

func (p *idp) says(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = claims
}

// oidcTown is a small city whose people may sign in with a provider.
func oidcTown(t *testing.T, p *idp) *town {
	t.Helper()
	provider, err := auth.NewProvider(auth.ProviderConfig{Issuer: p.URL, ClientID: "wangge", ClientSecret: "s3cret", Title: "市统一认证", Claim: "preferred_username"})
	if err != nil {
		t.Fatal(err)
	}
	w := newTown(t, func(c *Config) {
		if c.Auth, err = auth.NewGate(c.Store, auth.Settings{OIDC: provider}); err != nil {
			t.Fatal(err)
		}
	})
	w.settle(t)
	w.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w
}

// handshakeOf is what the browser keeps meanwhile, as a header.
func handshakeOf(t *testing.T, a answer) []string {
	t.Helper()
	for _, c := range a.Cookies() {
		if c.Name == "wangge_oidc" {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge <= 0 || c.MaxAge > 600 {
				t.Errorf("handshake %v", c)
			}
			return []string{"Cookie", c.Name + "=" + c.Value}
		}
	}
	t.Fatalf("no handshake: %s %s", a.Status, a.body)
	return nil
}

// begin sends a browser away and gives where it is sent back to, and what it keeps.
func (w *town) begin(t *testing.T, p *idp, to string) (back string, keeps []string) {
	t.Helper()
	a := w.get(t, "/api/v1/oidc?to="+url.QueryEscape(to))
	if a.StatusCode != http.StatusFound {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	return strings.TrimPrefix(p.agree(t, a.Header.Get("Location")), w.URL), handshakeOf(t, a)
}

func TestSignInByProvider(t *testing.T) {
	p := newIDP(t)
	w := oidcTown(t, p)
	var status struct {
		SignIn struct {
			Password bool
			OIDC     *struct{ Title string }
		} `json:"sign_in"`
	}
	w.json(t, "/api/v1/status", &status)
	if !status.SignIn.Password || status.SignIn.OIDC == nil || status.SignIn.OIDC.Title != "市统一认证" {
		t.Errorf("%+v", status)
	}
	p.says(map[string]any{"preferred_username": "Planner"})
	for to, want := range map[string]string{"/grid?x=1": "/grid?x=1", "https://evil.example/": "/", "//evil.example": "/"} {
		back, keeps := w.begin(t, p, to)
		a := w.get(t, back, keeps...)
		if a.StatusCode != http.StatusFound || a.Header.Get("Location") != want {
			t.Fatalf("%s: %s to %q %s", to, a.Status, a.Header.Get("Location"), a.body)
		}
		if name, _ := w.sessionOf(t, cookieOf(t, a)...); name != "planner" {
			t.Errorf("signed in as %q", name)
		}
	}
	// The account is bound now: the name that the provider has counts no more.
	p.says(map[string]any{"preferred_username": "admin"})
	back, keeps := w.begin(t, p, "/")
	if name, _ := w.sessionOf(t, cookieOf(t, w.get(t, back, keeps...))...); name != "planner" {
		t.Errorf("the bound identity is %q", name)
	}
	// Another identity with the name of a bound account is nobody.
	for claim, claims := range map[string]map[string]any{
		"taken": {"sub": "u-2", "preferred_username": "planner"}, "unknown": {"sub": "u-3", "preferred_username": "nobody.here"}, "none": {"sub": "u-4"},
		"no name": {"sub": "u-5", "preferred_username": 7},
	} {
		p.says(claims)
		back, keeps := w.begin(t, p, "/")
		a := w.get(t, back, keeps...)
		if got := problemOf(t, a); got.Type != "no-account" || a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", claim, got.Type)
		}
	}
	w.write(t, `UPDATE account SET disabled_at = now() WHERE name = 'planner'`)
	p.says(map[string]any{"preferred_username": "planner"})
	back, keeps = w.begin(t, p, "/")
	if got := problemOf(t, w.get(t, back, keeps...)); got.Type != "no-account" {
		t.Errorf("a disabled account: %s", got.Type)
	}
	if n := w.count(t, `SELECT count(*) FROM access_log WHERE action = 'sign_in' AND detail ->> 'by' = 'oidc' AND actor = 'planner'`); n != 4 {
		t.Errorf("%d lines of signing in", n)
	}
}

func TestWhatAProviderMustNotSay(t *testing.T) {
	p := newIDP(t)
	w := oidcTown(t, p)
	usual := map[string]any{"preferred_username": "viewer"}
	with := func(name string, value any) map[string]any {
		c := maps.Clone(usual)
		c[name] = value
		return c
	}
	for name, claims := range map[string]map[string]any{
		"nonce": with("nonce", "another"), "no nonce": with("nonce", ""), "audience": with("aud", "another"), "issuer": with("iss", "https://evil.example"),
		"expired": with("exp", time.Now().Add(-time.Hour).Unix()),
	} {
		p.says(claims)
		back, keeps := w.begin(t, p, "/")
		a := w.get(t, back, keeps...)
		if got := problemOf(t, a); got.Type != "handshake" || a.StatusCode != http.StatusBadRequest {
			t.Errorf("wrong %s: %s", name, got.Type)
		}
	}
	p.says(usual)
	p.sign = func() *rsa.PrivateKey { return p.foreign }
	back, keeps := w.begin(t, p, "/")
	if got := problemOf(t, w.get(t, back, keeps...)); got.Type != "handshake" {
		t.Errorf("signed by somebody else: %s", got.Type)
	}
	p.sign = nil

	// What comes back must belong to what this browser was sent with, once.
	back, keeps = w.begin(t, p, "/")
	other, _ := w.begin(t, p, "/")
	forged := []string{"Cookie", keeps[1][:len(keeps[1])-4] + "AAAA"}
	for name, c := range map[string]struct {
		back  string
		keeps []string
	}{
		"another browser":  {back, nil},
		"another's state":  {other, keeps},
		"a forged cookie":  {back, forged},
		"no code":          {"/api/v1/oidc/callback?" + url.Values{"state": {stateOf(back)}}.Encode(), keeps},
		"somebody refused": {"/api/v1/oidc/callback?" + url.Values{"state": {stateOf(back)}, "error": {"access_denied"}}.Encode(), keeps},
	} {
		if got := problemOf(t, w.get(t, c.back, c.keeps...)); got.Type != "handshake" {
			t.Errorf("%s: %s", name, got.Type)
		}
	}
	if a := w.get(t, back, keeps...); a.StatusCode != http.StatusFound {
		t.Errorf("the right one: %s %s", a.Status, a.body)
	}
	if got := problemOf(t, w.get(t, back, keeps...)); got.Type != "handshake" {
		t.Errorf("once more: %s", got.Type)
	}
	if n := w.count(t, `SELECT count(*) FROM session`); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func stateOf(back string) string {
	u, _ := url.Parse(back)
	return u.Query().Get("state")
}

// The server starts and serves while the provider is away, and finds it when it is back.
func TestProviderAway(t *testing.T) {
	p := newIDP(t)
	p.away = true
	w := oidcTown(t, p)
	a := w.get(t, "/api/v1/oidc")
	if got := problemOf(t, a); got.Type != "provider-away" || a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s", a.Status, got.Type)
	}
	if a := w.get(t, "/api/v1/status"); a.StatusCode != http.StatusOK {
		t.Errorf("status: %s", a.Status)
	}
	p.mu.Lock()
	p.away = false
	p.mu.Unlock()
	p.says(map[string]any{"preferred_username": string(rights.Viewer)})
	back, keeps := w.begin(t, p, "/")
	if a := w.get(t, back, keeps...); a.StatusCode != http.StatusFound {
		t.Errorf("%s %s", a.Status, a.body)
	}
}
