package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/paulmach/orb"
)

// object is one thing of a file before it is mapped: a feature of GeoJSON, or a node, way or multipolygon of OpenStreetMap.
type object struct {
	row      int64
	key      string         // the file's own id, or n/w/r and number; "" for none
	osm      bool           // it speaks OpenStreetMap: tags, and the key if there is one
	tags     tags           // of OpenStreetMap, where osm
	props    map[string]any // of GeoJSON
	geometry orb.Geometry
	err      error // why it is to be rejected
}

// readGeoJSON reads a text or a sequence of texts. emit gets every feature, also the bad ones.
func readGeoJSON(ctx context.Context, f *File, emit func(*object) error) error {
	r, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	g := &geoJSONReader{s: newScanner(r), emit: emit}
	if err := g.skipBOM(); err != nil {
		return g.s.fault(err, "")
	}
	for texts := 0; ; texts++ {
		c, err := g.s.token(true)
		if errors.Is(err, io.EOF) {
			if texts == 0 || g.row == 0 {
				return empty()
			}
			return nil
		}
		if err != nil {
			return g.s.fault(err, "")
		}
		if c != '{' {
			return g.s.fault(nil, "no GeoJSON object")
		}
		if err := g.object(true); err != nil {
			return err
		}
	}
}

// geoJSONReader reads objects: features, collections, bare geometries.
type geoJSONReader struct {
	s    *scanner
	emit func(*object) error
	row  int64
}

// rawFeature is a feature, a geometry or a collection, with its members still to be read.
type rawFeature struct {
	kind                                              string
	id, geometry, properties, coordinates, geometries []byte
	features                                          bool
}

func (g *geoJSONReader) skipBOM() error {
	head, err := g.s.r.Peek(3)
	if err == nil && bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, err = g.s.r.Discard(3)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// object reads an object whose brace is open. A collection's features are emitted while they are read, so the collection's
// type may come last; a text that turns out to be none is a fault of the file, which undoes them.
func (g *geoJSONReader) object(top bool) error {
	g.s.budget = maxFeatureBytes
	raw := &rawFeature{}
	err := g.s.members(func(key string) error {
		if top && key == "features" {
			return g.features(raw)
		}
		return g.member(raw, key, top)
	})
	if err != nil {
		return err
	}
	if raw.features {
		if raw.kind != "FeatureCollection" {
			return g.s.fault(nil, "features outside a FeatureCollection")
		}
		return nil
	}
	if raw.kind == "FeatureCollection" && top {
		return g.s.fault(nil, "a FeatureCollection without features")
	}
	g.row++
	return g.emit(raw.object(g.row))
}

func (g *geoJSONReader) features(raw *rawFeature) error {
	raw.features = true
	if c, err := g.s.token(false); err != nil || c != '[' {
		return g.s.fault(err, "features is no array")
	}
	return g.s.elements(func() error {
		c, err := g.s.token(false)
		if err != nil {
			return g.s.fault(err, "")
		}
		if c == '{' {
			return g.object(false)
		}
		g.s.back()
		if _, err := g.s.value(nil, false); err != nil {
			return err
		}
		g.row++
		return g.emit(&object{row: g.row, err: refuse(NotAFeature, "")})
	})
}

// member takes one member of a feature or of the collection.
func (g *geoJSONReader) member(raw *rawFeature, key string, top bool) (err error) {
	switch key {
	case "type":
		var b []byte
		if b, err = g.s.value(nil, true); err == nil && json.Unmarshal(b, &raw.kind) != nil {
			raw.kind = ""
		}
	case "id":
		raw.id, err = g.s.value(raw.id[:0], true)
	case "geometry":
		raw.geometry, err = g.s.value(raw.geometry[:0], true)
	case "properties":
		raw.properties, err = g.s.value(raw.properties[:0], true)
	case "coordinates":
		raw.coordinates, err = g.s.value(raw.coordinates[:0], true)
	case "geometries":
		raw.geometries, err = g.s.value(raw.geometries[:0], true)
	case "crs":
		if !top {
			_, err = g.s.value(nil, false)
			break
		}
		var b []byte
		if b, err = g.s.value(nil, true); err == nil {
			err = readCRS(b)
		}
	default:
		_, err = g.s.value(nil, false)
	}
	return err
}

// readCRS refuses a file that names a coordinate system other than the one that was said.
func readCRS(b []byte) error {
	var crs *struct {
		Properties struct {
			Name string `json:"name"`
			Code any    `json:"code"`
		} `json:"properties"`
	}
	if json.Unmarshal(b, &crs) != nil || crs == nil {
		return nil // not understood: the datum was said
	}
	if name := crs.Properties.Name; name != "" {
		return checkCRS(name)
	}
	if code := crs.Properties.Code; code != nil {
		return checkCRS(fmt.Sprintf("EPSG:%v", code))
	}
	return nil
}

// object makes the object of a raw feature or of a bare geometry.
func (raw *rawFeature) object(row int64) *object {
	o := &object{row: row, key: readID(raw.id)}
	if raw.kind != "Feature" {
		if isGeometry(raw.kind) {
			o.geometry, o.err = geometryOf(raw.kind, raw.coordinates, raw.geometries)
		} else {
			o.err = refuse(NotAFeature, fmt.Sprintf("type %.60q", raw.kind))
		}
		return o
	}
	if o.props, o.err = readProperties(raw.properties); o.err != nil {
		return o
	}
	o.geometry, o.err = readGeometry(raw.geometry)
	return o
}

// readID gives a feature's id as text: numbers and strings only.
func readID(b []byte) string {
	var s string
	switch {
	case len(b) == 0 || string(b) == "null":
	case b[0] == '"':
		if json.Unmarshal(b, &s) == nil {
			return clean(s)
		}
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		if i, err := strconv.ParseInt(string(b), 10, 64); err == nil {
			return strconv.FormatInt(i, 10)
		}
		if x, err := strconv.ParseFloat(string(b), 64); err == nil {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
	return ""
}

// readProperties reads the properties, with NaN and Infinity taken for null.
func readProperties(b []byte) (map[string]any, error) {
	if len(b) == 0 || string(b) == "null" {
		return nil, nil
	}
	props, err := decodeObject(b)
	if err != nil {
		props, err = decodeObject(scrub(b))
	}
	if err != nil {
		return nil, syntax("JSON: " + err.Error())
	}
	return props, nil
}

func decodeObject(b []byte) (props map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err = d.Decode(&props); err == nil && d.More() {
		err = errors.New("more than one value")
	}
	return props, err
}

// scrub replaces NaN and Infinity outside strings by null.
func scrub(b []byte) []byte {
	var out []byte
	quoted := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted && c == '\\' && i+1 < len(b):
			out = append(out, c)
			i++
			c = b[i]
		case c == '"':
			quoted = !quoted
		case !quoted:
			if word := notANumber(b[i:]); word > 0 {
				out = append(out, "null"...)
				i += word - 1
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// notANumber is the length of a NaN or Infinity at the beginning of b, or 0.
func notANumber(b []byte) int {
	for _, word := range []string{"NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf"} {
		if bytes.HasPrefix(b, []byte(word)) {
			return len(word)
		}
	}
	return 0
}
