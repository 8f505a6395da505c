// Package draft reads the features that callers send: GeoJSON of any coordinate reference system that the service speaks becomes a draft for the record,
// with a JSON pointer for everything wrong. 请求体中的 GeoJSON 要素 → 待写入的对象。
//
// Decisions:
//
//   - What the service sends can be sent back: members of ours (labels, regions, grids, revision …), links and bbox are passed over, and fields
//     that the record keeps may be there as long as they say what the record says. So a client may read, change and replace.
//   - A member that has the name of a field stands at the wrong place and is refused, in a patch every unknown member is: it would be lost without a word.
//   - Coordinates are in the order of the registry where the reference system is named by Content-Crs, and longitude first without.
//   - Heights are dropped, the inventory is flat. An old "crs" member is taken when it says what holds anyway.
//   - An id in a new feature is passed over, the record numbers its features. In a replacement or a patch it must be the one of the address.
package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"wangge/api/param"
	"wangge/geo/datum"
	"wangge/layers"
	"wangge/layers/postgres"
)

// Kind says what a document is for.
type Kind int

// The kinds.
const (
	Create Kind = iota
	Replace
	Patch
)

// Document is a feature that somebody sent, read but not held against the record.
type Document struct {
	Properties map[string]any // as the decoder gives them; nil for none
	Geometry   orb.Geometry   // degrees; nil for none
}

// Request is what a document is read with.
type Request struct {
	Layer  *layers.Layer
	Kind   Kind
	ID     int64        // of the feature; 0 for a new one
	System datum.System // of the coordinates
	// Untyped features need not say that they are one.
	Untyped bool
	Stated  bool // the system was named: its registry says which axis is first
}

// Read reads a document. Its errors are layers.Faults, and param.Faults for what is no JSON object.
func Read(text []byte, q Request) (Document, error) {
	members, err := object(text)
	if err != nil {
		return Document{}, err
	}
	var d Document
	faults := q.members(members)
	switch properties := members["properties"].(type) {
	case map[string]any:
		d.Properties = properties
	case nil:
		if _, given := members["properties"]; given && q.Kind == Patch {
			faults = append(faults, layers.Fault{Pointer: "/properties", Zh: "不能为 null：会清除全部字段", En: "cannot be null: it would take all values away"})
		}
	default:
		faults = append(faults, layers.Fault{Pointer: "/properties", Zh: "须为 JSON 对象", En: "must be a JSON object"})
	}
	geometry, given := members["geometry"]
	if given || q.Kind != Patch {
		var more layers.Faults
		d.Geometry, more = readGeometry(geometry, q)
		faults = append(faults, more...)
	}
	return d, faults.OrNil()
}

// object decodes one JSON object.
func object(text []byte) (map[string]any, error) {
	if !utf8.Valid(text) {
		return nil, param.InBody("", "不是 UTF-8", "is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, param.InBody("", "请求体为空", "the body is empty")
		}
		return nil, param.InBody("", "不是 JSON", "not JSON: "+param.Shown(err.Error()))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, param.InBody("", "文档之后还有内容", "there is something after the document")
	}
	o, ok := value.(map[string]any)
	if !ok {
		return nil, param.InBody("", "须为 GeoJSON 要素（JSON 对象）", "must be a GeoJSON feature, a JSON object")
	}
	return o, nil
}

// passed are members that the service itself sends, and that say nothing to it.
func passed() []string {
	return []string{"bbox", "links", "labels", "regions", "grids", "revision", "timeStamp"}
}

// members finds what is wrong with the members around geometry and properties.
func (q Request) members(members map[string]any) (faults layers.Faults) {
	add := func(name, zh, en string) {
		faults = append(faults, layers.Fault{Pointer: "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(param.Shown(name)), Zh: zh, En: en})
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		v := members[name]
		switch {
		case name == "geometry" || name == "properties" || slices.Contains(passed(), name) || v == nil && name != "type":
		case name == "type":
			if v != "Feature" {
				add(name, "须为 Feature", "must be Feature")
			}
		case name == "id":
			if q.Kind != Create && fmt.Sprint(v) != fmt.Sprint(q.ID) {
				add(name, "与地址中的编号不符", "is not the id of the address")
			}
		case name == "crs":
			if !q.saysSystem(v) {
				add(name, "坐标系请用 Content-Crs 请求头说明", "say the reference system in the header Content-Crs")
			}
		case name == "coordRefSys" || name == "place":
			add(name, "不支持 JSON-FG，请用 geometry 和 Content-Crs", "JSON-FG is not spoken: use geometry and Content-Crs")
		case q.Layer.Field(name) != nil:
			add(name, "字段应放在 properties 中", "is a field: it belongs into properties")
		case q.Kind == Patch:
			add(name, "没有这个成员", "there is no such member")
		}
	}
	if members["type"] == nil && q.Kind != Patch && !q.Untyped {
		add("type", "须为 Feature", "must be Feature")
	}
	return faults
}

// saysSystem tells whether a crs member names the system that the coordinates are taken in.
func (q Request) saysSystem(crs any) bool {
	o, _ := crs.(map[string]any)
	properties, _ := o["properties"].(map[string]any)
	name, _ := properties["name"].(string)
	s, err := datum.Parse(name)
	return err == nil && (s == q.System || !q.Stated && s.Degrees() && s.Code() != "GCJ-02" && s.Code() != "BD-09")
}

// Typed makes the draft of a document. For replacements and patches now holds what the caller is shown of the feature as it is, by name: fields that
// the record keeps may be repeated. Its errors are layers.Faults.
func (d Document) Typed(q Request, now map[string]any) (postgres.Draft, error) {
	properties := map[string]any{}
	for name, v := range d.Properties {
		if f := q.Layer.Field(name); f != nil && !f.Writable() && now != nil && equalJSON(v, now[name]) {
			continue
		}
		properties[name] = v
	}
	values, faults := q.Layer.Read(properties)
	return postgres.Draft{Values: values, Geometry: d.Geometry, Merge: q.Kind == Patch}, faults.OrNil()
}

// Repeats tells whether a document names fields that the record keeps.
func (d Document) Repeats(l *layers.Layer) bool {
	for name := range d.Properties {
		if f := l.Field(name); f != nil && !f.Writable() {
			return true
		}
	}
	return false
}

// equalJSON compares two values as JSON has them.
func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
