package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/cql2"
)

// Reading many features of a layer: a selection becomes one statement whose text is made of the catalogue's identifiers and of what package cql2
// writes; every value is a parameter, so the text is the same for all values.
//
// 按条件读取多个对象。
//
// The statements go over the unnamed prepared statement (QueryExecModeCacheDescribe): PostgreSQL then plans for the values at hand. A plan
// for any box would look at all features of a large box before it sorts out the first hundred.
//
// The next page begins after the last row of this one: its keys and its number are in the cursor. No OFFSET, so page 10,000 costs what page 1 costs.

// maxOrder bounds how many numbers Order gives.
const maxOrder = 2_000_000

// Why a selection is refused.
var (
	// ErrCursor: the cursor was not made here, or for another order.
	ErrCursor = errors.New("not a cursor of this selection")
	// ErrTooMany: the answer would hold more than there may be at once.
	ErrTooMany = errors.New("too many features")
)

// Selection says which features of a layer are wanted, how much of them, and in which order. The zero value is all of them by number.
type Selection struct {
	BBox   *orb.Bound                               // in degrees: features that touch it
	Area   orb.Geometry                             // a polygon in degrees that features touch, for boxes that are none in degrees; nil for anywhere
	Filter *cql2.Filter                             // nil for none
	Shape  func(orb.Geometry) (orb.Geometry, error) // takes geometry of the filter to degrees of the record; nil for as it is
	Where  []Equal                                  // all of these hold
	IDs    []int64                                  // one of these; nil for any
	Grid   *GridName                                // lies in this grid; nil for anywhere
	Region string                                   // lies in this region or one below it; "" for anywhere
	At     time.Time                                // the inventory as it was then; zero for now
	Since  time.Time                                // with what was there at any time since, as it last was; zero for what is there at the end
	Fields []*layers.Field                          // of the columns that the caller may see, these; nil for all
	Sort   []SortKey                                // ties go by number
	After  []byte                                   // the cursor of the page before; nil for the first page
	Limit  int                                      // 0 for everything
	// Internal: internal fields are shown, filtered by and sorted by.
	Internal bool
}

// Equal is a column and the value that it has to have, as string, int64, float64, bool or time.Time.
type Equal struct {
	Field *layers.Field
	Value any
}

// GridName names a grid of a net.
type GridName struct{ Scheme, Code string }

// SortKey is a field to sort by; nil for the number. What is empty comes last either way.
type SortKey struct {
	Field *layers.Field
	Down  bool
}

// VisibleColumns lists the fields that are columns and that a caller may see, in catalogue order.
func VisibleColumns(l *layers.Layer, internal bool) []*layers.Field {
	if !internal {
		return publicColumns(l)
	}
	return l.Columns()
}

// Queryables lists the fields that a caller may filter by: filterable columns, in catalogue order.
func Queryables(l *layers.Layer, internal bool) []*layers.Field {
	var list []*layers.Field
	for _, f := range VisibleColumns(l, internal) {
		if f.Filterable {
			list = append(list, f)
		}
	}
	return list
}

// Sortables lists the fields that a caller may sort by: all columns with an order.
func Sortables(l *layers.Layer, internal bool) []*layers.Field {
	var list []*layers.Field
	for _, f := range VisibleColumns(l, internal) {
		if f.Type != layers.Object {
			list = append(list, f)
		}
	}
	return list
}

// query is a statement in the making.
type query struct {
	layer *layers.Layer
	s     *Selection
	from  string
	where []string
	args  []any
	err   error // the first that came up while composing
}

// arg adds a parameter and gives its name.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) also(format string, values ...any) {
	q.where = append(q.where, fmt.Sprintf(format, values...))
}

// cast is arg for a value that is compared with a column of a type: wide, so that no number is too large to be asked for.
func (q *query) cast(t layers.Type, v any) string {
	return q.arg(v) + "::" + stageType(&layers.Field{Type: t})
}

// shape is arg for a geometry. It goes as EWKB, so that connections need not know the type.
func (q *query) shape(g orb.Geometry) string {
	ewkb, err := pgeom.Encode(g)
	if err != nil && q.err == nil {
		q.err = err
	}
	return q.arg(ewkb) + "::bytea::geometry"
}

func column(f *layers.Field) string { return "f." + quoted(f.Name) }

