package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"regexp"

	"github.com/paulmach/orb"
)

// osmKey matches the ids that programs give to what they made of OpenStreetMap: w123, way/123.
var osmKey = regexp.MustCompile(`^(n|w|r|node/|way/|relation/)([1-9][0-9]{0,18})$`)

// speakOSM finds out whether a GeoJSON feature speaks OpenStreetMap: by its highway, by its id, or because nobody named a layer.
// If so its properties become tags, without those that only say which element it is.
func (m *Mapper) speakOSM(o *object) {
	if o.osm || o.err != nil {
		return
	}
	key := osmID(o)
	_, highway := o.props["highway"].(string)
	if key == "" && !highway && m.o.Layer != nil {
		return
	}
	o.osm = true
	o.tags = make(tags, len(o.props))
	for name, value := range o.props {
		if s, ok := scalarText(value); ok && s != "" && !identifying[name] {
			o.tags[name] = s
		}
	}
	if key != "" {
		o.key = key
	}
}

// identifying are properties that say which element a feature was, not what it is.
var identifying = map[string]bool{"osm_id": true, "osm_type": true, "@id": true, "@type": true, "full_id": true, "id": true,
	"osm_version": true, "osm_timestamp": true, "osm_changeset": true, "osm_uid": true, "osm_user": true,
	"@version": true, "@timestamp": true, "@changeset": true, "@uid": true, "@user": true}

// osmID finds the element in id, @id, full_id, or osm_type and osm_id.
func osmID(o *object) string {
	for _, id := range []any{o.key, o.props["@id"], o.props["full_id"], o.props["id"]} {
		s, _ := scalarText(id)
		if match := osmKey.FindStringSubmatch(s); match != nil {
			return match[1][:1] + match[2]
		}
	}
	kind, _ := scalarText(o.props["osm_type"])
	id, _ := scalarText(o.props["osm_id"])
	switch kind {
	case "node", "way", "relation":
		if osmKey.MatchString(kind[:1] + id) {
			return kind[:1] + id
		}
	}
	return ""
}

// identify gives a feature its source and its key there.
func (m *Mapper) identify(o *object, f *Feature) {
	if o.nowhere && f.Layer.Whole != "" {
		f.Source, f.SourceKey = WholeSource, wholeKey(f)
		delete(f.Values, "source")
		delete(f.Values, "source_key")
		return
	}
	source, _ := f.Values["source"].(string)
	key, _ := f.Values["source_key"].(string)
	if key == "" {
		key = o.key
	}
	if len(key) > 200 {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:16])
	}
	switch {
	case source != "":
	case o.osm && osmKey.MatchString(o.key):
		source = "osm"
	case key != "":
		source = m.stem
	case m.table:
		source = "table"
	default:
		source = "geojson"
	}
	if key == "" {
		key = digest(o)
	}
	f.Source, f.SourceKey = source, key
	delete(f.Values, "source")
	delete(f.Values, "source_key")
}

// digest is a hash of what an object is: geometry to 1e-9 degrees, and properties in any order.
func digest(o *object) string {
	h := sha256.New()
	properties, err := json.Marshal(PlainProps(o.props))
	if err != nil {
		properties = nil // what was read from JSON can be written
	}
	if o.geometry != nil {
		h.Write(appendPositions([]byte(o.geometry.GeoJSONType()), o.geometry))
	}
	h.Write(properties)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// PlainProps gives what a file says of a feature as JSON has it.
func PlainProps(props map[string]any) map[string]any {
	var plain map[string]any
	for name, value := range props {
		var as any
		switch v := value.(type) {
		case cellNumber:
			as = json.Number(v.text)
		case flawed:
			as = v.text
		default:
			continue
		}
		if plain == nil {
			plain = maps.Clone(props)
		}
		plain[name] = as
	}
	if plain == nil {
		return props
	}
	return plain
}

func appendPositions(b []byte, g orb.Geometry) []byte {
	points := func(p []orb.Point) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		for _, at := range p {
			b = binary.BigEndian.AppendUint64(b, uint64(int64(math.Round(at[0]*1e9))))
			b = binary.BigEndian.AppendUint64(b, uint64(int64(math.Round(at[1]*1e9))))
		}
	}
	switch g := g.(type) {
	case orb.Point:
		points([]orb.Point{g})
	case orb.MultiPoint:
		points(g)
	case orb.LineString:
		points(g)
	case orb.Ring:
		points(g)
	case orb.MultiLineString:
		for _, line := range g {
			b = appendPositions(b, line)
		}
	case orb.Polygon:
		for _, ring := range g {
			b = appendPositions(b, ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			b = append(b, '|')
			b = appendPositions(b, polygon)
		}
	}
	return b
}
