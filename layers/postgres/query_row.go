package postgres

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wangge/layers"
)

// CellKind tells what a cell holds. It is a number and no layers.Type because every cell of every row is asked.
type CellKind uint8

// The kinds of cells.
const (
	CellNull CellKind = iota
	CellText
	CellInteger
	CellNumber
	CellTruth
	CellDay
	CellTime
	CellObject
)

// cellKind is the kind of a type's values.
func cellKind(t layers.Type) CellKind {
	switch t {
	case layers.Integer:
		return CellInteger
	case layers.Number:
		return CellNumber
	case layers.Boolean:
		return CellTruth
	case layers.Date:
		return CellDay
	case layers.Time:
		return CellTime
	case layers.Object:
		return CellObject
	}
	return CellText
}

// Cell is a value of a column as it came from the record. Its text lives until the next row.
type Cell struct {
	Kind  CellKind
	Int   int64   // integers; 1 for true; days and microseconds since 1970, with the ends of int64 for -infinity and infinity
	Float float64 // numbers
	Text  []byte  // texts, and JSON of objects
}

// Null tells whether there is no value.
func (c Cell) Null() bool { return c.Kind == CellNull }

// Infinite tells whether a day or a time is an infinite one.
func (c Cell) Infinite() bool { return c.Int == math.MinInt64 || c.Int == math.MaxInt64 }

// Time is the moment of a day (midnight UTC) or of a time that is not infinite.
func (c Cell) Time() time.Time {
	if c.Kind == CellDay {
		return time.Unix(c.Int*secondsOfDay, 0).UTC()
	}
	return time.UnixMicro(c.Int).UTC()
}

// Value is the cell as string, int64, float64, bool, time.Time or map[string]any; nil for NULL. An infinite time is a string.
func (c Cell) Value() any {
	switch c.Kind {
	case CellNull:
		return nil
	case CellInteger:
		return c.Int
	case CellNumber:
		return c.Float
	case CellTruth:
		return c.Int != 0
	case CellDay, CellTime:
		if c.Infinite() {
			return infinity(c.Int)
		}
		return c.Time()
	case CellObject:
		var object map[string]any
		if json.Unmarshal(c.Text, &object) != nil {
			return nil // it is an array or a text: no object
		}
		return object
	}
	return string(c.Text)
}

func infinity(n int64) string {
	if n < 0 {
		return "-infinity"
	}
	return "infinity"
}

const (
	secondsOfDay = 24 * 60 * 60
	// PostgreSQL counts from the beginning of 2000.
	daysTo2000   = 10957
	microsTo2000 = daysTo2000 * secondsOfDay * 1_000_000
)

// key is a cell as PostgreSQL reads it in text, for the cursor.
func (c Cell) key() *string {
	var s string
	switch c.Kind {
	case CellNull:
		return nil
	case CellInteger:
		s = strconv.FormatInt(c.Int, 10)
	case CellNumber:
		s = strconv.FormatFloat(c.Float, 'g', -1, 64)
	case CellTruth:
		s = strconv.FormatBool(c.Int != 0)
	case CellDay, CellTime:
		s = c.moment()
	default:
		s = string(c.Text)
		if utf8.RuneCountInString(s) > keyRunes {
			s = string([]rune(s)[:keyRunes])
		}
	}
	return &s
}

func (c Cell) moment() string {
	switch {
	case c.Infinite():
		return infinity(c.Int)
	case c.Kind == CellDay:
		return c.Time().Format(time.DateOnly)
	}
	return c.Time().Format(time.RFC3339Nano)
}

// parseCell reads what key wrote.
func parseCell(t layers.Type, s string) (c Cell, ok bool) {
	c.Kind = cellKind(t)
	var err error
	switch t {
	case layers.Integer:
		c.Int, err = strconv.ParseInt(s, 10, 64)
	case layers.Number:
		c.Float, err = strconv.ParseFloat(s, 64)
		if strings.ContainsAny(s, "_xXpP") {
			return c, false
		}
	case layers.Boolean:
		return c, s == "true" || s == "false"
	case layers.Date, layers.Time:
		if strings.TrimPrefix(s, "-") == "infinity" {
			return c, true
		}
		layout := time.RFC3339Nano
		if t == layers.Date {
			layout = time.DateOnly
		}
		_, err = time.Parse(layout, s)
	default:
		return c, false
	}
	return c, err == nil
}

// fill reads a cell from the wire. Whole numbers of any width are integers.
func (c *Cell) fill(kind CellKind, raw []byte) error {
	if raw == nil {
		*c = Cell{}
		return nil
	}
	*c = Cell{Kind: kind}
	switch kind {
	case CellInteger:
		switch len(raw) {
		case 2:
			c.Int = int64(int16(binary.BigEndian.Uint16(raw)))
		case 4:
			c.Int = int64(int32(binary.BigEndian.Uint32(raw)))
		case 8:
			c.Int = int64(binary.BigEndian.Uint64(raw))
		default:
			return errWire
		}
	case CellNumber:
		if len(raw) != 8 {
			return errWire
		}
		c.Float = math.Float64frombits(binary.BigEndian.Uint64(raw))
	case CellTruth:
		if len(raw) != 1 {
			return errWire
		}
		c.Int = int64(raw[0])
	case CellDay:
		if len(raw) != 4 {
			return errWire
		}
		c.Int = shifted(int64(int32(binary.BigEndian.Uint32(raw))), math.MinInt32, math.MaxInt32, daysTo2000)
	case CellTime:
		if len(raw) != 8 {
			return errWire
		}
		c.Int = shifted(int64(binary.BigEndian.Uint64(raw)), math.MinInt64, math.MaxInt64, microsTo2000)
	case CellObject:
		if len(raw) < 1 || raw[0] != 1 { // the version of binary jsonb
			return errWire
		}
		c.Text = raw[1:]
	default:
		c.Text = raw
	}
	return nil
}

