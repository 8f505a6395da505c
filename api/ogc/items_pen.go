package ogc

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// errSystem says that a feature lies outside of where a coordinate reference system is made for.
var errSystem = errors.New("outside the area of the coordinate reference system")

// featurePen writes rows as GeoJSON features, by hand: no reflection, nothing is made per feature.
type featurePen struct {
	layer   *layers.Layer
	rules   *layers.Rules
	columns []propertyPen  // of what is shown, in order
	numbers map[string]int // of the cells by field, for derived fields
	shape   pgeom.GeoJSON
	moment  [2]memo // of the two moments of a row, which are often those of the row before
}

// propertyPen writes one property: a cell, or what is derived from cells.
type propertyPen struct {
	name   []byte // "name":
	cell   int
	derive layers.Derive
}

// memo is a moment as it was last written.
type memo struct {
	at   int64
	text []byte
}

func newFeaturePen(ask *itemsAsk) *featurePen {
	p := &featurePen{layer: ask.layer, rules: ask.view.Rules(), numbers: map[string]int{}, shape: geometryPen(ask.system)}
	if p.rules == nil {
		p.rules = &layers.Rules{}
	}
	fields := ask.Fields
	if fields == nil {
		fields = postgres.VisibleColumns(ask.layer, ask.Internal)
	}
	for i, f := range fields {
		p.numbers[f.Name] = i
	}
	for _, f := range ask.Shown {
		name := appendText(nil, []byte(f.Name))
		p.columns = append(p.columns, propertyPen{append(name, ':'), p.numbers[f.Name], f.Derive})
	}
	return p
}

// geometryPen writes geometry in a system.
func geometryPen(s datum.System) pgeom.GeoJSON {
	pen := pgeom.GeoJSON{Decimals: s.Decimals(), YX: s.Northing()}
	if !selection.Same(s) {
		pen.Convert = func(p orb.Point) (orb.Point, error) {
			to, err := s.From(p)
			if err != nil {
				err = fmt.Errorf("%w: %w", errSystem, err)
			}
			return to, err
		}
	}
	return pen
}

// append writes a feature behind b.
func (p *featurePen) append(b []byte, row *postgres.Cells) ([]byte, error) {
	b = strconv.AppendInt(append(b, `{"type":"Feature","id":`...), row.ID, 10)
	b = strconv.AppendInt(append(b, `,"revision":`...), row.Revision, 10)
	b, err := p.shape.Append(append(b, `,"geometry":`...), row.Geometry)
	if err != nil {
		return b, err
	}
	b = append(b, `,"properties":{`...)
	for i := range p.columns {
		c := &p.columns[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c.name...)
		if c.derive == nil {
			b = p.cell(b, &row.Values[c.cell])
			continue
		}
		if b, err = appendAny(b, c.derive(p.fieldsOf(row), p.rules)); err != nil {
			return b, err
		}
	}
	return append(b, "}}"...), nil
}

// fieldsOf gives the values of a row by name, as derived fields want them.
func (p *featurePen) fieldsOf(row *postgres.Cells) func(string) any {
	return func(name string) any {
		if i, ok := p.numbers[name]; ok {
			return row.Values[i].Value()
		}
		return nil
	}
}

func (p *featurePen) cell(b []byte, c *postgres.Cell) []byte {
	switch c.Kind {
	case postgres.CellNull:
		return append(b, "null"...)
	case postgres.CellInteger:
		return strconv.AppendInt(b, c.Int, 10)
	case postgres.CellNumber:
		return appendFloat(b, c.Float)
	case postgres.CellTruth:
		return strconv.AppendBool(b, c.Int != 0)
	case postgres.CellDay, postgres.CellTime:
		return p.time(b, c)
	case postgres.CellObject:
		return append(b, c.Text...)
	}
	return appendText(b, c.Text)
}

func (p *featurePen) time(b []byte, c *postgres.Cell) []byte {
	if c.Infinite() {
		text, _ := c.Value().(string)
		return appendText(b, []byte(text))
	}
	if c.Kind == postgres.CellDay {
		return append(c.Time().AppendFormat(append(b, '"'), time.DateOnly), '"')
	}
	for i := range p.moment {
		m := &p.moment[i]
		if m.text == nil || i == len(p.moment)-1 && m.at != c.Int {
			m.at, m.text = c.Int, append(c.Time().AppendFormat(append(m.text[:0], '"'), time.RFC3339Nano), '"')
		}
		if m.at == c.Int {
			return append(b, m.text...)
		}
	}
	return b
}

// appendFloat writes a number as encoding/json does; what JSON does not know is null.
func appendFloat(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, 64)
}

// plain are the bytes that stand for themselves in a text of JSON.
var plain = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != '"' && c != '\\' && c != 0x7f
	}
	return table
}()

const hexDigits = "0123456789abcdef"

// appendText writes a text. It is valid UTF-8, as the record's are.
func appendText(b, text []byte) []byte {
	b = append(b, '"')
	from := 0
	for i, c := range text {
		if plain[c] {
			continue
		}
		b = append(b, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, text[from:]...), '"')
}

// appendAny writes the value of a derived field.
func appendAny(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		if utf8.ValidString(v) {
			return appendText(b, []byte(v)), nil
		}
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return appendFloat(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	}
	text, err := reply.Marshal(v)
	return append(b, text...), err
}

// Pen writes features of a layer with all that everybody may see of them, in degrees, for answers that hold features among other things.
type Pen struct{ pen *featurePen }

// NewPen makes a pen, and names the columns that a selection has to read for it.
func NewPen(view *city.View, l *layers.Layer) (*Pen, []*layers.Field) {
	ask := &itemsAsk{view: view, layer: l}
	ask.Fields = postgres.VisibleColumns(l, false)
	for i := range l.Fields {
		if f := &l.Fields[i]; f.Access == layers.Public {
			ask.Shown = append(ask.Shown, f)
		}
	}
	return &Pen{newFeaturePen(ask)}, ask.Fields
}

// Append writes a feature behind b.
func (p *Pen) Append(b []byte, row *postgres.Cells) ([]byte, error) { return p.pen.append(b, row) }
