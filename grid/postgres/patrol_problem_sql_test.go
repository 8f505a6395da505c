package postgres_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wangge/fixtures/pgtest"
	"wangge/grid/postgres"
)

// Every statement about problems can be prepared on the migrated record, and none is left out here. Those that others are put together from are not
// statements.
func TestProblemStatements(t *testing.T) {
	parts := []string{"problemColumnsSQL", "problemTablesSQL", "problemScopeSQL"}
	statements := postgres.ProblemStatements()
	declared := regexp.MustCompile(`(?m)^\s*(?:const )?(\w+SQL)\s+= `)
	var files []string
	for _, pattern := range []string{"patrol_problem*.go", "patrol_class*.go", "patrol_rate*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			if _, listed := statements[m[1]]; !listed && !slices.Contains(parts, m[1]) {
				t.Errorf("%s: %s is not prepared", name, m[1])
			}
		}
	}
	c, err := pgtest.DB(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	for name, sql := range statements {
		if _, err := c.Conn().Prepare(t.Context(), name, sql); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
