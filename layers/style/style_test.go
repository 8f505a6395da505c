package style

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers"
)

var update = flag.Bool("update", false, "write the golden files anew (make bless)")

// everything is a city with two nets beside the unit grids.
func everything() []*layers.Layer {
	all := append(layers.Catalogue(), layers.Reference()...)
	return append(all,
		layers.NetLayer("duty", layers.Text{Zh: "责任网格", En: "Duty grids"}, 11, true),
		layers.NetLayer("street", layers.Text{Zh: "街道网格", En: "Street grids"}, 12, false))
}

func TestBuildEveryTheme(t *testing.T) {
	for theme := range Flavours() {
		s, err := Build(everything(), theme, "http://example.test", City{Name: "样城"}, someDensities{})
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for i, l := range s.Layers {
			if ids[l.ID] {
				t.Errorf("%s: two layers called %s", theme, l.ID)
			}
			ids[l.ID] = true
			if i > 1 && s.Layers[i-1].slot > l.slot {
				t.Errorf("%s: %s lies above %s", theme, s.Layers[i-1].ID, l.ID)
			}
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"$`) || strings.Contains(string(text), `"@`) {
			t.Errorf("%s: a name was left unresolved", theme)
		}
		if len(s.Metadata.Legend) != len(everything()) {
			t.Errorf("%s: the legend has %d parts", theme, len(s.Metadata.Legend))
		}
	}
}

// TestGoldenOrder: what lies above what on the map, from the ground up, with the zooms it is drawn at. A change shows as a
// difference that somebody can look at.
func TestGoldenOrder(t *testing.T) {
	const golden = "testdata/order.txt"
	s, err := Build(everything(), "light", "", City{}, someDensities{})
	if err != nil {
		t.Fatal(err)
	}
	var order strings.Builder
	for _, l := range s.Layers {
		fmt.Fprintf(&order, "%s %s %s %v-%v\n", l.ID, l.Type, l.SourceLayer, l.MinZoom, l.MaxZoom)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(order.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), order.String()); diff != "" {
		t.Errorf("the map's order is another (make bless, if that is meant): %s", diff)
	}
}

// TestHidden: what is not shown before anybody asks is in the style all the same.
func TestHidden(t *testing.T) {
	s, err := Build(everything(), "light", "", City{}, someDensities{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Layers {
		hidden := l.Layout["visibility"] == "none"
		asked := l.SourceLayer == "land_use" || strings.HasPrefix(l.SourceLayer, "population")
		if want := asked || strings.HasPrefix(l.SourceLayer, "grid_street"); hidden != want {
			t.Errorf("%s: hidden = %v, want %v", l.ID, hidden, want)
		}
	}
}

func TestUnknownTheme(t *testing.T) {
	if _, err := Build(nil, "sepia", "", City{}, nil); !errors.Is(err, ErrNoTheme) {
		t.Errorf("got %v, want ErrNoTheme", err)
	}
	if _, _, err := Sprite("sepia", 1); !errors.Is(err, ErrNoTheme) {
		t.Errorf("got %v, want ErrNoTheme", err)
	}
}

// TestSpriteHoldsWhatIsDrawn finds every picture that the catalogue names, at both sizes, with something drawn in it.
func TestSpriteHoldsWhatIsDrawn(t *testing.T) {
	for theme := range Flavours() {
		for _, ratio := range []int{1, 2} {
			index, sheet, err := Sprite(theme, ratio)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(sheet))
			if err != nil {
				t.Fatal(err)
			}
			for name := range pictureNames(everything()) {
				e, ok := index[name]
				if !ok {
					t.Errorf("%s@%d: no picture %s", theme, ratio, name)
					continue
				}
				if _, _, _, alpha := picture.At(e.X+e.Width/2, e.Y+e.Height/2).RGBA(); alpha == 0 && !strings.HasPrefix(name, "hatch") {
					t.Errorf("%s@%d: %s is empty in the middle", theme, ratio, name)
				}
			}
		}
	}
}

// pictureNames collects the pictures that drawings and legends refer to.
func pictureNames(all []*layers.Layer) map[string]bool {
	names := map[string]bool{}
	var collect func(value any)
	collect = func(value any) {
		switch v := value.(type) {
		case string:
			if len(v) > 1 && v[0] == '@' {
				names[v[1:]] = true
			}
		case []any:
			for _, item := range v {
				collect(item)
			}
		}
	}
	for _, l := range all {
		for _, d := range l.Drawings {
			for _, block := range []map[string]any{d.Layout, d.Paint} {
				for _, value := range block {
					collect(value)
				}
			}
		}
		for _, item := range l.Legend {
			for _, name := range []string{item.Icon, item.Pattern} {
				if name != "" {
					names[name] = true
				}
			}
		}
	}
	return names
}