// newQuery composes what a selection reads from and what it asks for, without the cursor. Errors are those of cql2.
func newQuery(l *layers.Layer, s *Selection) (*query, error) {
	q := &query{layer: l, s: s}
	q.from = q.source()
	if l.Only != nil {
		q.also("f.%s = %s", quoted(l.Only.Column), q.arg(l.Only.Value))
		q.also(`f.valid_to IS NULL`) // retired grids are in no layer
	}
	if s.BBox != nil {
		q.inBox(*s.BBox)
	}
	if s.Area != nil {
		q.touches(s.Area)
	}
	if s.IDs != nil {
		q.also("f.id = ANY (%s::bigint[])", q.arg(s.IDs))
	}
	for _, e := range s.Where {
		q.also("%s = %s", column(e.Field), q.cast(e.Field.Type, e.Value))
	}
	q.inGrid()
	q.inRegion()
	if s.Filter != nil && q.err == nil {
		q.err = q.matches(s.Filter)
	}
	return q, q.err
}

// matches asks for what a filter lets through.
func (q *query) matches(filter *cql2.Filter) error {
	sql, args, err := filter.SQL(cql2.Columns{
		Field: func(name string) *layers.Field { return queryable(q.layer, name, q.s.Internal) }, Column: column, Geometry: "f.geom",
		First: len(q.args) + 1, Shape: q.s.Shape,
	})
	if err != nil {
		return err
	}
	q.args = append(q.args, args...)
	q.where = append(q.where, "("+sql+")")
	return nil
}

// queryable finds a field that a caller may filter by.
func queryable(l *layers.Layer, name string, internal bool) *layers.Field {
	f := l.Field(name)
	if f == nil || !f.Filterable || f.Derive != nil || f.Access != layers.Public && !internal {
		return nil
	}
	return f
}

// touches asks for features that share a point with an area. Its box is asked first, in the index; several far apart are asked one by one.
func (q *query) touches(area orb.Geometry) {
	if parts, many := area.(orb.MultiPolygon); many && len(parts) == 2 {
		a, b := q.shape(parts[0]), q.shape(parts[1])
		q.also("(f.geom && %[1]s AND ST_Intersects(f.geom, %[1]s) OR f.geom && %[2]s AND ST_Intersects(f.geom, %[2]s))", a, b)
		return
	}
	q.also("ST_Intersects(f.geom, %[1]s)", q.shape(area)) // its support function adds && for the index
}

// rimDeg is how far inside a box something is held to be within it by its own box alone: those are kept in single precision, which is 3e-5 degrees
// off at the most.
const rimDeg = 1e-4

// inBox asks for features that share a point with a box. Most of them lie well within, as their boxes show; only those at the rim are looked at
// closely, for ST_Intersects costs as much as all the rest.
func (q *query) inBox(b orb.Bound) {
	inner := b.Pad(-rimDeg)
	if inner.IsEmpty() {
		q.touches(boxShape(b))
		return
	}
	whole := q.shape(boxShape(b))
	q.also("f.geom && %[1]s AND (f.geom @ %[2]s OR ST_Intersects(f.geom, %[1]s))", whole, q.shape(inner.ToPolygon()))
}

// boxShape is a box as a valid geometry: one without height or width is a line, one without both a point.
func boxShape(b orb.Bound) orb.Geometry {
	switch {
	case b.Min == b.Max:
		return b.Min
	case b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]:
		return orb.LineString{b.Min, b.Max}
	}
	return b.ToPolygon()
}

// inGrid asks for what lies in a grid: by the shares that were found when features were written, or by place for grids and for the past.
func (q *query) inGrid() {
	if q.s.Grid == nil {
		return
	}
	scheme, code := q.arg(q.s.Grid.Scheme), q.arg(q.s.Grid.Code)
	if q.layer.Only != nil || !q.s.At.IsZero() {
		q.also(`EXISTS (SELECT FROM grid g WHERE g.scheme = %s AND g.code = %s AND g.valid_to IS NULL AND g.geom && f.geom AND ST_Intersects(g.geom, ST_PointOnSurface(f.geom)))`, scheme, code)
		return
	}
	q.also(`f.id IN (SELECT fg.feature_id FROM grid g JOIN feature_grid fg ON fg.grid_id = g.id WHERE g.scheme = %s AND g.code = %s AND g.valid_to IS NULL AND fg.layer = %s)`,
		scheme, code, quoteText(q.layer.Table))
}

