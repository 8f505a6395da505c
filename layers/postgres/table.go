package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// table is a layer's table as an import sees it: what the catalogue says, and what only the database knows.
type table struct {
	layer   *layers.Layer
	columns []*layers.Field // that files may fill, without source and source_key
	given   []string        // the fields that the file has something to say about; known once it is read
	facts   map[string]columnFact
	checks  []check
}

// columnFact is what the database knows about a column.
type columnFact struct {
	Name     string
	Type     string // int2, int4, float8, text …
	Required bool
	Default  *string // expression
}

// check is a CHECK constraint.
type check struct {
	Name, Expression string
	Columns          []string
}

const columnFactsSQL = `SELECT a.attname, t.typname, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped`

// The expressions name columns without a table, so that they can be asked of any rows with those columns.
const checksSQL = `SELECT conname, pg_get_expr(conbin, conrelid),
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey))
FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c' ORDER BY conname`

// newTable is what the catalogue says of a layer's table.
func newTable(l *layers.Layer) *table {
	t := &table{layer: l, facts: map[string]columnFact{}}
	for _, f := range l.Columns() {
		if !f.ReadOnly && f.Name != "source" && f.Name != "source_key" {
			t.columns = append(t.columns, f)
		}
	}
	return t
}

// ask adds what the database says of it.
func (t *table) ask(ctx context.Context, q querier) error {
	rows, err := q.Query(ctx, columnFactsSQL, t.layer.Table)
	if err != nil {
		return err
	}
	facts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[columnFact])
	if err != nil {
		return fmt.Errorf("columns of %s: %w", t.layer.Table, err)
	}
	for _, f := range facts {
		t.facts[f.Name] = f
	}
	if rows, err = q.Query(ctx, checksSQL, t.layer.Table); err != nil {
		return err
	}
	if t.checks, err = pgx.CollectRows(rows, pgx.RowToStructByPos[check]); err != nil {
		return fmt.Errorf("constraints of %s: %w", t.layer.Table, err)
	}
	return nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func (t *table) name() string  { return quoted(t.layer.Table) }
func (t *table) stage() string { return quoted("stage_" + t.layer.ID) }
func (t *table) plan() string  { return quoted("plan_" + t.layer.ID) }

// has tells whether the table has a column that imports use.
func (t *table) has(column string) bool { return t.layer.Field(column) != nil }

// inGrids tells whether the layer's features lie in grids: the inventory, without the grids themselves.
func (t *table) inGrids() bool { return t.layer.Collection && t.layer.Only == nil }

// stageType is the type of a staged column: wide, so that what is too large arrives and can be refused.
func stageType(f *layers.Field) string {
	switch f.Type {
	case layers.Integer:
		return "bigint"
	case layers.Number:
		return "double precision"
	case layers.Boolean:
		return "boolean"
	case layers.Date:
		return "date"
	case layers.Time:
		return "timestamptz"
	case layers.Object:
		return "jsonb"
	}
	return "text"
}

// createStage makes the table that COPY fills. Geometry arrives as EWKB.
func (t *table) createStage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TEMPORARY TABLE %s (seq bigint NOT NULL, row_no bigint, source text NOT NULL, source_key text NOT NULL", t.stage())
	for _, f := range t.columns {
		fmt.Fprintf(&b, ", %s %s", quoted(f.Name), stageType(f))
	}
	b.WriteString(", geom bytea NOT NULL) ON COMMIT DROP")
	return b.String()
}

// copyColumns are the columns of COPY, in order.
func (t *table) copyColumns() []string {
	names := []string{"seq", "row_no", "source", "source_key"}
	for _, f := range t.columns {
		names = append(names, f.Name)
	}
	return append(names, "geom")
}

// shape is the geometry of staged rows as the record will have it.
func (t *table) shape() string {
	if t.layer.Table == "grid" { // its trigger puts vertices on the lattice
		return "ST_SnapToGrid(ST_GeomFromEWKB(s.geom), 1e-9)"
	}
	return "ST_GeomFromEWKB(s.geom)"
}

// scheme is the code scheme of staged rows as the record will have it.
func (t *table) scheme() string {
	if t.layer.Only != nil { // a grid's codes are those of its net
		return quoteText(t.layer.Only.Value)
	}
	if t.has("code_scheme") {
		return "s.code_scheme"
	}
	return "NULL"
}

// value is what a given column of a row becomes: of staged row s, and of row o of the record where there is one.
func (t *table) value(column string, old bool) string {
	name := quoted(column)
	fact := t.facts[column]
	if column == "code_scheme" && t.layer.Only != nil {
		return t.scheme()
	}
	if fact.Required && fact.Default != nil {
		return fmt.Sprintf("coalesce(s.%s, %s)", name, *fact.Default)
	}
	if !old {
		return "s." + name
	}
	if column == "parent_code" || column == "code" {
		return fmt.Sprintf("coalesce(s.%[1]s, o.%[1]s)", name)
	}
	return fmt.Sprintf("CASE WHEN s.source = 'osm' THEN coalesce(s.%[1]s, o.%[1]s) ELSE s.%[1]s END", name)
}

// writes lists the columns of an import: those given, of those that imports may fill.
func (t *table) writes(given []string) []string {
	var names []string
	for _, f := range t.columns {
		if slices.Contains(given, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}
