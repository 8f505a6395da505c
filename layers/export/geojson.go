package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// flushBytes is how much is kept before it is written.
const flushBytes = 64 << 10

// writeGeoJSON writes a FeatureCollection.
func writeGeoJSON(ctx context.Context, out io.Writer, t Table, rows Source) error {
	b, err := geoJSONHead(t)
	if err != nil {
		return err
	}
	shape := pgeom.GeoJSON{Decimals: t.System.Decimals()}
	if !degrees(t.System) {
		shape.Convert = func(p orb.Point) (orb.Point, error) {
			to, err := t.System.From(p)
			if err != nil {
				err = fmt.Errorf("%w: %w", ErrSystem, err)
			}
			return to, err
		}
	}
	shown, n := newShownRow(&t), int64(0)
	err = rows(ctx, func(row Row) (err error) {
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = append(b, "\n{\"type\":\"Feature\",\"id\":"...)
		b = strconv.AppendInt(b, row.ID, 10)
		b = append(b, `,"geometry":`...)
		if b, err = shape.Append(b, row.Geometry); err != nil {
			return err
		}
		if b, err = appendProperties(append(b, `,"properties":{`...), t.Shown, shown.of(row)); err != nil {
			return err
		}
		if b = append(b, "}}"...); len(b) < flushBytes {
			return nil
		}
		_, err = out.Write(b)
		b = b[:0]
		return err
	})
	if err != nil {
		return err
	}
	b = fmt.Appendf(b, "\n],\"numberReturned\":%d}\n", n)
	_, err = out.Write(b)
	return err
}

// geoJSONHead says what the collection is before its features come.
func geoJSONHead(t Table) ([]byte, error) {
	name, err := marshal(t.Layer.Title.Zh)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"type":"FeatureCollection","name":`), name...)
	b = append(b, `,"timeStamp":"`...)
	b = append(t.at().UTC().AppendFormat(b, time.RFC3339), '"')
	if code := t.System.Code(); code != "CRS84" {
		if t.System.SRID() != 0 {
			b = fmt.Appendf(b, `,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::%d"}}`, t.System.SRID())
		}
		zh, en := t.System.Title()
		note, err := marshal(map[string]string{"code": code, "uri": t.System.URI(), "title": zh, "title_en": en, "axes": "xy", "note": "坐标次序：东（经度）在前、北（纬度）在后；不是 RFC 7946 规定的坐标系"})
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"crs_note":`...), note...)
	}
	return append(b, `,"features":[`...), nil
}

// at is when the data were so.
func (t *Table) at() time.Time {
	if t.At.IsZero() {
		return t.Now
	}
	return t.At
}

func appendProperties(b []byte, fields []*layers.Field, values []any) ([]byte, error) {
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, f.Name), ':')
		var err error
		if b, err = appendJSON(b, f, values[i]); err != nil {
			return b, err
		}
	}
	return b, nil
}

func appendJSON(b []byte, f *layers.Field, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...), nil
		}
	case time.Time:
		return append(v.AppendFormat(append(b, '"'), layoutOf(f)), '"'), nil
	}
	text, err := marshal(value)
	return append(b, text...), err
}

func layoutOf(f *layers.Field) string {
	if f.Type == layers.Date {
		return time.DateOnly
	}
	return time.RFC3339Nano
}

// marshal writes JSON as it is, without care for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// flushed writes on to out whenever there is enough, so that a caller sees the file grow.
type flushed struct {
	flush func() error
	n     int
}

// row counts rows; every thousandth is sent on.
func (f *flushed) row() error {
	if f.n++; f.n%1000 != 0 {
		return nil
	}
	return f.flush()
}
