package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCheckMemory: what the command says of what a server answers.
func TestCheckMemory(t *testing.T) {
	const (
		equal = `{"revision": "801", "features": 3, "layers": {"road": {"memory": 2, "record": 2}, "grid_duty": {"memory": 1, "record": 1}},
			"difference_count": 0, "differences": [], "unsettled": 0, "took_ms": 1234}`
		differs = `{"revision": "801", "features": 2, "layers": {"road": {"memory": 2, "record": 1}}, "difference_count": 2,
			"differences": [{"layer": "road", "id": 7, "what": "extra"}, {"layer": "net", "what": "grid 13"}], "took_ms": 1}`
	)
	cases := []struct {
		name   string
		status int
		answer string
		args   []string
		code   int
		says   []string
	}{
		{"equal", 200, equal, nil, 0, []string{"road                             2             2   道路", "grid_duty  ", "已核对 3, differences 差异 0", "1.2 s"}},
		{"equal, as JSON", 200, equal, []string{"--json"}, 0, []string{`"features":3`}},
		{"not equal", 200, differs, nil, 1, []string{"road 7: not in the record 数据库中没有\n", "net: grid 13 differs", "差异 2", "内存与数据库不一致"}},
		{"not equal, as JSON", 200, differs, []string{"--json"}, 1, []string{`"what":"extra"`}},
		{"busy features", 200, strings.Replace(equal, `"unsettled": 0`, `"unsettled": 5`, 1), nil, 1, []string{"未核对 5", "ask again"}},
		{"another server", 200, `{"hello": "world"}`, nil, 1, []string{"does not answer as wangge"}},
		{"a problem", 409, `{"title": "正在核对", "title_en": "A check is under way"}`, nil, 1, []string{"409", "正在核对"}},
		{"a problem of a proxy", 502, `<html>`, nil, 1, []string{"502"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/api/v1/memory" {
					t.Errorf("asked for %s", r.URL.Path)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			defer server.Close()
			var out, all bytes.Buffer
			code := run(t.Context(), append([]string{"check", "memory", "--url", server.URL}, c.args...), nil, io.MultiWriter(&out, &all), &all)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, s := range c.says {
				if !strings.Contains(all.String(), s) {
					t.Errorf("%q is not in: %s", s, &all)
				}
			}
			if c.args != nil && (!json.Valid(out.Bytes()) || strings.Count(out.String(), "\n") != 1) {
				t.Errorf("not one line of JSON: %s", &out)
			}
		})
	}
}

// TestCheckCommandLine: the check of the record needs no word, the one of the memory needs a server.
func TestCheckCommandLine(t *testing.T) {
	t.Setenv("DATABASE_URL", "")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check"}, 2, "DATABASE_URL"},
		{[]string{"check", "--json"}, 2, "DATABASE_URL"},
		{[]string{"check", "record"}, 2, "DATABASE_URL"},
		{[]string{"check", "--database-url", "postgres:///x?host=/nowhere"}, 1, "database"},
		{[]string{"check", "nothing"}, 2, "nothing"},
		{[]string{"check", "memory", "--url", "ftp://x"}, 2, "--url"},
		{[]string{"check", "memory", "--url", "http://127.0.0.1:1"}, 1, "服务没有应答"},
		{[]string{"check", "memory", "--help"}, 0, "--url"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), c.args, nil, &out, &out); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: exit code %d, want %d with %q: %s", c.args, code, c.code, c.says, &out)
		}
	}
}
