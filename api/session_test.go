package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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

// count reads a number from the record.
func (w *town) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := w.pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLockOut(t *testing.T) {
	w := newTown(t)
	w.withPassword(t, rights.Viewer)
	other := townOn(t, w.pool) // another server on the same record
	try := func(on *town, password string) string {
		t.Helper()
		a := on.post(t, http.MethodPost, "/api/v1/session", signInText("viewer", password))
		if a.StatusCode == http.StatusOK {
			return "in"
		}
		return problemOf(t, a).Type
	}
	for i := range 5 {
		on := w
		if i%2 == 1 {
			on = other
		}
		if got := try(on, "wrong"); got != "wrong-credentials" {
			t.Errorf("failure %d: %s", i, got)
		}
	}
	if got, there := try(w, password), try(other, password); got != "locked" || there != "locked" {
		t.Errorf("after five: %s, %s", got, there)
	}
	if n := w.count(t, `SELECT count(*) FROM access_log WHERE action = 'locked' AND actor = 'viewer'`); n != 1 {
		t.Errorf("%d lines of the lock", n)
	}
	if a := w.post(t, http.MethodPost, "/api/v1/users/viewer/unlock", "{}", w.as(t, rights.Admin)...); a.StatusCode != http.StatusOK {
		t.Errorf("unlock: %s", a.Status)
	}
	if got := try(other, password); got != "in" {
		t.Errorf("unlocked: %s", got)
	}
	for range 5 {
		try(w, "wrong")
	}
	w.write(t, `UPDATE account SET locked_until = now() - interval '1 s' WHERE name = 'viewer'`)
	if got := try(w, password); got != "in" {
		t.Errorf("a quarter of an hour later: %s", got)
	}
	if n := w.count(t, `SELECT failures FROM account WHERE name = 'viewer'`); n != 0 {
		t.Errorf("%d failures are kept", n)
	}
}

