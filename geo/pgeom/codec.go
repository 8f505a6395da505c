package pgeom

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
)

// ErrNoPostGIS tells that a database does not know the type geometry.
var ErrNoPostGIS = errors.New("the database has no PostGIS")

const typeSQL = `SELECT t.oid, t.typarray FROM pg_type t WHERE t.oid = to_regtype('geometry')`

// Register teaches a connection the types geometry and geometry[]; use it as a pool's AfterConnect. orb.Geometry and
// its kinds then scan from and go into columns, parameters and COPY. A []byte takes and gives EWKB as it is.
func Register(ctx context.Context, conn *pgx.Conn) error {
	var oid, array uint32
	switch err := conn.QueryRow(ctx, typeSQL).Scan(&oid, &array); {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNoPostGIS
	case err != nil:
		return fmt.Errorf("asking for the type of geometry: %w", err)
	}
	element := &pgtype.Type{Name: "geometry", OID: oid, Codec: codec{}}
	m := conn.TypeMap()
	m.RegisterType(element)
	m.RegisterType(&pgtype.Type{Name: "_geometry", OID: array, Codec: &pgtype.ArrayCodec{ElementType: element}})
	for _, kind := range []orb.Geometry{
		orb.Point{}, orb.MultiPoint{}, orb.LineString{}, orb.MultiLineString{}, orb.Ring{},
		orb.Polygon{}, orb.MultiPolygon{}, orb.Collection{}, orb.Bound{},
	} {
		m.RegisterDefaultPgType(kind, element.Name)
	}
	m.RegisterDefaultPgType([]orb.Geometry{}, "_geometry")
	return nil
}

// codec is the pgx codec of the type geometry: EWKB in binary, its hexadecimal digits in text.
type codec struct{}

func (codec) FormatSupported(format int16) bool {
	return format == pgtype.BinaryFormatCode || format == pgtype.TextFormatCode
}

func (codec) PreferredFormat() int16 { return pgtype.BinaryFormatCode }

// PlanEncode takes orb geometries and EWKB bytes.
func (codec) PlanEncode(_ *pgtype.Map, _ uint32, format int16, value any) pgtype.EncodePlan {
	switch value.(type) {
	case orb.Geometry, []byte:
		return encodePlan{text: format == pgtype.TextFormatCode}
	}
	return nil
}

type encodePlan struct{ text bool }

// Encode appends to buf; pgx has turned nil into NULL before.
func (p encodePlan) Encode(value any, buf []byte) ([]byte, error) {
	start := len(buf)
	switch v := value.(type) {
	case []byte:
		buf = append(buf, v...)
	case orb.Geometry:
		var err error
		if buf, err = Append(buf, v); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%w: %T", ErrKind, value)
	}
	if p.text {
		return hex.AppendEncode(buf[:start], append([]byte(nil), buf[start:]...)), nil
	}
	return buf, nil
}

// PlanScan fills an orb.Geometry, one of its kinds, or bytes.
func (codec) PlanScan(_ *pgtype.Map, _ uint32, format int16, target any) pgtype.ScanPlan {
	switch target.(type) {
	case *orb.Geometry, *orb.Point, *orb.MultiPoint, *orb.LineString, *orb.MultiLineString,
		*orb.Polygon, *orb.MultiPolygon, *orb.Collection, *[]byte, *pgtype.DriverBytes:
		return scanPlan{text: format == pgtype.TextFormatCode}
	}
	return nil
}

type scanPlan struct{ text bool }

func (p scanPlan) Scan(src []byte, target any) error {
	if p.text && src != nil {
		b, err := hex.AppendDecode(nil, src)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		src = b
	}
	switch t := target.(type) {
	case *[]byte:
		*t = append([]byte(nil), src...)
		return nil
	case *pgtype.DriverBytes:
		*t = src
		return nil
	}
	if src == nil {
		return setNull(target)
	}
	g, err := Decode(src)
	if err != nil {
		return err
	}
	return set(target, g)
}

// setNull empties a target; a point has no such value.
func setNull(target any) error {
	switch t := target.(type) {
	case *orb.Geometry:
		*t = nil
	case *orb.MultiPoint:
		*t = nil
	case *orb.LineString:
		*t = nil
	case *orb.MultiLineString:
		*t = nil
	case *orb.Polygon:
		*t = nil
	case *orb.MultiPolygon:
		*t = nil
	case *orb.Collection:
		*t = nil
	default:
		return fmt.Errorf("NULL does not fit into %T", target)
	}
	return nil
}

// set fills a target of the geometry's kind.
func set(target any, g orb.Geometry) error {
	ok := true
	switch t := target.(type) {
	case *orb.Geometry:
		*t = g
	case *orb.Point:
		*t, ok = g.(orb.Point)
	case *orb.MultiPoint:
		*t, ok = g.(orb.MultiPoint)
	case *orb.LineString:
		*t, ok = g.(orb.LineString)
	case *orb.MultiLineString:
		*t, ok = g.(orb.MultiLineString)
	case *orb.Polygon:
		*t, ok = g.(orb.Polygon)
	case *orb.MultiPolygon:
		*t, ok = g.(orb.MultiPolygon)
	case *orb.Collection:
		*t, ok = g.(orb.Collection)
	}
	if !ok {
		return fmt.Errorf("%w: a %s does not fit into %T", ErrKind, g.GeoJSONType(), target)
	}
	return nil
}

// DecodeDatabaseSQLValue gives EWKB to database/sql.
func (codec) DecodeDatabaseSQLValue(_ *pgtype.Map, _ uint32, format int16, src []byte) (driver.Value, error) {
	if src == nil {
		return nil, nil
	}
	var b []byte
	err := scanPlan{text: format == pgtype.TextFormatCode}.Scan(src, &b)
	return b, err
}

// DecodeValue gives an orb.Geometry to rows.Values.
func (codec) DecodeValue(_ *pgtype.Map, _ uint32, format int16, src []byte) (any, error) {
	if src == nil {
		return nil, nil
	}
	var g orb.Geometry
	err := scanPlan{text: format == pgtype.TextFormatCode}.Scan(src, &g)
	return g, err
}
