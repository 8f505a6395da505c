package reply

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func TestChoose(t *testing.T) {
	none := Encoding("none")
	for header, want := range map[string]Encoding{
		"":                                Identity,
		"gzip":                            Gzip,
		"GZIP":                            Gzip,
		"x-gzip":                          Gzip,
		"gzip, deflate, br, zstd":         Gzip,
		"br":                              Identity,
		"*":                               Gzip,
		"*;q=0.5":                         Gzip,
		"gzip;q=0":                        Identity,
		"gzip;q=0.000":                    Identity,
		"gzip;q=0.001":                    Gzip,
		"gzip; q=0.5, identity":           Identity,
		"gzip;q=0.5, identity;q=0.5":      Gzip,
		"gzip ; Q = 0.4 , identity;q=0.1": Gzip,
		"identity;q=0":                    none,
		"identity;q=0, gzip":              Gzip,
		"*;q=0":                           none,
		"*;q=0, gzip":                     Gzip,
		"*;q=0, identity":                 Identity,
		"gzip;q=0, *":                     Identity,
		"gzip;q=2":                        Identity,
		"gzip;q=NaN":                      Identity,
		"gzip;q=":                         Identity,
		"gzip;level=9":                    Identity,
		",,;q=1,":                         Identity,
	} {
		got, err := Choose(header, Encodings())
		if errors.Is(err, ErrNotAcceptable) {
			got = none
		}
		if got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func FuzzChoose(f *testing.F) {
	for _, s := range []string{"gzip;q=0.5, *;q=0", "identity;q=0", "br;q=1e-9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		e, err := Choose(header, Encodings())
		if (err == nil) != (e == Gzip || e == Identity) {
			t.Errorf("%q: %q, %v", header, e, err)
		}
		lower := strings.ToLower(header)
		if e == Gzip && !strings.Contains(lower, "gzip") && !strings.Contains(lower, "*") {
			t.Errorf("%q: gzip was not asked for", header)
		}
	})
}

// Only a list that has the tag, or a star, matches: never a tag that contains it.
func FuzzMatches(f *testing.F) {
	for _, s := range []string{`"a"`, `W/"a"`, `"x,"a""`, `"b", "a"`, `*`, `"`, `"a`, `a`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		if matches(list, `"a"`) && !strings.Contains(list, `"a"`) && !strings.Contains(list, "*") {
			t.Errorf("%q matches", list)
		}
	})
}

func TestMatches(t *testing.T) {
	for list, want := range map[string]bool{
		`"a"`: true, `W/"a"`: true, `"b","a"`: true, `"b" , W/"a" `: true, `*`: true, ` *`: true, `"x,y", "a"`: true,
		``: false, `a`: false, `"a`: false, `"b"`: false, `"x,a"`: false, `w/"a"`: false, `"b" junk "a"`: false,
	} {
		if matches(list, `"a"`) != want {
			t.Errorf("%q: %v", list, !want)
		}
	}
}

func TestSendSkipsWhatGetsNoShorter(t *testing.T) {
	w := NewWriter()
	for _, c := range []struct {
		mediaType string
		size      int
		want      string
	}{{jsonish, smallest - 1, ""}, {jsonish, smallest, "gzip"}, {"image/png", 1 << 16, ""}} {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		body := bytes.Repeat([]byte("a"), c.size)
		if err := w.Send(rec, r, Content{Type: c.mediaType, Cache: Revalidate, Tag: "t", Bytes: body}); err != nil {
			t.Fatal(err)
		}
		if got := rec.Header().Get("Content-Encoding"); got != c.want || rec.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%+v: %q, Vary %q", c, got, rec.Header().Get("Vary"))
		}
		var got io.Reader = rec.Body
		if c.want == "gzip" {
			z, err := gzip.NewReader(rec.Body)
			if err != nil {
				t.Fatal(err)
			}
			got = z
		}
		if b, err := io.ReadAll(got); err != nil || !bytes.Equal(b, body) {
			t.Errorf("%+v: %d bytes, %v", c, len(b), err)
		}
	}
}

const jsonish = "application/json"
