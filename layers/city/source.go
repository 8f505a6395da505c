package city

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
	"wangge/geo/tile"
	"wangge/layers"
)

// source is a table of the record and the tile layers that its rows belong to. All layers of a table have the same fields.
type source struct {
	table   string
	from    string // FROM item that the rows are read from: the table, or what it was
	layers  []*layers.Layer
	only    string // column that tells the layer; "" where there is one layer
	columns []*layers.Field
	zoomBy  int // place in columns of the field that gives the first zoom; -1 for none
	derives bool
}

// sources lists the tables of some layers.
func sources(all []*layers.Layer) []*source {
	var out []*source
	for _, l := range all {
		if i := slices.IndexFunc(out, func(s *source) bool { return s.table == l.Table }); i >= 0 {
			out[i].layers = append(out[i].layers, l)
			continue
		}
		out = append(out, newSource(l))
	}
	return out
}

func newSource(l *layers.Layer) *source {
	s := &source{table: l.Table, from: pgx.Identifier{l.Table}.Sanitize(), layers: []*layers.Layer{l}, zoomBy: -1}
	if l.Only != nil {
		s.only = l.Only.Column
	}
	for _, f := range l.Fields {
		s.derives = s.derives || f.Derive != nil
	}
	for _, f := range l.Columns() {
		byZoom := l.ZoomBy != nil && l.ZoomBy.Field == f.Name
		if byZoom {
			s.zoomBy = len(s.columns)
		}
		if f.Tile || byZoom || (f.Filterable || f.Held) && f.Access == layers.Public || s.derives && f.Access == layers.Public && f.Type != layers.Time {
			s.columns = append(s.columns, f)
		}
	}
	return s
}

// Places of the fields of a row before the columns.
const (
	atID = iota
	atGeometry
	atOnly
	atColumns
)

