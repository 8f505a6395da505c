package v1

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/paulmach/orb/geojson"
)

// schemas makes JSON Schemas (2020-12) of Go types, as encoding/json writes them: every member that is not left out when empty is required,
// pointers may be null, and nothing else may be there. Named structs become definitions.
type schemas struct {
	definitions map[string]any
	names       map[reflect.Type]string
}

func newSchemas() *schemas {
	return &schemas{definitions: map[string]any{}, names: map[reflect.Type]string{}}
}

type object = map[string]any

// plain are types that write themselves as something else than their shape.
func plain(t reflect.Type) (object, bool) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}, true
	case reflect.TypeFor[textChange]():
		return object{"type": []string{"string", "null"}}, true
	case reflect.TypeFor[json.RawMessage]():
		return object{}, true
	case reflect.TypeFor[geojson.Geometry]():
		return object{
			"type": "object", "required": []string{"type", "coordinates"},
			"properties": object{"type": object{"type": "string"}, "coordinates": object{"type": "array"}},
		}, true
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return object{"type": "string"}, true
	}
	return nil, false
}

// of is the schema of a type.
func (s *schemas) of(t reflect.Type) object {
	if t.Kind() == reflect.Pointer { // before all else: pointers to what writes itself write themselves, too
		return object{"anyOf": []any{s.of(t.Elem()), object{"type": "null"}}}
	}
	if p, ok := plain(t); ok {
		return p
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.reference(t)
	}
	return object{} // an interface: anything
}

// reference names a struct's definition, which it makes when it meets the struct first.
func (s *schemas) reference(t reflect.Type) object {
	name, known := s.names[t]
	if !known {
		name = s.free(definitionName(t))
		s.names[t] = name
		s.definitions[name] = nil // taken, while its members are looked at
		s.definitions[name] = s.members(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// free is a name that no other definition has.
func (s *schemas) free(name string) string {
	for {
		if _, taken := s.definitions[name]; !taken {
			return name
		}
		name += "_"
	}
}

// definitionName is a type's own name without its package, JSON at the end, and brackets of type parameters: page[v1.gridJSON] is GridPage.
func definitionName(t reflect.Type) string {
	outer, inner, generic := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "[")
	name := title(strings.TrimSuffix(outer, "JSON"))
	if generic {
		inner = inner[strings.LastIndexByte(inner, '.')+1:]
		name = title(strings.TrimSuffix(inner, "JSON")) + name
	}
	if name == "" {
		return "Object"
	}
	return name
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// members is the schema of a struct's members; those of embedded structs are its own.
func (s *schemas) members(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _ := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-", !f.IsExported(), f.Anonymous && name == "":
			continue
		case name == "":
			name = f.Name
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		kind := f.Type
		if optional && kind.Kind() == reflect.Pointer {
			kind = kind.Elem() // left out, never null
		}
		member := s.of(kind)
		if doc := f.Tag.Get("doc"); doc != "" {
			member["description"] = doc
		}
		properties[name] = member
		if !optional {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
