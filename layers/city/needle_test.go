package city

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzNeedle holds the search in one run of bytes against strings.Contains on each text.
func FuzzNeedle(f *testing.F) {
	f.Add("扬州路\n北扬州路\nR-1\nr-11", "R-1")
	f.Add("aab\nab\nb", "ab")
	f.Add("x\n\ny", "xy")
	f.Fuzz(func(t *testing.T, lines, q string) {
		n, ok := newNeedle(q)
		if !ok {
			return
		}
		var c texts
		want := map[string]rank{}
		for line := range strings.SplitSeq(lines, "\n") {
			c.number([]byte(line))
			switch s := string(lowered(nil, []byte(line))); {
			case s == string(n.lower):
				want[line] = exact
			case strings.HasPrefix(s, string(n.lower)):
				want[line] = prefix
			case strings.Contains(s, string(n.lower)):
				want[line] = inside
			}
		}
		got := n.scan(&c, 1000)
		for _, m := range got {
			if text := string(c.at(m.text)); want[text] != m.rank {
				t.Errorf("%q in %q: rank %d", q, text, m.rank)
			}
		}
		if len(got) != len(want) && len(want) < 1000 {
			t.Errorf("%d found of %d", len(got), len(want))
		}
	})
}

func BenchmarkSearchMillion(b *testing.B) {
	var c texts
	for i := range 1_000_000 {
		c.number(fmt.Appendf(nil, "370281P%012d", i))
	}
	c.seal()
	for _, q := range []string{"370281p00000099", "99999", "P0000009999", "nothing like it", "没有"} {
		b.Run(q, func(b *testing.B) {
			n, _ := newNeedle(q)
			for b.Loop() {
				n.scan(&c, 20)
			}
		})
	}
}

func TestLowered(t *testing.T) {
	var s []byte
	for i := range 256 {
		s = append(s, byte(i), byte(255-i))
	}
	for from := range 9 {
		for i, b := range lowered([]byte("x"), s[from:])[1:] {
			if b != lower(s[from+i]) {
				t.Fatalf("%q became %q", s[from+i], b)
			}
		}
	}
}