var errWire = errors.New("a column is not of the type that the catalogue has")

// shifted takes a count from 2000 to one from 1970; its ends are infinite.
func shifted(n, lowest, highest, by int64) int64 {
	switch n {
	case lowest:
		return math.MinInt64
	case highest:
		return math.MaxInt64
	}
	return n + by
}

// Cells is a row as it came from the record. It lives until the next row.
type Cells struct {
	ID, Revision int64
	Geometry     []byte // EWKB
	Values       []Cell // of the fields of the selection, in their order
}

// Row is a feature. It lives until the next row.
type Row struct {
	ID, Revision int64
	Geometry     []byte // EWKB
	Fields       []any  // of the fields of the selection, in their order: string, int64, float64, bool, time.Time or map[string]any; nil where empty
}

// Select reads one page of a selection, or with Limit 0 everything, row by row in the order asked for. next is the cursor of the next page, nil
// at the end. Its errors are those of cql2, ErrCursor, ErrUnavailable, those of the context and of row.
func (r *Reader) Select(ctx context.Context, l *layers.Layer, s Selection, row func(Row) error) (next []byte, err error) {
	var out Row
	return r.Scan(ctx, l, s, func(c *Cells) error {
		out.ID, out.Revision, out.Geometry, out.Fields = c.ID, c.Revision, c.Geometry, out.Fields[:0]
		for _, v := range c.Values {
			out.Fields = append(out.Fields, v.Value())
		}
		return row(out)
	})
}

// Scan is Select for those who write values down themselves: it makes none.
func (r *Reader) Scan(ctx context.Context, l *layers.Layer, s Selection, row func(*Cells) error) (next []byte, err error) {
	o := newOrder(s.Sort)
	sql, q, err := composeScan(l, &s, o)
	if err != nil {
		return nil, err
	}
	rows, err := r.rows(ctx, sql, q.args)
	if err != nil {
		return nil, interpretQuery(err)
	}
	defer rows.Close()
	kinds, keys := cellKinds(s.Fields, o)
	scan := scanner{kinds: kinds, cells: Cells{Values: make([]Cell, len(kinds))}}
	shown, n := len(s.Fields), 0
	var last cursor
	for rows.Next() {
		if s.Limit > 0 && n == s.Limit {
			return last.pack()
		}
		if err := scan.fill(rows.RawValues()); err != nil {
			return nil, fmt.Errorf("%s: %w", l.ID, err)
		}
		if n++; n == s.Limit { // the row after which the next page begins
			last = cursor{Order: o.name(l), ID: scan.cells.ID}
			for _, c := range scan.cells.Values[shown : shown+keys] {
				last.Keys = append(last.Keys, c.key())
			}
		}
		page := scan.cells
		page.Values = page.Values[:shown]
		if err := row(&page); err != nil {
			return nil, err
		}
	}
	return nil, interpretQuery(rows.Err())
}

// composeScan makes the statement of Scan. s has all fields that are read afterwards.
func composeScan(l *layers.Layer, s *Selection, o order) (string, *query, error) {
	if s.Fields == nil {
		s.Fields = VisibleColumns(l, s.Internal)
	}
	q, err := newQuery(l, s)
	if err != nil {
		return "", nil, err
	}
	if s.After != nil {
		c, err := o.unpack(l, s.After)
		if err != nil {
			return "", nil, err
		}
		q.after(o, c)
	}
	var list strings.Builder
	list.WriteString("f.id, f.revision, f.geom")
	for _, f := range s.Fields {
		list.WriteString(", " + column(f))
	}
	for _, k := range o.fields() {
		list.WriteString(", " + column(k.Field))
	}
	rest := o.clause()
	if s.Limit > 0 {
		rest += " LIMIT " + q.arg(s.Limit+1)
	}
	return q.text(list.String(), rest), q, nil
}

// cellKinds are those of the columns behind the geometry; the last keys of them are the order's.
func cellKinds(fields []*layers.Field, o order) (kinds []CellKind, keys int) {
	for _, f := range fields {
		kinds = append(kinds, cellKind(f.Type))
	}
	for _, k := range o.fields() {
		kinds = append(kinds, cellKind(k.Field.Type))
	}
	return kinds, len(o.fields())
}

// scanner reads rows from the wire into the same cells.
type scanner struct {
	kinds []CellKind
	cells Cells
}

func (s *scanner) fill(raw [][]byte) error {
	if len(raw) != len(s.kinds)+3 || len(raw[0]) != 8 || len(raw[1]) != 8 {
		return errWire
	}
	s.cells.ID, s.cells.Revision = int64(binary.BigEndian.Uint64(raw[0])), int64(binary.BigEndian.Uint64(raw[1]))
	s.cells.Geometry = raw[2]
	for i, kind := range s.kinds {
		if err := s.cells.Values[i].fill(kind, raw[i+3]); err != nil {
			return err
		}
	}
	return nil
}

// interpretQuery is interpret for statements with values of a caller's: a value that a column cannot hold is found nowhere.
func interpretQuery(err error) error {
	if err == nil {
		return nil
	}
	return interpret(err)
}