// Many attempts at once are no more than one after the other: no more than five are told that they are wrong.
func TestLockOutAtOnce(t *testing.T) {
	w := newTown(t)
	w.withPassword(t, rights.Viewer)
	const tries = 12
	told := make(chan string, tries)
	for range tries {
		go func() {
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/api/v1/session", strings.NewReader(signInText("viewer", "wrong")))
			r.Header.Set("Content-Type", "application/json")
			a, err := w.Client().Do(r)
			if err != nil {
				told <- err.Error()
				return
			}
			var p problem
			_ = json.NewDecoder(a.Body).Decode(&p)
			_ = a.Body.Close()
			told <- strings.TrimPrefix(p.Type, problemType)
		}()
	}
	got := map[string]int{}
	for range tries {
		got[<-told]++
	}
	if diff := cmp.Diff(map[string]int{"wrong-credentials": 5, "locked": tries - 5}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPasswordChange(t *testing.T) {
	w := newTown(t)
	w.withPassword(t, rights.Planner)
	first := cookieOf(t, w.post(t, http.MethodPost, "/api/v1/session", signInText("planner", password)))
	second := cookieOf(t, w.post(t, http.MethodPost, "/api/v1/session", signInText("planner", password)))
	token := w.as(t, rights.Planner)
	change := func(old, next string, headers ...string) answer {
		b, _ := json.Marshal(map[string]string{"old": old, "new": next})
		return w.post(t, http.MethodPost, "/api/v1/session/password", string(b), headers...)
	}
	for name, c := range map[string]struct {
		a    answer
		code string
	}{
		"wrong old":    {change("wrong", another, first...), "wrong-credentials"},
		"weak":         {change(password, "1234567890", first...), "invalid-request"},
		"the same":     {change(password, password, first...), "invalid-request"},
		"by token":     {change(password, another, token...), "not-allowed"},
		"by nobody":    {change(password, another), "sign-in"},
		"cross origin": {change(password, another, append(first, "Origin", "https://evil.example")...), "cross-origin"},
	} {
		if p := problemOf(t, c.a); p.Type != c.code {
			t.Errorf("%s: %s", name, p.Type)
		}
	}
	fresh := cookieOf(t, change(password, another, first...))
	for how, want := range map[string][]string{"": first, " ": second, "planner": fresh, "planner ": token} {
		if name, _ := w.sessionOf(t, want...); name != strings.TrimSpace(how) {
			t.Errorf("after the change %q is %q", how, name)
		}
	}
	if a := w.post(t, http.MethodPost, "/api/v1/session", signInText("planner", password)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("the former password: %s", a.Status)
	}
}

func TestSessionsEnd(t *testing.T) {
	w := newTown(t)
	for name, c := range map[string]struct {
		sql  string // what happens
		ends bool
	}{
		"nothing":       {`SELECT 1`, false},
		"idle":          {`UPDATE session SET used_at = now() - interval '13 h'`, true},
		"nearly idle":   {`UPDATE session SET used_at = now() - interval '11 h'`, false},
		"absolute":      {`UPDATE session SET expires_at = now()`, true},
		"disabled":      {`UPDATE account SET disabled_at = now() WHERE name = 'street'`, true},
		"password":      {`UPDATE account SET password_at = now() + interval '1 s' WHERE name = 'street'`, true},
		"other account": {`UPDATE account SET password_at = now() + interval '1 s' WHERE name = 'planner'`, false},
	} {
		cookie := w.asBrowser(t, rights.Street)
		w.write(t, c.sql)
		who, _ := w.sessionOf(t, cookie...)
		if ended := who == ""; ended != c.ends {
			t.Errorf("%s: ended %v", name, ended)
		}
		w.write(t, `DELETE FROM session; UPDATE account SET disabled_at = NULL, password_at = NULL`)
	}
	// By what an administrator does, at once and on every server.
	other := townOn(t, w.pool)
	admin := w.as(t, rights.Admin)
	for name, patch := range map[string]string{"role": `{"role": "viewer"}`, "disabled": `{"disabled": true}`, "region": `{"role": "street", "region": "370281002", "disabled": false}`} {
		cookie := w.asBrowser(t, rights.Street)
		w.write(t, `UPDATE account SET disabled_at = NULL WHERE name = 'street'`)
		if name == "region" {
			w.write(t, `UPDATE account SET role = 'street' WHERE name = 'street'`)
		}
		a := w.post(t, http.MethodPatch, "/api/v1/users/street", patch, append(admin, "If-Match", "*")...)
		if who, _ := other.sessionOf(t, cookie...); a.StatusCode != http.StatusOK || who != "" {
			t.Errorf("%s: %s, still %q %s", name, a.Status, who, a.body)
		}
	}
}

func TestUse(t *testing.T) {
	w := newTown(t)
	cookie, token := w.asBrowser(t, rights.Viewer), w.as(t, rights.Viewer)
	w.write(t, `UPDATE session SET used_at = now() - interval '4 min'`)
	w.sessionOf(t, cookie...)
	if n := w.count(t, `SELECT count(*) FROM session WHERE used_at > now() - interval '1 min'`); n != 0 {
		t.Error("a use was noted within five minutes")
	}
	w.write(t, `UPDATE session SET used_at = now() - interval '6 min'`)
	w.sessionOf(t, cookie...)
	w.sessionOf(t, token...)
	if n := w.count(t, `SELECT count(*) FROM session WHERE used_at > now() - interval '1 min'`); n != 1 {
		t.Error("a use was not noted")
	}
	if n := w.count(t, `SELECT count(*) FROM api_token WHERE used_on = city_day()`); n != 1 {
		t.Error("the day of a token's use was not noted")
	}
	w.write(t, `UPDATE session SET expires_at = now() - interval '1 s'; INSERT INTO idempotency_key (actor, key, fingerprint, created_at)
		VALUES ('x', 'old', '', now() - interval '25 h'), ('x', 'new', '', now())`)
	sessions, keys, err := w.api.cfg.Store.Purge(t.Context(), time.Hour)
	if err != nil || sessions != 1 || keys != 1 {
		t.Errorf("purged %d sessions, %d keys, %v", sessions, keys, err)
	}
}

// Whoever was given a password can only change it.
func TestFirstSignIn(t *testing.T) {
	w := newTown(t)
	var made struct{ Password string }
	a := w.post(t, http.MethodPost, "/api/v1/users", `{"name": "li.si", "role": "viewer", "title": "李四"}`, w.as(t, rights.Admin)...)
	if err := json.Unmarshal(a.body, &made); err != nil || a.StatusCode != http.StatusCreated || made.Password == "" || a.Header.Get("Location") != "/api/v1/users/li.si" {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	cookie := cookieOf(t, w.post(t, http.MethodPost, "/api/v1/session", signInText("li.si", made.Password)))
	if p := problemOf(t, w.get(t, "/api/v1/persons", cookie...)); p.Type != "change-password" {
		t.Errorf("before the change: %s", p.Type)
	}
	b, _ := json.Marshal(map[string]string{"old": made.Password, "new": another})
	cookie = cookieOf(t, w.post(t, http.MethodPost, "/api/v1/session/password", string(b), cookie...))
	if a := w.get(t, "/api/v1/persons", cookie...); a.StatusCode != http.StatusOK {
		t.Errorf("after the change: %s", a.Status)
	}
}

func TestTokensOfOnesOwn(t *testing.T) {
	w := newTown(t)
	cookie := w.asBrowser(t, rights.Street)
	var made struct {
		ID    int64
		Token string
	}
	a := w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": "QGIS", "expires_at": "2100-01-01T00:00:00Z"}`, cookie...)
	if err := json.Unmarshal(a.body, &made); err != nil || a.StatusCode != http.StatusCreated {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	bearer := []string{"Authorization", "Bearer " + made.Token}
	if who, _ := w.sessionOf(t, bearer...); who != "street" {
		t.Errorf("the token is of %q", who)
	}
	if list := w.get(t, "/api/v1/tokens", cookie...); strings.Contains(string(list.body), made.Token) || !strings.Contains(string(list.body), "QGIS") {
		t.Errorf("%s", list.body)
	}
	path := fmt.Sprint("/api/v1/tokens/", made.ID)
	for name, c := range map[string]struct {
		a    answer
		code string
	}{
		"same name":        {w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": "QGIS"}`, cookie...), "name-taken"},
		"no name":          {w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": " "}`, cookie...), "invalid-request"},
		"over":             {w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": "x", "expires_at": "2001-01-01T00:00:00Z"}`, cookie...), "invalid-request"},
		"by a token":       {w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": "x"}`, bearer...), "not-allowed"},
		"another's token":  {w.post(t, http.MethodDelete, path, "", w.asBrowser(t, rights.Admin)...), "not-found"},
		"revoked by token": {w.post(t, http.MethodDelete, path, "", bearer...), "not-allowed"},
	} {
		if p := problemOf(t, c.a); p.Type != c.code {
			t.Errorf("%s: %s", name, p.Type)
		}
	}
	if a := w.post(t, http.MethodDelete, path, "", cookie...); a.StatusCode != http.StatusNoContent {
		t.Errorf("revoke: %s", a.Status)
	}
	if p := problemOf(t, w.get(t, "/api/v1/session", bearer...)); p.Type != "bad-token" {
		t.Errorf("revoked, and now %s", p.Type)
	}
}

func TestAccountsAreLookedAfter(t *testing.T) {
	w := newTown(t)
	admin, auditor := w.as(t, rights.Admin), w.as(t, rights.Auditor)
	for body, pointer := range map[string]string{
		`{"name": "A B", "role": "viewer"}`: "/name", `{"name": "x", "role": "mayor"}`: "/role", `{"name": "x", "role": "street"}`: "/region",
		`{"name": "x", "role": "street", "region": "center"}`: "/region", `{"name": "x", "role": "department", "dept": "none"}`: "/dept",
		`{"name": "x", "role": "officer", "holder": "none"}`: "/holder", `{"name": "x", "role": "viewer", "password": "short"}`: "/password",
		`{"name": "x", "role": "viewer", "hash": "x"}`: "/hash",
	} {
		p := problemOf(t, w.post(t, http.MethodPost, "/api/v1/users", body, admin...))
		if len(p.Errors) != 1 || p.Errors[0].Pointer == nil || *p.Errors[0].Pointer != pointer {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if p := problemOf(t, w.post(t, http.MethodPatch, "/api/v1/users/admin", `{"role": "viewer"}`, append(admin, "If-Match", "*")...)); p.Type != "last-admin" {
		t.Errorf("the last administrator: %s", p.Type)
	}
	one := w.get(t, "/api/v1/users/officer", auditor...)
	if strings.Contains(string(one.body), "王小明") || !strings.Contains(string(one.body), "王**") {
		t.Errorf("an auditor reads %s", one.body)
	}
	changed := w.post(t, http.MethodPatch, "/api/v1/users/officer", `{"role": "viewer", "holder": null}`, append(admin, "If-Match", one.Header.Get("ETag"))...)
	if changed.StatusCode != http.StatusOK || !strings.Contains(string(changed.body), `"holder":null`) {
		t.Errorf("%s %s", changed.Status, changed.body)
	}
	if a := w.post(t, http.MethodPatch, "/api/v1/users/officer", `{"title": "x"}`, append(admin, "If-Match", one.Header.Get("ETag"))...); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("a stale change: %s", a.Status)
	}
	var names []string
	for path := "/api/v1/users?limit=3"; path != ""; {
		var p struct {
			Items []struct{ Name string }
			Next  *string
			Total int
		}
		if err := json.Unmarshal(w.get(t, path, auditor...).body, &p); err != nil || p.Total != 8 {
			t.Fatal(p, err)
		}
		for _, u := range p.Items {
			names = append(names, u.Name)
		}
		path = ""
		if p.Next != nil {
			path = "/api/v1/users?limit=3&cursor=" + *p.Next
		}
	}
	if want := []string{"admin", "auditor", "bureau", "department", "officer", "planner", "street", "viewer"}; !cmp.Equal(want, names) {
		t.Errorf("%v", names)
	}
	reset := w.post(t, http.MethodPost, "/api/v1/users/viewer/password", `{}`, w.asBrowser(t, rights.Admin)...)
	if reset.StatusCode != http.StatusOK || !strings.Contains(string(reset.body), `"password":"`) || !strings.Contains(string(reset.body), `"must_change":true`) {
		t.Errorf("%s %s", reset.Status, reset.body)
	}
}

func TestLogs(t *testing.T) {
	w := newTown(t)
	auditor, officer := w.as(t, rights.Auditor), w.as(t, rights.Officer)
	w.write(t, `UPDATE road SET name = 'a' WHERE id = 1`, `UPDATE holder SET name = '李四', title = 'x' WHERE id = 901`, `UPDATE account SET title = 'y' WHERE name = 'viewer'`)
	type line struct {
		ID       int64
		Entity   string
		EntityID int64 `json:"entity_id"`
		Action   string
		Before   map[string]any
		Detail   map[string]any
	}
	read := func(path string) (lines []line) {
		t.Helper()
		a := w.get(t, path, auditor...)
		var p struct{ Items []line }
		if err := json.Unmarshal(a.body, &p); err != nil || a.StatusCode != http.StatusOK {
			t.Fatalf("%s %s", a.Status, a.body)
		}
		return p.Items
	}
	lines := read("/api/v1/audit?entity=road,holder,account&op=update")
	if len(lines) != 3 || lines[0].Entity != "account" || lines[2].Before["name"] != "扬州路" || lines[2].Before["geom"] != nil {
		t.Errorf("%+v", lines)
	}
	for _, secret := range []string{"name", "phone"} {
		if _, there := lines[1].Before[secret]; there {
			t.Errorf("the change of a person has the %s", secret)
		}
	}
	for _, secret := range []string{"password_hash", "oidc_subject", "title"} {
		if _, there := lines[0].Before[secret]; there {
			t.Errorf("the change of an account has %s", secret)
		}
	}
	if got := read("/api/v1/audit?entity=road&id=1&op=update&from=2020-01-01&to=2100-01-01"); len(got) != 1 || got[0].EntityID != 1 {
		t.Errorf("%+v", got)
	}
	if got := read("/api/v1/audit?entity=road&to=2020-01-01"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	for range 3 {
		w.get(t, "/api/v1/users", officer...)
	}
	w.get(t, "/api/v1/audit", officer...)
	if got := read("/api/v1/access-log?action=refused&actor=officer"); len(got) != 2 || got[1].Detail["route"] != "/api/v1/users" {
		t.Errorf("refusals: %+v", got)
	}
	if got := read("/api/v1/access-log?action=read_log"); len(got) != 2 {
		t.Errorf("readings of the log: %+v", got)
	}
	var all []int64
	for path := "/api/v1/audit?limit=7"; path != ""; {
		var p struct {
			Items []line
			Next  *string
			Total int
		}
		if err := json.Unmarshal(w.get(t, path, auditor...).body, &p); err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Items {
			all = append(all, l.ID)
		}
		if path = ""; p.Next != nil {
			path = "/api/v1/audit?limit=7&cursor=" + *p.Next
		} else if p.Total != len(all) {
			t.Errorf("%d of %d lines", len(all), p.Total)
		}
	}
	for i := range all[1:] {
		if all[i+1] >= all[i] {
			t.Fatalf("%v", all)
		}
	}
	for _, bad := range []string{"?id=x", "?op=look", "?from=x", "?from=2026-02-01&to=2026-01-01", "?cursor=x", "?limit=0"} {
		if p := problemOf(t, w.get(t, "/api/v1/audit"+bad, auditor...)); p.Type != "invalid-request" {
			t.Errorf("%s: %s", bad, p.Type)
		}
	}
}

// Passwords, tokens and the ids of sessions are nowhere but with their owners: neither in the server's log nor in the record.
func TestSecretsAreNowhere(t *testing.T) {
	w := newTown(t)
	w.withPassword(t, rights.Bureau)
	const wrong = "not the right word at all"
	w.post(t, http.MethodPost, "/api/v1/session", signInText("bureau", wrong))
	w.post(t, http.MethodPost, "/api/v1/session", signInText(wrong, "bureau"))
	w.post(t, http.MethodPost, "/api/v1/session", `{"name": "bureau", "password": "`+wrong+`", "x": 1}`)
	cookie := cookieOf(t, w.post(t, http.MethodPost, "/api/v1/session", signInText("bureau", password), "Idempotency-Key", "k1"))
	var made struct{ Token string }
	if err := json.Unmarshal(w.post(t, http.MethodPost, "/api/v1/tokens", `{"name": "x"}`, append(cookie, "Idempotency-Key", "k2")...).body, &made); err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(map[string]string{"old": password, "new": another})
	changed := w.post(t, http.MethodPost, "/api/v1/session/password", string(b), append(cookie, "Idempotency-Key", "k3")...)
	var user struct{ Password string }
	if err := json.Unmarshal(w.post(t, http.MethodPost, "/api/v1/users", `{"name": "x", "role": "viewer"}`, append(w.as(t, rights.Admin), "Idempotency-Key", "k4")...).body, &user); err != nil {
		t.Fatal(err)
	}
	w.get(t, "/api/v1/session", "Authorization", "Bearer "+made.Token+"x")
	secrets := []string{wrong, password, another, made.Token, user.Password, strings.TrimPrefix(cookie[1], "wangge_session="), strings.TrimPrefix(cookieOf(t, changed)[1], "wangge_session=")}
	var record string
	if err := w.pool.QueryRow(t.Context(), `SELECT concat_ws(E'\n', (SELECT string_agg(a::text, E'\n') FROM account a), (SELECT string_agg(a::text, E'\n') FROM session a),
		(SELECT string_agg(a::text, E'\n') FROM api_token a), (SELECT string_agg(a::text, E'\n') FROM access_log a), (SELECT string_agg(a::text, E'\n') FROM change a),
		(SELECT string_agg(a::text || convert_from(coalesce(body, ''), 'UTF8'), E'\n') FROM idempotency_key a))`).Scan(&record); err != nil {
		t.Fatal(err)
	}
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	for i, secret := range secrets {
		if len(secret) < 10 {
			t.Fatalf("secret %d was not made", i)
		}
		if strings.Contains(w.log.b.String(), secret) {
			t.Errorf("secret %d is in the log", i)
		}
		if strings.Contains(record, secret) {
			t.Errorf("secret %d is in the record", i)
		}
	}
	if strings.Contains(w.log.b.String(), "argon2id") || w.count(t, `SELECT count(*) FROM change WHERE before::text LIKE '%argon2%'`) > 0 {
		t.Error("a hash is in a log")
	}
}

// What it costs to know who is calling: one look-up by primary key.
func BenchmarkWhoIsCalling(b *testing.B) {
	w := newTown(b)
	for name, headers := range map[string][]string{"session": w.asBrowser(b, rights.Street), "token": w.as(b, rights.Street)} {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
		r.Header.Set(headers[0], headers[1])
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if who, err := w.api.cfg.Auth.Who(r); err != nil || !who.SignedIn() {
					b.Fatal(who, err)
				}
			}
		})
	}
}
