package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/api/auth"
	"wangge/fixtures/pgtest"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// tell runs a command of wangge user with what is typed, and gives what it prints.
func tell(t *testing.T, pool *pgxpool.Pool, typed string, command interface {
	Run(ctx context.Context, c *console) error
}) (string, error) {
	t.Helper()
	var out, said bytes.Buffer
	err := command.Run(t.Context(), &console{in: strings.NewReader(typed), out: &out, err: &said})
	if typed = strings.TrimSpace(typed); typed != "" && (strings.Contains(out.String()+said.String(), typed) || err != nil && strings.Contains(err.Error(), typed)) {
		t.Errorf("the password is shown: %s %s %v", out.String(), said.String(), err)
	}
	return out.String(), err
}

func TestUserCommands(t *testing.T) {
	pool := pgtest.DB(t)
	record := recordFlags{DatabaseURL: pool.Config().ConnString()}
	if _, err := pool.Exec(t.Context(), officedCitySQL); err != nil {
		t.Fatal(err)
	}
	store, hasher := postgres.NewStore(pool), auth.NewHasher()
	opens := func(name, password string) bool {
		on, err := store.Credentials(t.Context(), name)
		if errors.Is(err, postgres.ErrNotFound) {
			return false
		}
		ok, err := hasher.Matches(t.Context(), on.Hash, password)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	const typed = "a long word to know"
	wang := userFlags{record, "wang"}
	if _, err := tell(t, pool, typed+"\n", &userAddCmd{userFlags: wang, scopeFlags: scopeFlags{Role: "street", Region: "370281001"}}); err != nil || !opens("wang", typed) {
		t.Errorf("add: %v", err)
	}
	for name, c := range map[string]userAddCmd{
		"taken":          {userFlags: wang, scopeFlags: scopeFlags{Role: "viewer"}},
		"no such region": {userFlags: userFlags{record, "li"}, scopeFlags: scopeFlags{Role: "street", Region: "370281999"}},
		"no region":      {userFlags: userFlags{record, "li"}, scopeFlags: scopeFlags{Role: "street"}},
		"no such person": {userFlags: userFlags{record, "li"}, scopeFlags: scopeFlags{Role: "officer", Holder: "X"}},
		"bad name":       {userFlags: userFlags{record, "Li Si"}, scopeFlags: scopeFlags{Role: "viewer"}},
	} {
		if _, err := tell(t, pool, typed, &c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := tell(t, pool, "short\n", &userPasswdCmd{userFlags: wang}); !errors.Is(err, errUsage) || !opens("wang", typed) {
		t.Errorf("a short password: %v", err)
	}
	made, err := tell(t, pool, "", &userPasswdCmd{userFlags: wang, passwordFlags: passwordFlags{Generate: true}})
	if err != nil || !opens("wang", strings.TrimSpace(made)) {
		t.Errorf("passwd: %v", err)
	}
	token, err := tell(t, pool, "", &userTokenCmd{userFlags: wang, For: "map", Days: 3})
	id, lookErr := store.TokenOf(t.Context(), auth.SumOf(strings.TrimSpace(token)))
	if err != nil || lookErr != nil || id.Actor.Name != "wang" || id.Actor.Region != "370281001" || id.Ends.IsZero() {
		t.Errorf("token: %v %v %+v", err, lookErr, id)
	}
	if list, err := tell(t, pool, "", &userTokenCmd{userFlags: wang, List: true}); err != nil || !strings.Contains(list, "map") || strings.Contains(list, "wg_") {
		t.Errorf("tokens: %v %s", err, list)
	}
	if err := (&userRoleCmd{wang, scopeFlags{Role: "officer", Holder: "S-5"}}).Run(t.Context()); err != nil {
		t.Errorf("role: %v", err)
	}
	if list, err := tell(t, pool, "", &userListCmd{record}); err != nil || !strings.Contains(list, "officer") || !strings.Contains(list, "S-5") {
		t.Errorf("list: %v %s", err, list)
	}
	if err := (&userDisableCmd{wang}).Run(t.Context()); err != nil || opens("wang", strings.TrimSpace(made)) {
		t.Errorf("disable: %v", err)
	}
	if _, err := store.TokenOf(t.Context(), auth.SumOf(strings.TrimSpace(token))); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("the token of an account out of use: %v", err)
	}
	if err := (&userEnableCmd{wang}).Run(t.Context()); err != nil || !opens("wang", strings.TrimSpace(made)) {
		t.Errorf("enable: %v", err)
	}
	if err := (&userUnlockCmd{userFlags{record, "nobody"}}).Run(t.Context()); err == nil {
		t.Error("unlocked nobody")
	}
	var actor string
	if err := pool.QueryRow(t.Context(), `SELECT string_agg(DISTINCT actor, ',') FROM change WHERE entity = 'account'`).Scan(&actor); err != nil || actor != "wangge user" {
		t.Errorf("the change log says %q, %v", actor, err)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	pool := pgtest.DB(t)
	record := recordFlags{DatabaseURL: pool.Config().ConnString()}
	for _, name := range []string{"one", "two"} {
		if _, err := tell(t, pool, "a long word to know", &userAddCmd{userFlags: userFlags{record, name}, scopeFlags: scopeFlags{Role: "admin"}}); err != nil {
			t.Fatal(err)
		}
	}
	// Both leave office at once, a few times over: one always stays.
	for range 5 {
		done := make(chan error, 2)
		for _, name := range []string{"one", "two"} {
			go func() { done <- (&userDisableCmd{userFlags{record, name}}).Run(t.Context()) }()
		}
		failed := 0
		for range 2 {
			if err := <-done; err != nil {
				failed++
			}
		}
		var left int
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM account WHERE role = $1 AND disabled_at IS NULL`, rights.Admin).Scan(&left); err != nil || left != 1 || failed != 1 {
			t.Fatalf("%d left, %d failed, %v", left, failed, err)
		}
		for _, name := range []string{"one", "two"} {
			if err := (&userEnableCmd{userFlags{record, name}}).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestSignInFlags(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	usual := signInFlags{SessionIdle: minSession, SessionLifetime: maxSession}
	with := func(change func(f *signInFlags)) signInFlags {
		f := usual
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		flags signInFlags
		good  bool
	}{
		"usual":    {usual, true},
		"no idle":  {with(func(f *signInFlags) { f.SessionIdle = 0 }), false},
		"for ever": {with(func(f *signInFlags) { f.SessionLifetime = maxSession + 1 }), false},
		"provider": {with(func(f *signInFlags) {
			f.OIDCIssuer, f.OIDCClientID, f.OIDCClientSecretFile = "https://id.example", "wangge", secret
		}), true},
		"without a client": {with(func(f *signInFlags) { f.OIDCIssuer = "https://id.example" }), false},
		"without https":    {with(func(f *signInFlags) { f.OIDCIssuer, f.OIDCClientID = "http://id.example", "wangge" }), false},
		"without issuer":   {with(func(f *signInFlags) { f.OIDCClientID = "wangge" }), false},
	} {
		g, err := c.flags.gate(nil, "")
		if (err == nil) != c.good || !c.good && !errors.Is(err, errUsage) {
			t.Errorf("%s: %v", name, err)
		}
		if c.good && (g.Provider() != nil) != (name == "provider") {
			t.Errorf("%s: provider %v", name, g.Provider())
		}
	}
}

// The token goes along, and nobody sees it.
func TestCheckMemoryByToken(t *testing.T) {
	const token = "wg_0123456789012345678901234567890123456789012"
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	var said bytes.Buffer
	if code := run(t.Context(), []string{"check", "memory", "--url", server.URL, "--token", token}, nil, &said, &said); code != 1 || asked != "Bearer "+token {
		t.Errorf("exit %d, asked with %q", code, asked)
	}
	if strings.Contains(said.String(), token) {
		t.Errorf("the token is shown: %s", said.String())
	}
}
