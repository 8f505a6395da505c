// Package wangge_test holds the shape of the house: who may import whom (DESIGN, section 1).
package wangge_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "wangge/"

// rooms are the top-level folders, the highest first: a package imports from its own room or from those that its room may use.
var rooms = map[string][]string{
	"cmd":        {"api", "grid", "layers", "geo", "fixtures", "migrations"},
	"api":        {"grid", "layers", "geo"},
	"grid":       {"geo"},
	"layers":     {"geo"},
	"geo":        {},
	"fixtures":   {"layers", "grid", "geo", "migrations"},
	"migrations": {},
}

// guarded libraries and the only packages that may import them; a trailing slash admits everything below.
var guarded = map[string][]string{
	"github.com/uber/h3-go/":     {"geo/hex"},
	"github.com/twpayne/go-geom": {"geo/pgeom"},
	"github.com/jackc/pgx/": {
		"geo/pgeom", "grid/postgres", "layers/postgres", "layers/city", "migrations", "fixtures", "fixtures/", "cmd/"},
	"github.com/gorilla/mux":     {"api", "api/"},
	"github.com/xuri/excelize/":  {"layers/sheet"},
	"github.com/coreos/go-oidc/": {"api/auth"},
}

// pure packages work on values: no SQL, HTTP or logging.
var pure = []string{"geo", "geo/datum", "geo/hex", "geo/tile", "geo/index", "geo/walk", "grid", "grid/rights", "grid/lattice", "grid/ledger", "grid/coverage", "grid/patrol", "layers", "layers/style", "layers/cql2", "layers/sheet"}

var impure = []string{"database/sql", "net/http", "log", "log/slog", "os/exec", "github.com/jackc/pgx/"}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrows(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		room := strings.Split(name, "/")[0]
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s stands in no room of the house", name)
			continue
		}
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module)
			if !ours {
				checkLibrary(t, name, imported)
				continue
			}
			seen++
			if to := strings.Split(target, "/")[0]; to != room && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: %s may not use %s", name, target, room, to)
			}
		}
	}
	if seen == 0 {
		t.Error("no import of the project was seen: the test looks at nothing")
	}
}

func checkLibrary(t *testing.T, name, imported string) {
	t.Helper()
	for library, users := range guarded {
		if strings.HasPrefix(imported, library) && !slices.ContainsFunc(users, func(u string) bool {
			return u == name || strings.HasSuffix(u, "/") && strings.HasPrefix(name+"/", u)
		}) {
			t.Errorf("%s imports %s: that is for %s", name, imported, strings.Join(users, ", "))
		}
	}
	if !slices.Contains(pure, name) {
		return
	}
	for _, forbidden := range impure {
		if imported == path.Clean(forbidden) || strings.HasSuffix(forbidden, "/") && strings.HasPrefix(imported, forbidden) {
			t.Errorf("%s imports %s: it works on values only", name, imported)
		}
	}
}
