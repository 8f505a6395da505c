package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
)

// sessionOf reads who a request is by.
func (w *town) sessionOf(t *testing.T, headers ...string) (name string, holder string) {
	t.Helper()
	a := w.get(t, "/api/v1/session", headers...)
	if a.StatusCode == http.StatusUnauthorized {
		return "", ""
	}
	var s struct {
		Account struct {
			Name   string
			Holder *struct{ Name, Phone string }
		}
		May      []string
		OwnGrids []struct{ Code string } `json:"own_grids"`
	}
	if err := json.Unmarshal(a.body, &s); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s %v %s", a.Status, err, a.body)
	}
	if s.Account.Holder != nil {
		holder = s.Account.Holder.Name + " " + s.Account.Holder.Phone
		for _, g := range s.OwnGrids {
			holder += " " + g.Code
		}
	}
	return s.Account.Name, holder
}

func TestWhoIsCalling(t *testing.T) {
	w := newTown(t)
	for _, role := range rights.Roles() {
		for how, headers := range map[string][]string{"token": w.as(t, role), "browser": w.asBrowser(t, role)} {
			if name, _ := w.sessionOf(t, headers...); name != string(role) {
				t.Errorf("%s by %s is %q", role, how, name)
			}
		}
	}
	if name, _ := w.sessionOf(t); name != "" {
		t.Errorf("nobody is %q", name)
	}
	if _, own := w.sessionOf(t, w.as(t, rights.Officer)...); own != "王小明 13812345678 Z-01" {
		t.Errorf("the officer's own: %q", own)
	}
	for _, bad := range []string{"Bearer", "Bearer x", "Bearer wg_", "bearer wg_" + strings.Repeat("a", 43), "Bearer wg_" + strings.Repeat("é", 43)} {
		for _, path := range []string{"/api/v1/session", "/api/v1/regions", "/tiles/city.json", "/healthz"} {
			a := w.get(t, path, "Authorization", bad)
			if p := problemOf(t, a); p.Type != "bad-token" || a.StatusCode != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%q at %s: %s %s", bad, path, a.Status, p.Type)
			}
		}
	}
	if a := w.get(t, "/api/v1/regions", "Authorization", "Basic eDp5"); a.StatusCode != http.StatusOK {
		t.Errorf("what a proxy wants is none of ours: %s", a.Status)
	}
}

func (w *town) post(t *testing.T, method, path string, body string, headers ...string) answer {
	t.Helper()
	return w.send(t, method, path, strings.NewReader(body), append([]string{"Content-Type", "application/json"}, headers...)...)
}

// cookieOf is the session that an answer gave, as a header.
func cookieOf(t *testing.T, a answer) []string {
	t.Helper()
	for _, c := range a.Cookies() {
		if c.Name == "wangge_session" {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure {
				t.Errorf("cookie %v", c)
			}
			return []string{"Cookie", c.Name + "=" + c.Value}
		}
	}
	t.Fatalf("no session: %s %s", a.Status, a.body)
	return nil
}

const password, another = "correct horse battery", "staple and a half"

// withPassword gives an account a password.
func (w *town) withPassword(t *testing.T, role rights.Role) {
	t.Helper()
	hash, err := w.api.cfg.Auth.Hasher().Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	w.settle(t, `UPDATE account SET password_hash = '`+hash+`', password_at = now() WHERE name = '`+string(role)+`'`)
}

func signInText(name, password string) string {
	b, _ := json.Marshal(map[string]string{"name": name, "password": password})
	return string(b)
}

func TestSignInAndOut(t *testing.T) {
	w := newTown(t)
	w.withPassword(t, rights.Bureau)
	a := w.post(t, http.MethodPost, "/api/v1/session", signInText("bureau", password))
	cookie := cookieOf(t, a)
	if name, _ := w.sessionOf(t, cookie...); name != "bureau" {
		t.Errorf("signed in as %q", name)
	}
	if secure := w.post(t, http.MethodDelete, "/api/v1/session", "", append(cookie, "Sec-Fetch-Site", "cross-site")...); problemOf(t, secure).Type != "cross-origin" {
		t.Errorf("a page of another server signs out: %s", secure.Status)
	}
	if a := w.post(t, http.MethodDelete, "/api/v1/session", "", cookie...); a.StatusCode != http.StatusNoContent || len(a.Cookies()) != 2 {
		t.Errorf("sign out: %s %v", a.Status, a.Cookies())
	}
	if name, _ := w.sessionOf(t, cookie...); name != "" {
		t.Errorf("signed out, and still %q", name)
	}
	for _, c := range [][2]string{{"bureau", "wrong"}, {"nobody", password}, {"BUREAU", password}, {"", ""}, {password, "bureau"}, {"viewer", ""}, {"viewer", password}} {
		a := w.post(t, http.MethodPost, "/api/v1/session", signInText(c[0], c[1]))
		if p := problemOf(t, a); p.Type != "wrong-credentials" || a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) > 0 {
			t.Errorf("%q: %s %s", c, a.Status, p.Type)
		}
	}
	var got []string
	rows, err := w.pool.Query(t.Context(), `SELECT action || ' ' || actor FROM access_log ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	want := []string{"sign_in bureau", "sign_out bureau", "sign_in_failed bureau", "sign_in_failed ", "sign_in_failed ", "sign_in_failed ", "sign_in_failed ", "sign_in_failed ", "sign_in_failed "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
