package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"wangge/layers"
)

func (c checking) Feature(_ context.Context, f *Feature) error {
	c.check(f)
	return nil
}

func (c checking) Aside(context.Context, *Feature) error { return nil }

func (c checking) Reject(_ context.Context, r Reject) error {
	if r.Code == "" || r.Zh == "" || r.En == "" || r.Zh == string(r.Code) {
		c.t.Errorf("a reject without words: %+v", r)
	}
	if _, err := json.Marshal(r); err != nil {
		c.t.Error(err)
	}
	return nil
}

// FuzzGeoJSON: whatever is in a file, it ends with features that the record can hold, rejects that say why, or a fault of the file.
// What is read without a fault is not a piece of something: with its last bracket cut off it is a fault.
func FuzzGeoJSON(f *testing.F) {
	for _, s := range []string{
		oneToilet, `{"type":"FeatureCollection","features":[` + oneToilet + `,null,7,{}]}`, "\x1e" + oneToilet + "\n",
		`{"type":"Feature","id":"w1","properties":{"highway":"primary","width":"12'"},"geometry":{"type":"LineString","coordinates":[[120,36],[120.1,36]]}}`,
		`{"type":"Feature","properties":{"x":NaN,"y":-Infinity},"geometry":{"type":"Point","coordinates":[NaN,null]}}`,
		`{"type":"Polygon","coordinates":[[[120,36],[121,36],[121,37],[120,36]]]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[120,36]}]}`,
	} {
		f.Add([]byte(s), uint8(0))
	}
	targets := append([]*layers.Layer{nil}, append(layers.Catalogue(), layers.Reference()...)...)
	f.Fuzz(func(t *testing.T, b []byte, layer uint8) {
		o := Options{Datum: "wgs84", Layer: targets[int(layer)%len(targets)]}
		read := func(b []byte) error {
			source, err := inMemory("a.geojson", b)
			if err != nil {
				return err
			}
			source.Format = GeoJSON
			_, err = Read(t.Context(), source, o, checking{t})
			return err
		}
		err := read(b)
		var fault *Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault of the file", err)
		}
		whole := strings.TrimRight(string(b), " \t\r\n\x1e")
		if err == nil && strings.HasSuffix(whole, "}") && whole[0] != 0x1f && read([]byte(whole[:len(whole)-1])) == nil {
			t.Errorf("cut, it is as good: %q", whole)
		}
	})
}

// FuzzTags: whatever the tags, what comes of them fits the catalogue, and the same tags make the same.
func FuzzTags(f *testing.F) {
	f.Add("highway", "primary", "width", "3.5 m", uint8(0))
	f.Add("amenity", "parking", "capacity", "99999999999999999999", uint8(1))
	f.Add("kerb", "lowered", "incline", "1:0", uint8(2))
	f.Add("building", "yes", "name", "\x00", uint8(1))
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string, shape uint8) {
		m, err := newMapper(Options{}, "test")
		if err != nil {
			t.Fatal(err)
		}
		o := &object{key: "w1", osm: true, tags: tags{k1: v1, k2: v2}}
		switch shape % 4 {
		case 0:
			o.geometry = aLine
		case 1:
			o.geometry = aRing
		case 2:
			o.geometry = aPoint
		case 3:
			o.geometry = anArea
		}
		var first []string
		for range 2 {
			var made []string
			sink := checking{t}
			err := m.Map(o, true, Taker{Feature: func(f *Feature) error {
				made = append(made, f.Layer.ID)
				return sink.Feature(t.Context(), f)
			}, Reject: func(r Reject) error {
				made = append(made, r.Layer+string(r.Code))
				return sink.Reject(t.Context(), r)
			}})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = made
			}
			if strings.Join(first, " ") != strings.Join(made, " ") {
				t.Errorf("%v, then %v", first, made)
			}
		}
	})
}
