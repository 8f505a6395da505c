package ogc

import (
	"strings"
	"testing"
)

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"": true, "*/*": true, "application/json": true, "APPLICATION/JSON; charset=utf-8": true, "application/*": true,
		"text/html": false, "text/*, application/json;q=0": false, "*/*, application/json;q=0": false, "application/*;q=0, */*": false,
		"text/html, application/json;q=0.1": true, "text/html,application/xhtml+xml,*/*;q=0.8": true, "*/*;q=0": false,
		"application/json;q=0, */*;q=0.5": false, "application/jsonx": false, "json": true, ";;;,": true, "application/json;q=x": true,
	} {
		if got := accepts(header, "application/json"); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	if !accepts("application/json", openAPIType, jsonType) || !accepts("application/vnd.oai.openapi+json", openAPIType) ||
		!accepts("application/vnd.oai.openapi+json;version=3.0", openAPIType) || accepts("application/vnd.oai.openapi", openAPIType) {
		t.Error("a type with a parameter, or one of several")
	}
}

// Nothing that nobody asked for is accepted: without a star the header has the type in it.
func FuzzAccepts(f *testing.F) {
	for _, s := range []string{"*/*", "application/json;q=0.5, text/*", "a/b;q=", "application/*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		yes := accepts(header, jsonType)
		if yes && accepts("x/y,"+header, jsonType) && !strings.Contains(header, "*") && !strings.Contains(strings.ToLower(header), jsonType) {
			t.Errorf("%q lets JSON through", header)
		}
	})
}
