package api

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// badWrite is a line of testdata/bad/write.txt.
type badWrite struct{ status, code, fault, method, path, headers, body string }

// badWrites reads the file, with the geometries put in.
func badWrites(t *testing.T) (list []badWrite) {
	t.Helper()
	text, err := os.ReadFile("testdata/bad/write.txt")
	if err != nil {
		t.Fatal(err)
	}
	put := strings.NewReplacer(`{P}`, `{"type":"Point","coordinates":[120.0001,36.2701]}`, `{L}`, `{"type":"LineString","coordinates":[[120,36.2701],[120.0005,36.2701]]}`,
		`{A}`, `{"type":"Polygon","coordinates":[[[120,36.27],[120.001,36.27],[120.001,36.271],[120,36.27]]]}`)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 7)
		if len(part) != 7 {
			t.Fatalf("not a line of the table: %q", line)
		}
		b := badWrite{part[0], part[1], part[2], part[3], part[4], part[5], put.Replace(part[6])}
		if b.body == "-" {
			b.body = ""
		}
		list = append(list, b)
	}
	return list
}

// headersOf are the usual headers of a method with those that the line changes; an empty value takes one away.
func (b badWrite) headersOf() (list []string) {
	usual := map[string]string{"Content-Type": geoJSON, "If-Match": "*"}
	if b.method == "PATCH" {
		usual["Content-Type"] = patch
	}
	if name, value, ok := strings.Cut(b.headers, "="); ok {
		usual[name] = value
	}
	for name, value := range usual {
		if value != "" {
			list = append(list, name, value)
		}
	}
	return list
}

// Every bad request gets its documented answer, names the place that is wrong, and changes nothing.
func TestBadWrites(t *testing.T) {
	w, bureau := writers(t)
	list := badWrites(t)
	if len(list) < 100 {
		t.Errorf("only %d bad requests", len(list))
	}
	before := w.rows(t)
	for _, b := range list {
		a := w.send(t, b.method, b.path, strings.NewReader(b.body), append(b.headersOf(), bureau...)...)
		p := problemOf(t, a)
		fault := "-"
		if len(p.Errors) > 0 {
			e := p.Errors[0]
			if e.Pointer != nil && *e.Pointer != "" {
				fault = *e.Pointer
			} else if e.Pointer == nil {
				fault = e.Parameter
			}
			if e.Detail == "" || e.DetailEn == "" {
				t.Errorf("%s %s: a fault without words", b.method, b.body)
			}
		}
		if fmt.Sprint(p.Status) != b.status || p.Type != b.code || fault != b.fault {
			t.Errorf("%s %s %s %s: %d %s %s, want %s %s %s\n%s", b.method, b.path, b.headers, b.body, p.Status, p.Type, fault, b.status, b.code, b.fault, a.body)
		}
		if b.status == "405" && a.Header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", b.method, b.path)
		}
	}
	if after := w.rows(t); after != before {
		t.Errorf("something was written: %s, %s", before, after)
	}
}