// query selects the current rows, all of them or those with ids in the parameter $1. Composed from identifiers of the catalogue.
func (s *source) query(ids bool) string {
	list := []string{"id::int8", "geom", "NULL"}
	if s.only != "" {
		list[atOnly] = pgx.Identifier{s.only}.Sanitize() + "::text"
	}
	for _, f := range s.columns {
		list = append(list, fmt.Sprintf(castOf(f.Type), pgx.Identifier{f.Name}.Sanitize()))
	}
	where := "geom IS NOT NULL"
	if s.layers[0].Field("valid_to") != nil {
		where += " AND valid_to IS NULL"
	}
	if ids {
		where += " AND id = ANY ($1)"
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + s.from + " WHERE " + where
}

// castOf fixes the binary form in which values of a type come.
func castOf(t layers.Type) string {
	switch t {
	case layers.Integer:
		return "%s::int8"
	case layers.Number:
		return "%s::float8"
	case layers.Boolean:
		return "%s::bool"
	case layers.Date:
		return "%s::date"
	case layers.Time:
		return "%s::timestamptz"
	default:
		return "%s::text"
	}
}

// reader turns rows of a source into tables, one for each layer.
type reader struct {
	*source
	rules  *layers.Rules
	tables map[string]*table // by layer id
	byOnly map[string]*table // by the value that tells the layer
	fields [][]byte          // of the row at hand
	parsed map[string]any    // of it, objects only
	places []int             // of the tile's attributes among the fields; 0 for derived ones
	shape  tile.Geometry     // of it
	dates  moment
	times  moment

	skipped   int // rows whose geometry cannot be read
	skippedID int64
}

func (s *source) reader(rules *layers.Rules) *reader {
	r := &reader{source: s, rules: rules, tables: map[string]*table{}, byOnly: map[string]*table{}, parsed: map[string]any{}}
	for _, f := range held(s.layers[0]) {
		r.places = append(r.places, 0)
		for i, c := range s.columns {
			if c.Name == f.Name {
				r.places[len(r.places)-1] = atColumns + i
			}
		}
	}
	for _, l := range s.layers {
		t := newTable(l)
		r.tables[l.ID] = t
		if l.Only != nil {
			r.byOnly[l.Only.Value] = t
		}
	}
	return r
}

// row takes a row as query selects it, in binary form. A row of no layer (a scheme that is not there yet) is passed over, one
// with a geometry that no layer holds is counted: the rest of the city must not wait for it.
func (r *reader) row(fields [][]byte) error {
	if len(fields) != atColumns+len(r.columns) || len(fields[atID]) != 8 {
		return errCopy
	}
	r.fields = fields
	t := r.tables[r.layers[0].ID]
	if r.only != "" {
		if t = r.byOnly[string(fields[atOnly])]; t == nil {
			return nil
		}
	}
	id := int64(binary.BigEndian.Uint64(fields[atID]))
	if !r.readShape(fields[atGeometry]) {
		r.skipped++
		r.skippedID = id
		return nil
	}
	t.pushGeometry(r.shape)
	t.ids = append(t.ids, id)
	t.zooms = append(t.zooms, r.firstZoom(t.layer))
	r.attributes(t)
	t.hashes = append(t.hashes, t.digest(t.len()-1))
	return nil
}

// readShape tells whether there is anything to draw.
func (r *reader) readShape(b []byte) bool {
	err := pgeom.World(b, &r.shape)
	return err == nil && len(r.shape.XY) > 0
}

func (r *reader) firstZoom(l *layers.Layer) uint8 {
	if r.zoomBy >= 0 {
		if z, ok := l.ZoomBy.Zoom[string(r.fields[atColumns+r.zoomBy])]; ok {
			return uint8(z)
		}
	}
	return uint8(l.FirstZoom)
}

// attributes appends the values of all columns of a table.
func (r *reader) attributes(t *table) {
	clear(r.parsed)
	for i := range t.columns {
		c := &t.columns[i]
		if c.field.Derive != nil {
			c.push(c.field.Derive(r.field, r.rules))
			continue
		}
		b := r.fields[r.places[i]]
		switch c.field.Type {
		case layers.Enum:
			c.pushCode(b)
		case layers.Boolean:
			c.pushBool(b != nil && b[0] != 0, b != nil)
		case layers.Integer, layers.Number:
			c.pushNumber(float(c.field.Type, b), b != nil)
		default:
			c.pushText(r.text(c.field.Type, b), b != nil)
		}
	}
}

// text is a value that is kept as text. Dates and times come in the record's binary form, which costs it nothing to make.
func (r *reader) text(t layers.Type, b []byte) []byte {
	switch {
	case t == layers.Date && len(b) == 4:
		return r.dates.of(int64(int32(binary.BigEndian.Uint32(b))), math.MaxInt32, 24*time.Hour, time.DateOnly)
	case t == layers.Time && len(b) == 8:
		return r.times.of(int64(binary.BigEndian.Uint64(b)), math.MaxInt64, time.Microsecond, timeLayout)
	default:
		return b
	}
}

// field is the view of a row that derived fields are computed from.
func (r *reader) field(name string) any {
	i := slices.IndexFunc(r.columns, func(f *layers.Field) bool { return f.Name == name })
	if i < 0 || r.fields[atColumns+i] == nil {
		return nil
	}
	b := r.fields[atColumns+i]
	switch f := r.columns[i]; f.Type {
	case layers.Integer, layers.Number:
		return number(f.Type, b)
	case layers.Boolean:
		return b[0] != 0
	case layers.Enum:
		for _, v := range f.Values { // the catalogue's text costs no allocation
			if v.Code == string(b) {
				return v.Code
			}
		}
		return string(b)
	case layers.Object:
		return r.object(name, b)
	default:
		return string(r.text(f.Type, b))
	}
}

func (r *reader) object(name string, b []byte) any {
	if v, ok := r.parsed[name]; ok {
		return v
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		v = nil // the column is jsonb: it cannot happen
	}
	r.parsed[name] = v
	return v
}

// float reads an int8 or a float8 that is not null.
func float(t layers.Type, b []byte) float64 {
	if len(b) != 8 {
		return math.NaN()
	}
	if t == layers.Integer {
		return float64(int64(binary.BigEndian.Uint64(b)))
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// number reads an int8 or a float8; nil for null.
func number(t layers.Type, b []byte) any {
	switch {
	case len(b) != 8:
		return nil
	case t == layers.Integer:
		return int64(binary.BigEndian.Uint64(b))
	default:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
}
