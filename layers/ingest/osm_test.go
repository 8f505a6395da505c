package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/layers"
)

func TestPBFInEveryPacking(t *testing.T) {
	for name, content := range map[string]string{
		"zlib": smallCity(t, packZlib, false), "raw": smallCity(t, packRaw, false), "zstd": smallCity(t, packZstd, false), "plain nodes": smallCity(t, packZlib, true),
	} {
		k := keep(t, file(t, "a.osm.pbf", content), Options{})
		got := map[string]orb.Geometry{}
		for _, f := range k.features {
			got[f.Layer.ID+" "+f.Source+" "+f.SourceKey] = f.Geometry
		}
		want := map[string]orb.Geometry{
			"public_toilet osm n1": orb.Point{120.02, 36.22},
			"road osm w10":         orb.LineString{{120.02, 36.22}, {120.03, 36.22}, {120.03, 36.23}},
			"ground osm r20":       orb.Polygon{{{120.02, 36.22}, {120.03, 36.22}, {120.03, 36.23}, {120.02, 36.23}, {120.02, 36.22}}},
		}
		if diff := cmp.Diff(want, got); diff != "" || len(k.rejects) > 0 {
			t.Errorf("%s: %s %v", name, diff, k.rejects)
		}
	}
}

// TestEveryCutOfPBFIsSeen cuts a file at every byte. Between two blobs the format itself cannot tell.
func TestEveryCutOfPBFIsSeen(t *testing.T) {
	whole := smallCity(t, packZlib, false)
	ends := map[int]bool{}
	for rest := []byte(whole); len(rest) > 0; {
		header := int(rest[3])
		size := 0
		m := message(rest[4 : 4+header])
		for f, ok := m.next(); ok; f, ok = m.next() {
			if f.number == 3 {
				size = int(f.value)
			}
		}
		rest = rest[4+header+size:]
		ends[len(whole)-len(rest)] = true
	}
	for n := 1; n < len(whole); n++ {
		f, err := inMemory("a.osm.pbf", []byte(whole[:n]))
		if err == nil {
			_, err = Read(t.Context(), f, Options{}, nothing{})
		}
		var fault *Fault
		if !ends[n] && !errors.As(err, &fault) {
			t.Errorf("cut at %d of %d: %v", n, len(whole), err)
		}
	}
}

// FuzzPBF: whatever is in a file, reading it ends with features or with a fault of the file, and never with anything else.
func FuzzPBF(f *testing.F) {
	f.Add([]byte(smallCity(f, packRaw, false)))
	f.Add([]byte(smallCity(f, packRaw, true)))
	f.Add([]byte(smallCity(f, packZlib, false)))
	f.Fuzz(func(t *testing.T, b []byte) {
		source, err := inMemory("a.osm.pbf", b)
		if err != nil {
			return
		}
		source.Format = PBF
		_, err = Read(t.Context(), source, Options{}, checking{t})
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("%v is no fault of the file", err)
		}
	})
}

const smallXML = `<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="test">
 <bounds minlat="36.2" minlon="120.0" maxlat="36.3" maxlon="120.1"/>
 <relation id="20"><member type="way" ref="11" role="outer"/><member type="way" ref="12" role="outer"/><member type="way" ref="13" role=""/><member type="node" ref="1" role="label"/>
  <tag k="type" v="multipolygon"/><tag k="landuse" v="grass"/></relation>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="99"/><tag k="highway" v="primary"/></way>
 <way id="11"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="12"><nd ref="1"/><nd ref="4"/><nd ref="3"/></way>
 <way id="13"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/></way>
 <way id="14"><nd ref="1"/><nd ref="3"/><tag k="highway" v="steps"/><tag k="name" v="云溪&#x8def;"/></way>
 <node id="1" lon="120.02" lat="36.22"><tag k="amenity" v="toilets"/></node>
 <node id="2" lon="120.03" lat="36.22"/><node id="3" lon="120.03" lat="36.23"/><node id="4" lon="120.02" lat="36.23"/>
 <node id="5" lon="120.024" lat="36.224"/><node id="6" lon="120.026" lat="36.224"/><node id="7" lon="120.026" lat="36.226"/>
</osm>`

func TestXML(t *testing.T) {
	for _, content := range []string{smallXML, zipped(t, smallXML)} {
		k := keep(t, file(t, "a.osm", content), Options{})
		want := map[string]int{"public_toilet": 1, "road": 1, "ground": 1, "road/missing_nodes": 1}
		if diff := cmp.Diff(want, k.counts()); diff != "" {
			t.Error(diff)
		}
		for _, f := range k.features {
			switch f.SourceKey {
			case "w14":
				if f.Values["name"] != "云溪路" || f.Values["steps"] != true {
					t.Errorf("%v", f.Values)
				}
			case "r20":
				if p, ok := f.Geometry.(orb.Polygon); !ok || len(p) != 2 {
					t.Errorf("a grass with a hole became %v", f.Geometry)
				}
			}
		}
		if r := k.rejects[0]; r.Key != "w10" || r.Detail != "1 of 3" {
			t.Errorf("%+v", r)
		}
	}
}

func TestAnElementWithoutEnd(t *testing.T) {
	content := `<osm version="0.6"><way id="1">` + strings.Repeat(`<nd ref="1"/>`, 1000) + `</way></osm>`
	for each, want := range map[int]error{1 << 12: ErrTooLarge, 1 << 14: nil} {
		err := readElements(&allowance{r: strings.NewReader(content), each: each}, "nwr", func(*element) error { return nil })
		if !errors.Is(err, want) {
			t.Errorf("within %d bytes: %v", each, err)
		}
	}
}

