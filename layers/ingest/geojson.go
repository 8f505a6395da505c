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

	"wangge/geo"
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
	nowhere  bool  // it has no position, and is to be set aside where it has a name
	address  string
	bytes    int // of its text, where it was read ahead
}

// rejected makes a reject of the object, with what could be read of it.
func (o *object) rejected(layer string, c Code, detail string) Reject {
	r := Rejected(o.row, o.key, layer, c, detail)
	r.Props, r.Geometry = o.props, o.geometry
	return r
}

// readGeoJSON reads a text or a sequence of texts. emit gets every feature, also the bad ones. checkCRS, if any, is asked about the system that the
// file says it has.
func readGeoJSON(ctx context.Context, f *File, checkCRS func(string) error, emit func(*object) error) error {
	r, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	g := &geoJSONReader{s: newScanner(r), emit: emit, checkCRS: checkCRS}
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
	s        *scanner
	emit     func(*object) error
	row      int64
	checkCRS func(string) error
	raw      rawFeature // reused: a feature's texts are read before the next one comes
}

// rawFeature is a feature, a bare geometry or a collection, as the texts of its members.
type rawFeature struct {
	kind           string
	id, properties []byte
	bare, geometry rawGeometry
}

// rawGeometry is a geometry as the texts of its members.
type rawGeometry struct {
	kind                    string
	coordinates, geometries []byte
	is                      bool // an object, not null or anything else
}

func (raw *rawFeature) clear() {
	*raw = rawFeature{id: raw.id[:0], properties: raw.properties[:0], bare: raw.bare.cleared(), geometry: raw.geometry.cleared()}
}

func (g *rawGeometry) cleared() rawGeometry {
	return rawGeometry{coordinates: g.coordinates[:0], geometries: g.geometries[:0]}
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
	collection := false
	g.s.budget = g.s.limit
	g.raw.clear()
	err := g.s.members(func(key string) error {
		if top && key == "features" {
			collection = true
			kind := g.raw.kind
			err := g.features()
			g.raw.clear()
			g.raw.kind = kind
			return err
		}
		return g.member(key, top)
	})
	if err != nil {
		return err
	}
	if collection != (g.raw.kind == "FeatureCollection") && top {
		return g.s.fault(nil, "features without a FeatureCollection, or the other way round")
	}
	if collection {
		return nil
	}
	g.row++
	o, err := g.raw.object(g.row)
	if err != nil {
		return g.s.fault(nil, err.Error())
	}
	o.bytes = g.s.limit - g.s.budget
	return g.emit(o)
}

func (g *geoJSONReader) features() error {
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

// member takes one member of a feature, a bare geometry or the collection.
func (g *geoJSONReader) member(key string, top bool) (err error) {
	raw := &g.raw
	switch key {
	case "type":
		raw.kind, err = g.kind()
	case "id":
		raw.id, err = g.s.value(raw.id[:0], true)
	case "geometry":
		err = g.geometry(&raw.geometry)
	case "properties":
		raw.properties, err = g.s.value(raw.properties[:0], true)
	case "coordinates":
		raw.bare.coordinates, err = g.s.value(raw.bare.coordinates[:0], true)
	case "geometries":
		raw.bare.geometries, err = g.s.value(raw.bare.geometries[:0], true)
	case "crs":
		var b []byte
		if b, err = g.s.value(nil, top); err == nil && top {
			err = g.readCRS(b)
		}
	default:
		_, err = g.s.value(nil, false)
	}
	return err
}

// geometry reads the members of a geometry.
func (g *geoJSONReader) geometry(raw *rawGeometry) error {
	c, err := g.s.token(false)
	if err != nil {
		return g.s.fault(err, "")
	}
	if c != '{' {
		g.s.back()
		_, err := g.s.value(nil, false)
		return err
	}
	raw.is = true
	return g.s.members(func(key string) (err error) {
		switch key {
		case "type":
			raw.kind, err = g.kind()
		case "coordinates":
			raw.coordinates, err = g.s.value(raw.coordinates[:0], true)
		case "geometries":
			raw.geometries, err = g.s.value(raw.geometries[:0], true)
		default:
			_, err = g.s.value(nil, false)
		}
		return err
	})
}

// kind reads the name of a type; anything but a text is none.
func (g *geoJSONReader) kind() (kind string, err error) {
	b, err := g.s.value(g.s.spare[:0], true)
	g.s.spare = b
	if err != nil {
		return "", err
	}
	if len(b) > 2 && b[0] == '"' {
		kind = knownKind(b[1 : len(b)-1])
	}
	return kind, nil
}

// knownKind gives a type's name without making a text of it each time.
func knownKind(b []byte) string {
	for _, kind := range []string{"Feature", "Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString", "MultiPoint", "GeometryCollection", "FeatureCollection"} {
		if string(b) == kind {
			return kind
		}
	}
	return shorten(string(b))
}

// readCRS refuses a file that names a coordinate system other than the one that was said. What is not understood names none.
func (g *geoJSONReader) readCRS(b []byte) error {
	if g.checkCRS == nil {
		return nil
	}
	var crs struct {
		Properties struct {
			Name string `json:"name"`
			Code any    `json:"code"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(b, &crs)
	if name := crs.Properties.Name; name != "" {
		return g.checkCRS(name)
	}
	if code := crs.Properties.Code; code != nil {
		return g.checkCRS(fmt.Sprintf("EPSG:%v", code))
	}
	return nil
}

// object makes the object of a raw feature or of a bare geometry. Its error is broken JSON.
func (raw *rawFeature) object(row int64) (*object, error) {
	o := &object{row: row, key: readID(raw.id)}
	raw.bare.kind = raw.kind
	switch {
	case raw.kind == "Feature" && !raw.geometry.is:
		o.err = refuse(Code(geo.Missing), "")
	case raw.kind == "Feature":
		o.geometry, o.err = raw.geometry.read()
	case isGeometry(raw.kind):
		o.geometry, o.err = raw.bare.read()
	default:
		o.err = refuse(NotAFeature, fmt.Sprintf("type %.60q", raw.kind))
	}
	var err error
	o.props, err = readProperties(raw.properties)
	return o, err
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
