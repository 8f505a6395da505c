package reply

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestChoose(t *testing.T) {
	none := Encoding("none")
	for header, want := range map[string]Encoding{
		"":                                Identity,
		"gzip":                            Gzip,
		"GZIP":                            Gzip,
		"x-gzip":                          Gzip,
		"deflate":                         Identity,
		"gzip, deflate":                   Gzip,
		"gzip, deflate, br":               Brotli,
		"gzip, deflate, br, zstd":         Brotli,
		"zstd, gzip":                      Zstd,
		"br;q=0.5, zstd;q=0.6, gzip":      Gzip,
		"br;q=0.5, zstd;q=0.6, gzip;q=.5": Zstd,
		"BR":                              Brotli,
		"brotli":                          Identity,
		"*":                               Brotli,
		"*, br;q=0":                       Zstd,
		"br;q=0, zstd;q=0, *;q=0.1":       Gzip,
		"*;q=0.5":                         Brotli,
		"gzip;q=0":                        Identity,
		"gzip;q=0.000":                    Identity,
		"gzip;q=0.001":                    Gzip,
		"gzip; q=0.5, identity":           Identity,
		"gzip;q=0.5, identity;q=0.5":      Gzip,
		"gzip ; Q = 0.4 , identity;q=0.1": Gzip,
		"identity;q=0":                    none,
		"identity;q=0, gzip":              Gzip,
		"identity;q=0, deflate":           none,
		"*;q=0":                           none,
		"*;q=0, gzip":                     Gzip,
		"*;q=0, identity":                 Identity,
		"gzip;q=0, *":                     Brotli,
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

// What is chosen was offered and not refused, and an encoding is never sent to somebody who did not ask for it.
func FuzzChoose(f *testing.F) {
	for _, s := range []string{"gzip;q=0.5, *;q=0", "identity;q=0", "br;q=1e-9", "zstd,br;q=0", "x-gzip"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		e, err := Choose(header, Encodings())
		if (err == nil) != slices.Contains(Encodings(), e) {
			t.Errorf("%q: %q, %v", header, e, err)
		}
		lower := strings.ToLower(header)
		if err == nil && e != Identity && !strings.Contains(lower, string(e)) && !strings.Contains(lower, "*") {
			t.Errorf("%q: %s was not asked for", header, e)
		}
	})
}

func TestChooseCostsNoMemory(t *testing.T) {
	offered := Encodings()
	if n := testing.AllocsPerRun(100, func() { _, _ = Choose("gzip, deflate, br;q=0.9, zstd", offered) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// decode is the other side, by the encoding's name.
func decode(e Encoding, b []byte) ([]byte, error) {
	var r io.Reader = bytes.NewReader(b)
	switch e {
	case Gzip:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	case Brotli:
		r = brotli.NewReader(r)
	case Zstd:
		z, err := zstd.NewReader(r)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	}
	return io.ReadAll(r)
}

// Many callers at once get their own bytes back, whatever was encoded before with the same writers.
func TestEncode(t *testing.T) {
	w := NewWriter()
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for _, size := range []int{0, 1, 900, 5000, 200_000, 70, 600_000} {
				body := make([]byte, size)
				for j := range body {
					body[j] = byte(r.IntN(5))
				}
				for _, e := range Encodings() {
					packed, err := w.Encode(e, body)
					if err != nil {
						t.Errorf("%s: %v", e, err)
						continue
					}
					if got, err := decode(e, packed); err != nil || !bytes.Equal(got, body) {
						t.Errorf("%s of %d bytes: %d came back, %v", e, size, len(got), err)
					}
					if e != Identity && size > 900 && len(packed) > size/2 {
						t.Errorf("%s of %d bytes has %d", e, size, len(packed))
					}
				}
			}
		})
	}
	all.Wait()
	if _, err := w.Encode("deflate", nil); !errors.Is(err, ErrNotAcceptable) {
		t.Errorf("deflate: %v", err)
	}
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

// What is known by its tag is told without its bytes, short or long, whatever the encoding it was got in.
func TestKnown(t *testing.T) {
	w := NewWriter()
	for _, bytes := range [][]byte{[]byte("short"), []byte(strings.Repeat("long ", 1000))} {
		for _, accepted := range []string{"", "gzip", "br, zstd;q=0.5", "identity"} {
			c := Content{Type: "application/json", Cache: Revalidate, Tag: "t", Bytes: bytes}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept-Encoding", accepted)
			sent := httptest.NewRecorder()
			if w.Known(sent, r, c) || w.Send(sent, r, c) != nil {
				t.Fatalf("%q: not sent", accepted)
			}
			r.Header.Set("If-None-Match", sent.Header().Get("ETag"))
			again := httptest.NewRecorder()
			c.Bytes = nil
			if !w.Known(again, r, c) || again.Code != http.StatusNotModified || again.Header().Get("ETag") != sent.Header().Get("ETag") || again.Header().Get("Cache-Control") != Revalidate {
				t.Errorf("%q: %d %v", accepted, again.Code, again.Header())
			}
			c.Tag = "u"
			if w.Known(httptest.NewRecorder(), r, c) {
				t.Errorf("%q: another tag is known", accepted)
			}
		}
	}
}
