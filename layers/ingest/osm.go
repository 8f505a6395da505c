package ingest

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// The kinds of OpenStreetMap elements, as they begin a key.
const (
	nodeKind     = 'n'
	wayKind      = 'w'
	relationKind = 'r'
)

// tags are the tags of an element.
type tags map[string]string

// element is a node, way or relation. Readers reuse it: what is kept must be copied, except tags.
type element struct {
	kind     byte
	id       int64
	lon, lat int32 // of a node, in 1e-7 degrees
	tags     tags  // nil where there are none
	refs     []int64
	members  []member
}

type member struct {
	kind byte
	ref  int64
	role string
}

func key(kind byte, id int64) string { return fmt.Sprintf("%c%d", kind, id) }

// elementReader reads the elements of the kinds in want ("nwr") from one pass over a file.
type elementReader func(ctx context.Context, f *File, want string, do func(*element) error) error

// osmReader turns the elements of a file into objects.
type osmReader struct {
	f      *File
	read   elementReader
	wanted func(t tags) bool
	emit   func(*object) error

	areas   []*element // the wanted multipolygons
	parts   map[int64][]int64
	nodes   nodeTable
	anytime int64
}

// readOSM emits what wanted says of an OpenStreetMap file: nodes, then ways, then multipolygons.
func readOSM(ctx context.Context, f *File, wanted func(t tags) bool, emit func(*object) error) error {
	o := &osmReader{f: f, read: readPBF, wanted: wanted, emit: emit, parts: map[int64][]int64{}}
	if f.Format == OSM {
		o.read = readXML
	}
	steps := []struct {
		want string
		do   func(*element) error
	}{{"r", o.relation}, {"w", o.way}, {"n", o.node}, {"w", o.wayObject}}
	for i, step := range steps {
		if err := o.read(ctx, f, step.want, step.do); err != nil {
			return err
		}
		if i == 1 {
			o.nodes.seal()
		}
	}
	if o.anytime == 0 {
		return empty()
	}
	for _, r := range o.areas {
		if err := o.emit(o.areaObject(r)); err != nil {
			return err
		}
	}
	return nil
}

// relation keeps the wanted multipolygons.
func (o *osmReader) relation(e *element) error {
	o.anytime++
	if kind := e.tags["type"]; kind != "multipolygon" && kind != "boundary" || !o.wanted(e.tags) {
		return nil
	}
	kept := *e
	kept.members = slices.Clone(e.members)
	o.areas = append(o.areas, &kept)
	for _, m := range e.members {
		if m.kind == wayKind {
			o.parts[m.ref] = nil
		}
	}
	return nil
}

// way notes the nodes that wanted ways and the parts of multipolygons need.
func (o *osmReader) way(e *element) error {
	o.anytime++
	_, part := o.parts[e.id]
	if part {
		o.parts[e.id] = slices.Clone(e.refs)
	}
	if part || e.tags != nil && o.wanted(e.tags) {
		o.nodes.need(e.refs)
	}
	return nil
}

// node keeps needed positions and emits the nodes that are features themselves.
func (o *osmReader) node(e *element) error {
	o.anytime++
	o.nodes.set(e.id, e.lon, e.lat)
	if e.tags == nil || !o.wanted(e.tags) {
		return nil
	}
	return o.emit(&object{key: key(nodeKind, e.id), osm: true, tags: e.tags, geometry: degrees(e.lon, e.lat)})
}

func (o *osmReader) wayObject(e *element) error {
	if e.tags == nil || !o.wanted(e.tags) {
		return nil
	}
	line, missing := o.nodes.line(e.refs)
	object := &object{key: key(wayKind, e.id), osm: true, tags: e.tags, geometry: line}
	if missing > 0 {
		object.geometry, object.err = nil, refuse(MissingNodes, fmt.Sprintf("%d of %d", missing, len(e.refs)))
	}
	return o.emit(object)
}

func (o *osmReader) areaObject(r *element) *object {
	object := &object{key: key(relationKind, r.id), osm: true, tags: r.tags}
	object.geometry, object.err = o.assemble(r.members)
	return object
}

// degrees makes a position of 1e-7 degrees: the float64 nearest to the decimal number, as any other reader has it.
func degrees(lon, lat int32) orb.Point {
	return orb.Point{float64(lon) / 1e7, float64(lat) / 1e7}
}
