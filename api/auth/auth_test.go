package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"wangge/grid/postgres"
)

func TestPasswordsAreHashed(t *testing.T) {
	h := NewHasher()
	hash, err := h.Hash(t.Context(), "correct horse")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "correct") {
		t.Fatalf("%s %v", hash, err)
	}
	for given, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		if ok, err := h.Matches(t.Context(), hash, given); err != nil || ok != want {
			t.Errorf("%q: %v %v", given, ok, err)
		}
	}
	if ok, err := h.Matches(t.Context(), "", "anything"); err != nil || ok {
		t.Errorf("no account: %v %v", ok, err)
	}
	if again, _ := h.Hash(t.Context(), "correct horse"); again == hash {
		t.Error("the same salt twice")
	}
}

func TestHashesThatCannotBeRead(t *testing.T) {
	salt, key := base64.RawStdEncoding.EncodeToString(make([]byte, 16)), base64.RawStdEncoding.EncodeToString(make([]byte, 32))
	h := NewHasher()
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key, "$argon2id$v=18$m=19456,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=99999999,t=2,p=1$" + salt + "$" + key, "$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key, "$argon2id$v=19$m=19456,t=2,p=1$$" + key, "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=19456,t=2$" + salt + "$" + key,
	} {
		if ok, err := h.Matches(t.Context(), bad, "x"); ok || !errors.Is(err, errHash) {
			t.Errorf("%s: %v %v", bad, ok, err)
		}
	}
}

// More hashes than there are turns wait, and more than make sense are sent away: sign-in cannot eat the memory.
func TestHashesWaitForTheirTurn(t *testing.T) {
	h := NewHasher()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, maxWaiting)
	for range maxWaiting {
		go func() {
			_, err := h.Hash(ctx, "x")
			ended <- err
		}()
	}
	for h.waiting.Load() < maxWaiting {
		runtime.Gosched()
	}
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	cancel()
	for range maxWaiting {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("gave up waiting: %v", err)
		}
	}
	if h.waiting.Load() != 0 {
		t.Errorf("%d still wait", h.waiting.Load())
	}
}

func TestWeakPasswords(t *testing.T) {
	for _, weak := range []string{
		"", "short", "123456789", "1234567890", "0987654321", "qwertyuiop", "password123", "Password2024!", "aaaaaaaaaaaa", "abababababab", "abcdefghij", "wanglei2024",
		"WangLei-2024", "admin123456", "woaini1314", "1q2w3e4r5t", "asdfghjkl;"[:9] + "a\x00", strings.Repeat("长", MaxPassword+1), "\xff\xfe23456789ab", "123123123123",
		"qwertyqwerty",
	} {
		var reason *WeakError
		if err := CheckPassword("wanglei", weak); !errors.As(err, &reason) || reason.Detail == "" || reason.DetailEn == "" {
			t.Errorf("%q is good enough: %v", weak, err)
		}
	}
	for _, good := range []string{"correct horse", "春眠不觉晓处处闻啼鸟", "a1B2c3D4e5F6", "wanglei likes tea at four", NewPassword()} {
		if err := CheckPassword("wanglei", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		token, sum := NewToken()
		if !sane(token) || len(sum) != 32 || seen[token] {
			t.Fatalf("%q", token)
		}
		seen[token] = true
	}
	good, _ := NewToken()
	for _, bad := range []string{"", "wg_", good[1:], good + "0", strings.Replace(good, "wg_", "wg-", 1), good[:len(good)-1] + "/"} {
		if sane(bad) {
			t.Errorf("%q can be a token", bad)
		}
	}
	if one, two := NewPassword(), NewPassword(); CheckPassword("", one) != nil || one == two {
		t.Error("passwords made here")
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	l := newLimits()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	l.now = func() time.Time { return now }
	tried := func(address, name func(i int) string) (n int) {
		for n = 0; n < 250 && l.admit(address(n), name(n)) == nil; n++ {
		}
		return n
	}
	one := func(s string) func(int) string { return func(int) string { return s } }
	many := func(format string) func(int) string { return func(i int) string { return fmt.Sprintf(format, i) } }
	if n := tried(one("203.0.113.1"), many("name%d")); n != burstPerAddress {
		t.Errorf("%d names from one address", n)
	}
	if n := tried(many("2001:db8::1:%x"), many("other%d")); n != burstPerAddress {
		t.Errorf("%d addresses of one network", n)
	}
	if n := tried(many("198.51.100.%d"), one("wang")); n != burstPerName {
		t.Errorf("%d addresses with one name", n)
	}
	if n := tried(many("198.51.%d.7"), one("")); n != 250 {
		t.Errorf("what is no name counts as one: %d", n)
	}
	now = now.Add(time.Minute)
	if l.admit("203.0.113.1", "name1") != nil || l.admit("198.51.100.200", "wang") != nil {
		t.Error("and a minute later")
	}
}

// A name that there is not locks as an account does.
func TestUnknownNamesLock(t *testing.T) {
	l := newLimits()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	l.now = func() time.Time { return now }
	for round := range 2 {
		for i := range postgres.MaxFailures {
			if err := l.fail("ghost"); !errors.Is(err, postgres.ErrWrong) {
				t.Errorf("round %d, failure %d: %v", round, i, err)
			}
		}
		if err := l.fail("ghost"); !errors.Is(err, postgres.ErrLocked) {
			t.Errorf("round %d, then: %v", round, err)
		}
		now = now.Add(postgres.LockedMinutes*time.Minute + time.Second)
	}
}

func TestOwnPath(t *testing.T) {
	for to, want := range map[string]string{
		"/": "/", "/grid?code=1#x": "/grid?code=1#x", "": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "grid": "/",
		"/a\r\nSet-Cookie: x": "/", "/%2f%2fevil.example": "/%2f%2fevil.example", "javascript:alert(1)": "/", "/" + strings.Repeat("a", 2000): "/",
	} {
		if got := OwnPath(to); got != want {
			t.Errorf("%q became %q", to, got)
		}
	}
}

func FuzzBearer(f *testing.F) {
	for _, s := range []string{"Bearer wg_x", "bearer", "Basic x", "", "Bearer  ", "Bearer\twg_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Authorization"] = []string{header}
		if token, ok := bearer(r); ok && sane(token) && len(token) != len(TokenPrefix)+tokenDigits {
			t.Errorf("%q", token)
		}
	})
}

func FuzzHandshake(f *testing.F) {
	p, err := NewProvider(ProviderConfig{Issuer: "https://id.example", ClientID: "x", ClientSecret: "y"})
	if err != nil {
		f.Fatal(err)
	}
	sealed, _ := p.seal(handshake{State: "s", To: "/"})
	f.Add(sealed)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if _, ok := p.open(text); ok && text != sealed {
			t.Errorf("%q was taken", text)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
