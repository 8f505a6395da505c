package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestCommandLine: what can be said of a command line without a database.
func TestCommandLine(t *testing.T) {
	cases := []struct {
		name    string
		args    []string
		environ []string
		code    int
		says    string
	}{
		{"help", []string{"--help"}, nil, 0, "migrate up"},
		{"help of a command", []string{"serve", "--help"}, nil, 0, "--tls-cert"},
		{"version", []string{"version"}, nil, 0, version},
		{"nothing", nil, nil, 2, "expected one of"},
		{"unknown command", []string{"fly"}, nil, 2, "fly"},
		{"unknown flag", []string{"serve", "--fast"}, nil, 2, "--fast"},
		{"no record", []string{"serve"}, nil, 2, "DATABASE_URL"},
		{"half of TLS", []string{"serve", "--tls-cert", "main.go"}, nil, 2, "--tls-key"},
		{"a city that is not known", []string{"demo", "--city", "atlantis"}, nil, 2, "atlantis"},
		{"too small a bench city", []string{"demo", "--city", "bench", "--features", "3"}, nil, 2, "--features"},
		{"a database address that is none", []string{"serve", "--database-url", "postgres://h:notaport/x"}, nil, 2, "database"},
		{"a database that is not there", []string{"migrate", "status", "--database-url", "postgres:///x?host=/nowhere"}, nil, 1, "database"},
		{"a variable nobody reads", []string{"version"}, []string{"WANGGE_ADRR=x"}, 0, "WANGGE_ADRR"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("DATABASE_URL", "")
			var out bytes.Buffer
			if code := run(t.Context(), c.args, c.environ, &out, &out); code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, &out)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("%q is not in: %s", c.says, &out)
			}
		})
	}
}

func TestKnownVariablesAreNotWarnedOf(t *testing.T) {
	var out bytes.Buffer
	run(t.Context(), []string{"version"}, []string{"WANGGE_ADDR=:1", "WANGGE_REAL_DATA=/x", "PATH=/bin"}, &out, &out)
	if strings.Contains(out.String(), "warning") {
		t.Errorf("warned: %s", &out)
	}
}

func TestProgressOffATerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	for i := range int64(1000) {
		p.Report("roads", i+1, 1000)
	}
	p.End()
	lines := strings.Count(out.String(), "\n")
	if lines > 3 || !strings.Contains(out.String(), "roads 1000/1000 100%") || strings.Contains(out.String(), "\r") {
		t.Errorf("%d lines: %q", lines, out.String())
	}
}
