package ogc

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"wangge/api/reply"
	"wangge/layers"
	"wangge/layers/cql2"
	"wangge/layers/postgres"
)

// schema is a document of JSON Schema in the manner of OGC API Features Part 5.
type schema struct {
	Schema      string            `json:"$schema"`
	ID          string            `json:"$id"`
	Type        string            `json:"type"`
	Title       string            `json:"title"`
	TitleEn     string            `json:"x-title-en"`
	Description string            `json:"description,omitempty"`
	Properties  object[*property] `json:"properties"`
	Required    []string          `json:"required,omitempty"`
	Additional  *bool             `json:"additionalProperties,omitempty"`
}

type property struct {
	Type       string            `json:"type,omitempty"`
	Format     string            `json:"format,omitempty"`
	MaxLength  int               `json:"maxLength,omitempty"` // characters of a text that may be written
	Title      string            `json:"title"`
	TitleEn    string            `json:"x-title-en"`
	Unit       string            `json:"x-unit,omitempty"`
	Standard   string            `json:"x-standard,omitempty"`
	OneOf      []choice          `json:"oneOf,omitempty"`
	Properties object[*property] `json:"properties,omitzero"`
	Role       string            `json:"x-ogc-role,omitempty"`
	Sequence   int               `json:"x-ogc-propertySeq,omitempty"`
	ReadOnly   bool              `json:"readOnly,omitempty"`
	Access     string            `json:"x-access,omitempty"`     // internal: for staff
	Filterable bool              `json:"x-filterable,omitempty"` // can stand in a filter
	Required   bool              `json:"x-required,omitempty"`
	Kinds      []layers.Kind     `json:"x-geometry-types,omitempty"` // of the geometry: what the layer holds
	bounds
}

// bounds are the keywords of JSON Schema for the range of a number.
type bounds struct {
	Minimum          *float64 `json:"minimum,omitempty"`
	ExclusiveMinimum *float64 `json:"exclusiveMinimum,omitempty"`
	Maximum          *float64 `json:"maximum,omitempty"`
	ExclusiveMaximum *float64 `json:"exclusiveMaximum,omitempty"`
}

func boundsOf(r *layers.Range) (b bounds) {
	if r == nil {
		return b
	}
	b.Minimum, b.Maximum = &r.Min, &r.Max
	if r.MinOpen {
		b.Minimum, b.ExclusiveMinimum = nil, &r.Min
	}
	if r.MaxOpen {
		b.Maximum, b.ExclusiveMaximum = nil, &r.Max
	}
	return b
}

type choice struct {
	Const   string `json:"const"`
	Title   string `json:"title"`
	TitleEn string `json:"x-title-en"`
}

// Schema describes the properties of a collection, as far as the caller may see them.
func (h *Handler) Schema(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", schemaType, jsonType); err != nil {
		return err
	}
	_, l, err := h.find(r)
	if err != nil {
		return err
	}
	internal := h.internal(r)
	doc := h.newSchema(r, l, "schema")
	doc.Additional = new(bool) // others are refused
	doc.Properties.set("id", &property{Type: "integer", Title: "内部编号", TitleEn: "Number", Role: "id", ReadOnly: true})
	doc.Properties.set(cql2.GeometryName, geometryProperty(l))
	for i := range l.Fields {
		f := &l.Fields[i]
		if f.Access != layers.Public && !internal {
			continue
		}
		p := describeField(f)
		p.Sequence = i + 1
		if f.Type == layers.Object {
			if err := h.describeChecklist(r.Context(), l, f, p); err != nil {
				return err
			}
		}
		doc.Properties.set(f.Name, p)
		if f.Required {
			doc.Required = append(doc.Required, f.Name)
		}
	}
	return h.sendSchema(w, r, doc)
}

// newSchema begins a schema of a collection.
func (h *Handler) newSchema(r *http.Request, l *layers.Layer, name string) schema {
	return schema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		ID:     h.Base(r) + "/ogc/collections/" + l.ID + "/" + name,
		Type:   "object", Title: l.Title.Zh, TitleEn: l.Title.En, Description: l.Provenance.Zh,
	}
}

func geometryProperty(l *layers.Layer) *property {
	return &property{Format: geometryFormat(l), Title: "图形", TitleEn: "Geometry", Role: "primary-geometry", Filterable: true, Kinds: l.Geometry}
}

func (h *Handler) sendSchema(w http.ResponseWriter, r *http.Request, doc schema) error {
	body, err := reply.Marshal(doc)
	if err != nil {
		return err
	}
	return h.Reply.Send(w, r, reply.Content{Type: schemaType, Cache: h.cache(w, r), Tag: reply.Hash(body), Bytes: body})
}

func describeField(f *layers.Field) *property {
	p := &property{
		Title: f.Title.Zh, TitleEn: f.Title.En, Unit: f.Unit, Standard: f.Standard, ReadOnly: f.ReadOnly || f.Derive != nil,
		Filterable: f.Filterable && f.Derive == nil, Required: f.Required, bounds: boundsOf(f.Range),
	}
	if f.Access == layers.Internal {
		p.Access = "internal"
	}
	p.Type, p.Format = jsonKind(f.Type)
	for _, v := range f.Values {
		p.OneOf = append(p.OneOf, choice{v.Code, v.Label.Zh, v.Label.En})
	}
	if f.Type == layers.String && !p.ReadOnly {
		p.MaxLength = f.MaxLength()
	}
	return p
}

// jsonKind gives type and format of a field's values in JSON Schema.
func jsonKind(t layers.Type) (kind, format string) {
	switch t {
	case layers.Date:
		return "string", "date"
	case layers.Time:
		return "string", "date-time"
	case layers.Enum:
		return "string", ""
	}
	return string(t), "" // the others are called as in JSON Schema
}

// siteMeasures is the checklist that construction sites are held against.
const siteMeasures = "site_measures"

// describeChecklist names the items of a field that holds the results of a checklist. While the database is away they have
// no names.
func (h *Handler) describeChecklist(ctx context.Context, l *layers.Layer, f *layers.Field, p *property) error {
	if l.ID != "construction_site" || f.Name != "measures" {
		return nil
	}
	items, err := h.Records.Checklist(ctx, siteMeasures)
	if err != nil && !errors.Is(err, postgres.ErrUnavailable) {
		return err
	}
	for _, item := range items {
		p.Properties.set(item.Code, &property{Type: "boolean", Title: item.Title, TitleEn: item.TitleEn})
	}
	return nil
}

// geometryFormat names the kinds of geometry of a layer as Part 5 does.
func geometryFormat(l *layers.Layer) string {
	switch kinds := l.Geometry; {
	case slices.Equal(kinds, []layers.Kind{layers.Point}):
		return "geometry-point"
	case slices.Equal(kinds, []layers.Kind{layers.LineString, layers.MultiLineString}):
		return "geometry-linestring-or-multilinestring"
	case slices.Equal(kinds, []layers.Kind{layers.Polygon, layers.MultiPolygon}):
		return "geometry-polygon-or-multipolygon"
	}
	return "geometry-any"
}
