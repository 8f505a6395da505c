package cql2

import (
	"encoding/json"
	"strconv"
	"strings"
)

// JSON is the filter as CQL2 JSON, without spaces. ParseJSON reads it back as the same filter.
func (f *Filter) JSON() []byte { return appendJSON(nil, f.root) }

func appendJSON(b []byte, n *node) []byte {
	switch n.kind {
	case kindProperty:
		return appendMember(b, "property", n.text)
	case kindNumber:
		return appendNumeral(b, n.num)
	case kindText:
		return appendString(b, n.text)
	case kindTruth:
		return strconv.AppendBool(b, n.yes)
	case kindDate:
		return appendMember(b, "date", n.text)
	case kindTime:
		return appendMember(b, "timestamp", n.text)
	case kindInterval:
		b = appendEnd(append(b, `{"interval":[`...), n.args[0])
		return append(appendEnd(append(b, ','), n.args[1]), "]}"...)
	case kindGeometry:
		return appendGeoJSON(b, n.shape)
	case kindArray:
		return appendList(b, n.args)
	}
	b = append(appendString(append(b, `{"op":`...), n.text), `,"args":`...)
	if n.is("in") {
		b = appendJSON(append(b, '['), n.args[0])
		return append(appendList(append(b, ','), n.args[1:]), "]}"...)
	}
	return append(appendList(b, n.args), '}')
}

func appendList(b []byte, nodes []*node) []byte {
	b = append(b, '[')
	for i, n := range nodes {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, n)
	}
	return append(b, ']')
}

// appendEnd appends an end of an interval, where dates and times are plain texts.
func appendEnd(b []byte, n *node) []byte {
	switch n.kind {
	case kindOpen:
		return append(b, `".."`...)
	case kindDate, kindTime:
		return appendString(b, n.text)
	}
	return appendJSON(b, n)
}

func appendMember(b []byte, name, text string) []byte {
	return append(appendString(append(append(append(b, `{"`...), name...), `":`...), text), '}')
}

func appendString(b []byte, s string) []byte {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text always can be
	return append(b, strings.TrimSuffix(out.String(), "\n")...)
}

func appendGeoJSON(b []byte, s *shape) []byte {
	switch s.name {
	case "BBOX":
		return append(appendPosition(append(b, `{"bbox":`...), s.positions[0]), '}')
	case "GEOMETRYCOLLECTION":
		b = append(b, `{"type":"GeometryCollection","geometries":[`...)
		for i, p := range s.parts {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendGeoJSON(b, p)
		}
		return append(b, "]}"...)
	}
	b = append(append(append(b, `{"type":"`...), geoNames[s.name]...), `","coordinates":`...)
	return append(appendCoordinates(b, s, s.name == "POINT"), '}')
}

// appendCoordinates appends positions in brackets; a single position stands for itself.
func appendCoordinates(b []byte, s *shape, single bool) []byte {
	if single {
		return appendPosition(b, s.positions[0])
	}
	b = append(b, '[')
	for i, p := range s.parts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCoordinates(b, p, s.name == "MULTIPOINT")
	}
	for i, p := range s.positions {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendPosition(b, p)
	}
	return append(b, ']')
}

func appendPosition(b []byte, position []numeral) []byte {
	b = append(b, '[')
	for i, x := range position {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumeral(b, x)
	}
	return append(b, ']')
}
