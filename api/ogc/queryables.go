package ogc

import (
	"net/http"

	"wangge/layers"
	"wangge/layers/cql2"
	"wangge/layers/postgres"
)

// Queryables describes by what a collection can be filtered: in filters and as parameters of their own.
func (h *Handler) Queryables(w http.ResponseWriter, r *http.Request) error {
	html, err := h.page(w, r, schemaType, jsonType)
	if err != nil {
		return err
	}
	_, l, err := h.find(r)
	if err != nil {
		return err
	}
	fields := postgres.Queryables(l, h.internal(r))
	if html {
		return h.fieldsPage(w, r, l, fields)
	}
	doc := h.newSchema(r, l, "queryables")
	doc.Additional = new(bool) // there are no others
	doc.Properties.set(cql2.GeometryName, geometryProperty(l))
	doc.list(l, fields)
	return h.sendSchema(w, r, doc)
}

// Sortables describes by what a collection can be sorted.
func (h *Handler) Sortables(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", schemaType, jsonType); err != nil {
		return err
	}
	_, l, err := h.find(r)
	if err != nil {
		return err
	}
	doc := h.newSchema(r, l, "sortables")
	doc.Additional = new(bool)
	doc.Properties.set("id", &property{Type: "integer", Title: "内部编号", TitleEn: "Number", Role: "id"})
	doc.list(l, postgres.Sortables(l, h.internal(r)))
	return h.sendSchema(w, r, doc)
}

// list adds fields of a layer.
func (s *schema) list(l *layers.Layer, fields []*layers.Field) {
	for i := range l.Fields {
		for _, f := range fields {
			if f == &l.Fields[i] {
				p := describeField(f)
				p.Sequence = i + 1
				s.Properties.set(f.Name, p)
			}
		}
	}
}