// inRegion asks for what lies in a division, in one below it, or in a zone.
func (q *query) inRegion() {
	if q.s.Region == "" {
		return
	}
	q.also(`(f.region_code IN (WITH RECURSIVE down AS (SELECT r.code FROM region r WHERE r.code = %[1]s
        UNION SELECT r.code FROM region r JOIN down d ON r.parent_code = d.code) SELECT code FROM down)
    OR EXISTS (SELECT FROM region z JOIN region_kind k ON k.id = z.kind WHERE z.code = %[1]s AND NOT k.is_division AND z.valid_to IS NULL
        AND z.geom && f.geom AND ST_Intersects(z.geom, ST_PointOnSurface(f.geom))))`, q.arg(q.s.Region))
}

// source is what is read from: the table, or what the log knows of it.
func (q *query) source() string {
	if q.s.At.IsZero() && q.s.Since.IsZero() {
		return quoted(q.layer.Table) + " f"
	}
	if q.s.At.IsZero() {
		return q.withGone(quoted(q.layer.Table)+" f", "now()")
	}
	at := q.arg(q.s.At)
	past := pastSource(q.layer, len(q.args))
	if q.s.Since.IsZero() {
		return past
	}
	return q.withGone(past, at+"::timestamptz")
}

// goneSQL adds to a FROM item (%[1]s) the rows that were deleted between two instants (%[5]s, %[6]s) and not made again, as they last were:
// %[2]s columns of f, %[3]s of p, %[4]s the table, %[7]s its name as a constant.
const goneSQL = `(SELECT f.id, %[2]s FROM %[1]s
UNION ALL
SELECT h.entity_id, %[3]s FROM change h
CROSS JOIN LATERAL jsonb_populate_record(NULL::%[4]s, (SELECT column_defaults(%[7]s)) || h.before) p
WHERE h.entity = %[7]s AND h.op = 'delete' AND h.at > %[5]s AND h.at <= %[6]s
  AND NOT EXISTS (SELECT FROM change l WHERE l.entity = %[7]s AND l.entity_id = h.entity_id AND l.id > h.id AND l.at <= %[6]s)) f`

func (q *query) withGone(from, until string) string {
	since := q.arg(q.s.Since) + "::timestamptz"
	return fmt.Sprintf(goneSQL, from, shapedList(q.layer, "f"), shapedList(q.layer, "p"), quoted(q.layer.Table), since, until, quoteText(q.layer.Table))
}

// text is the statement that gives a list of expressions of what is selected.
func (q *query) text(list, rest string) string {
	where := "true"
	if len(q.where) > 0 {
		where = strings.Join(q.where, " AND ")
	}
	return "SELECT " + list + " FROM " + q.from + " WHERE " + where + rest
}

// rows runs a statement. The answer is binary throughout.
func (r *Reader) rows(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	return r.pool.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe, pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
}

// Count tells how many features a selection has, whatever its page. With a Limit it counts no further than that.
// Errors are those of cql2, ErrUnavailable and those of the context.
func (r *Reader) Count(ctx context.Context, l *layers.Layer, s Selection) (int64, error) {
	q, err := newQuery(l, &s)
	if err != nil {
		return 0, err
	}
	sql := q.text("count(*)", "")
	if s.Limit > 0 {
		sql = "SELECT count(*) FROM (" + q.text("", " LIMIT "+q.arg(s.Limit)) + ") x"
	}
	rows, err := r.rows(ctx, sql, q.args)
	if err != nil {
		return 0, interpretQuery(err)
	}
	n, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	return n, interpretQuery(err)
}

// Order gives the numbers of all features of a selection in the order asked for. Its errors are those of Count and ErrTooMany.
func (r *Reader) Order(ctx context.Context, l *layers.Layer, s Selection) ([]int64, error) {
	q, err := newQuery(l, &s)
	if err != nil {
		return nil, err
	}
	o := newOrder(s.Sort)
	rows, err := r.rows(ctx, q.text("f.id", o.clause()+" LIMIT "+q.arg(maxOrder+1)), q.args)
	if err != nil {
		return nil, interpretQuery(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	switch {
	case err != nil:
		return nil, interpretQuery(err)
	case len(ids) > maxOrder:
		return nil, fmt.Errorf("more than %d: %w", maxOrder, ErrTooMany)
	}
	return ids, nil
}