func TestRings(t *testing.T) {
	square := func(west, south, size float64) orb.Ring {
		return orb.Ring{{west, south}, {west + size, south}, {west + size, south + size}, {west, south + size}, {west, south}}
	}
	for name, c := range map[string]struct {
		rings []orb.Ring
		want  []int // rings of each polygon
	}{
		"one":                        {[]orb.Ring{square(0, 0, 1)}, []int{1}},
		"two apart":                  {[]orb.Ring{square(0, 0, 1), square(5, 5, 1)}, []int{1, 1}},
		"a hole, told first":         {[]orb.Ring{square(1, 1, 1), square(0, 0, 5)}, []int{2}},
		"an island in a hole":        {[]orb.Ring{square(0, 0, 9), square(1, 1, 7), square(2, 2, 1)}, []int{2, 1}},
		"a hole touching its border": {[]orb.Ring{square(0, 0, 5), {{0, 0}, {2, 1}, {1, 2}, {0, 0}}}, []int{2}},
		"two holes":                  {[]orb.Ring{square(0, 0, 9), square(1, 1, 1), square(5, 5, 1)}, []int{3}},
	} {
		var got []int
		switch g := nest(c.rings).(type) {
		case orb.Polygon:
			got = []int{len(g)}
		case orb.MultiPolygon:
			for _, p := range g {
				got = append(got, len(p))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if rings, open := joinRings([][]int64{{1, 2, 3}, {5, 4, 3}, {5, 6, 1}}); len(rings) != 1 || open != 0 || len(rings[0]) != 7 {
		t.Errorf("three ways that close: %v %d", rings, open)
	}
	if rings, open := joinRings([][]int64{{1, 2, 3}, {3, 4, 5}, {7, 8, 9, 7}}); len(rings) != 1 || open != 1 {
		t.Errorf("a chain that does not close: %v %d", rings, open)
	}
}

func TestRegionsOnlyWhenAsked(t *testing.T) {
	xml := strings.NewReplacer(`<tag k="landuse" v="grass"/>`, `<tag k="boundary" v="administrative"/><tag k="admin_level" v="8"/><tag k="name" v="阜安街道"/><tag k="ref" v="370281001000"/>`).Replace(smallXML)
	path := file(t, "a.osm", xml)
	if k := keep(t, path, Options{}); k.counts()["region"] != 0 {
		t.Error("a region that nobody asked for")
	}
	k := keep(t, path, Options{Layer: layers.ByID("region")})
	if len(k.features) != 1 || len(k.rejects) != 0 {
		t.Fatalf("%v %v", k.features, k.rejects)
	}
	v := k.features[0].Values
	if v["code"] != "370281001" || v["kind"] != "street" || v["name"] != "阜安街道" || k.features[0].Geometry.GeoJSONType() != "MultiPolygon" {
		t.Errorf("%v", v)
	}
}

func TestNodeTable(t *testing.T) {
	var n nodeTable
	for i := range int64(200_000) {
		n.need([]int64{i % 50_000 * 3})
	}
	n.seal()
	if len(n.ids) != 50_000 {
		t.Fatalf("%d ids", len(n.ids))
	}
	n.set(3, 10, 20)
	n.set(4, 10, 20) // nobody needs it
	if line, missing := n.line([]int64{3, 6, 4}); missing != 2 || len(line) != 1 || line[0] != (orb.Point{1e-6, 2e-6}) {
		t.Errorf("%v %d", line, missing)
	}
}

// checking is a sink that holds what it gets against what the record wants.
type checking struct{ t *testing.T }

func (c checking) check(f *Feature) {
	if err := geo.Check(f.Geometry); err != nil {
		c.t.Errorf("%s %s: %v", f.Layer.ID, f.SourceKey, err)
	}
	if kind := layers.Kind(f.Geometry.GeoJSONType()); !f.Layer.Holds(kind) {
		c.t.Errorf("%s does not hold %s", f.Layer.ID, kind)
	}
	if f.Source == "" || f.SourceKey == "" || len(f.SourceKey) > 200 {
		c.t.Errorf("key %q %q", f.Source, f.SourceKey)
	}
	for name, v := range f.Values {
		field := f.Layer.Field(name)
		if field == nil || field.ReadOnly {
			c.t.Errorf("%s has no field %s", f.Layer.ID, name)
			continue
		}
		if s, ok := v.(string); ok && (strings.ContainsRune(s, 0) || len(s) > maxText) {
			c.t.Errorf("%s: %q cannot be stored", name, s)
		}
		if _, ok := v.(map[string]any); ok != (field.Type == layers.Object) || !ok && !fits(field, v) {
			c.t.Errorf("%s.%s is %T %v", f.Layer.ID, name, v, v)
		}
	}
}

func TestProgressReachesItsEnd(t *testing.T) {
	path := file(t, "a.osm.pbf", smallCity(t, packZlib, false))
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var done, total, last int64
	o := Options{Progress: func(d, n int64) {
		if d < last {
			t.Errorf("progress went back from %d to %d", last, d)
		}
		done, total, last = d, n, d
	}}
	if _, err := Read(t.Context(), f, o, nothing{}); err != nil {
		t.Fatal(err)
	}
	if done != total || total == 0 {
		t.Errorf("%d of %d", done, total)
	}
}
