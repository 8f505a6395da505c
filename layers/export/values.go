package export

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wangge/geo/datum"
	"wangge/geo/pgeom"
	"wangge/layers"
)

// shownRow gives the values of a row as the table shows them, without making a slice of it each time.
type shownRow struct {
	table   *Table
	numbers map[string]int // of columns by name
	values  []any
}

func newShownRow(t *Table) *shownRow {
	s := &shownRow{table: t, numbers: map[string]int{}}
	for i, f := range t.Columns {
		s.numbers[f.Name] = i
	}
	return s
}

// of gives the values of a row, good until the next.
func (s *shownRow) of(row Row) []any {
	field := func(name string) any {
		if i, ok := s.numbers[name]; ok {
			return row.Fields[i]
		}
		return nil
	}
	s.values = s.values[:0]
	for _, f := range s.table.Shown {
		if f.Derive != nil {
			s.values = append(s.values, f.Derive(field, s.table.Rules))
		} else {
			s.values = append(s.values, field(f.Name))
		}
	}
	return s.values
}

// forPeople gives a value as people read it: labels, 是 and 否, JSON of objects.
func (t *Table) forPeople(f *layers.Field, v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		text, err := json.Marshal(v)
		return string(text), err
	case time.Time:
		if f.Type == layers.Time {
			return v.In(t.Zone), nil
		}
		return v, nil
	case bool:
		switch {
		case t.Codes:
			return v, nil
		case v:
			return "是", nil
		}
		return "否", nil
	case string:
		if f.Type == layers.Enum && !t.Codes {
			return label(f, v), nil
		}
		return v, nil
	case int:
		return int64(v), nil
	case nil, int64, float64:
		return v, nil
	}
	return fmt.Sprint(v), nil
}

// label is the Chinese label of a code.
func label(f *layers.Field, code string) string {
	for _, v := range f.Values {
		if v.Code == code {
			return v.Label.Zh
		}
	}
	return code
}

// position takes a geometry of the record to the table's system, easting first.
func (t *Table) position(ewkb []byte) (orb.Geometry, error) {
	g, err := pgeom.Decode(ewkb)
	if err != nil || g == nil || degrees(t.System) {
		return g, err
	}
	g, err = t.System.FromGeometry(g)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrSystem, err)
	}
	return g, err
}

// degrees tells whether positions of a system are those of the record.
func degrees(s datum.System) bool {
	switch s.Code() {
	case "CRS84", "EPSG:4326", "EPSG:4490":
		return true
	}
	return false
}

// shapeText is a position as WKT.
func shapeText(g orb.Geometry) string {
	if g == nil {
		return ""
	}
	return wkt.MarshalString(g)
}

// points tells whether all features of a layer are points, which have two columns of their own.
func points(l *layers.Layer) bool {
	return len(l.Geometry) == 1 && l.Geometry[0] == layers.Point
}

// axes are the headings of the columns of points, which say the datum as far as headings do.
func axes(s datum.System, codes bool) (first, second string) {
	switch {
	case codes && s.Degrees():
		return "lon", "lat"
	case codes:
		return "easting", "northing"
	case !s.Degrees():
		return "东坐标", "北坐标"
	}
	switch s.Code() {
	case "GCJ-02":
		return "GCJ经度", "GCJ纬度"
	case "BD-09":
		return "百度经度", "百度纬度"
	case "EPSG:4326":
		return "WGS84经度", "WGS84纬度"
	}
	return "经度", "纬度"
}

// wktHeading heads the column of positions of other layers.
const wktHeading = "WKT"
