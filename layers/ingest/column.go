package ingest

import (
	"slices"
	"strings"

	"wangge/layers"
)

// How it was found out what a column is.
const (
	ByLabel      = "label" // the field's name or title
	ByAlias      = "alias" // another heading by which it is known
	ByRemembered = "remembered"
	ByUser       = "user"
	ByNone       = "none"
)

// column is what the mapper knows of a column of a file.
type column struct {
	field *layers.Field // nil for none
	by    string
	unit  *unit // of its numbers; nil where the catalogue's holds
	drop  bool  // it goes nowhere, not even to extra
	extra bool  // its object is that of the field extra: a file of our own export
}

// ownExport are the pairs of columns that only files of our own export have: such a file says of itself where its rows come from.
func ownExport(names func(string) bool) bool {
	return names("source") && names("source_key") || names("revision") && names("updated_at")
}

// namesOf gives a test for columns by the name or the title of a field.
func (m *Mapper) namesOf(columns []string) func(string) bool {
	return func(name string) bool {
		f := m.o.Layer.Field(name)
		return f != nil && slices.ContainsFunc(columns, func(c string) bool { return isNamed(f, heading(c)) })
	}
}

// isNamed tells whether a heading is a field's own name or title.
func isNamed(f *layers.Field, h string) bool {
	return h == f.Name || h == heading(f.Title.Zh) || h == heading(f.Title.En)
}

// column tells what a column of the file is; it is found out once.
func (m *Mapper) column(name string) column {
	if c, known := m.known[name]; known {
		return c
	}
	c := m.findColumn(name)
	m.known[name] = c
	return c
}

func (m *Mapper) findColumn(name string) column {
	h := heading(name)
	c := column{by: ByNone}
	inner := ""
	if field, mapped := m.mapped(name, h); mapped {
		c.by, c.drop = ByUser, field == ""
		c.field = m.o.Layer.Field(field)
	} else if field, known := m.o.Remembered[h]; known && !m.mapsElsewhere(field) && (field == "" || m.o.Layer.Field(field) != nil) {
		c.by, c.drop = ByRemembered, field == ""
		c.field = m.o.Layer.Field(field)
	} else if f, in := findHeading(m.headings, h); f != nil && !m.mapsElsewhere(f.Name) {
		c.field, inner, c.by = f, in, ByAlias
		if isNamed(f, h) {
			c.by = ByLabel
		}
	}
	if c.field == nil && !c.drop && m.exported {
		c = m.ownColumn(h)
	}
	if c.field != nil {
		c.unit = m.unitOf(c.field, name, h, inner)
	}
	return c
}

// mapped finds what somebody said of a column, by its exact name or by its comparable heading.
func (m *Mapper) mapped(name, h string) (string, bool) {
	if field, ok := m.columns[name]; ok {
		return field, true
	}
	field, ok := m.columns[h]
	return field, ok
}

// ownColumn is a column of our own export that is no field of the file's to fill, or that only such a file may fill.
func (m *Mapper) ownColumn(h string) column {
	for i := range m.o.Layer.Fields {
		f := &m.o.Layer.Fields[i]
		switch {
		case !isNamed(f, h):
		case f.Name == "extra":
			return column{by: ByLabel, extra: true}
		case f.Name == "source" || f.Name == "source_key":
			return column{field: f, by: ByLabel}
		case !f.Writable():
			return column{by: ByLabel, drop: true}
		}
	}
	return column{by: ByNone, drop: h == "id" || h == "fid"}
}

// unitOf is the unit of a column's numbers: the one that was said, or that stands in its heading.
func (m *Mapper) unitOf(f *layers.Field, name, h, inner string) *unit {
	for _, key := range []string{name, h} {
		if said, ok := m.o.Units[key]; ok {
			if u := unitNamed(f.Unit, said); u != nil {
				return u
			}
		}
	}
	if inner == "" {
		_, inner = bare(h)
	}
	for _, part := range strings.FieldsFunc(inner, func(r rune) bool { return r == ',' || r == '、' || r == ' ' }) {
		if u := unitNamed(f.Unit, strings.TrimPrefix(strings.TrimPrefix(part, "单位:"), "单位")); u != nil {
			return u
		}
	}
	return nil
}

// mapsElsewhere tells whether somebody gave a field another column, so that one with its name is not taken.
func (m *Mapper) mapsElsewhere(field string) bool {
	if field == "" {
		return false
	}
	for _, name := range m.columns {
		if name == field {
			return true
		}
	}
	return false
}
