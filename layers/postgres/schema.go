package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// ErrSchema says that the record's schema is not what the catalogue wants. The error's text names everything that is wrong.
var ErrSchema = errors.New("the record does not fit the catalogue")

// CheckSchema holds the record's tables against the catalogue: tables, columns and their types, the values that enumerations
// allow, and the indexes by place, region and source. Its error is ErrSchema with one line for each difference.
func CheckSchema(ctx context.Context, q querier) error {
	var wrong []string
	for _, l := range slices.Concat(layers.Catalogue(), layers.Reference()) {
		found, err := schemaOf(ctx, q, l.Table)
		if err != nil {
			return fmt.Errorf("schema of %s: %w", l.Table, interpret(err))
		}
		wrong = append(wrong, found.differences(l)...)
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%w 数据库结构与图层目录不符:\n  %s", ErrSchema, strings.Join(wrong, "\n  "))
}

// schema is what a table looks like in the database.
type schema struct {
	exists  bool
	columns map[string]string // name -> type
	checks  []check
	indexes []index
}

// index is the method and the columns of an index.
type index struct {
	Method  string
	Columns []string
	Unique  bool
}

const tableExistsSQL = `SELECT to_regclass($1) IS NOT NULL`

const indexesSQL = `SELECT m.amname, array_agg(a.attname::text ORDER BY k.n), x.indisunique
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am m ON m.oid = c.relam
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (attnum, n)
JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
WHERE x.indrelid = $1::regclass AND x.indisvalid AND x.indpred IS NULL
GROUP BY x.indexrelid, m.amname, x.indisunique`

func schemaOf(ctx context.Context, q querier, name string) (schema, error) {
	s := schema{columns: map[string]string{}}
	if err := q.QueryRow(ctx, tableExistsSQL, quoted(name)).Scan(&s.exists); err != nil || !s.exists {
		return s, err
	}
	rows, err := q.Query(ctx, columnFactsSQL, quoted(name))
	if err != nil {
		return s, err
	}
	facts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[columnFact])
	if err != nil {
		return s, err
	}
	for _, f := range facts {
		s.columns[f.Name] = f.Type
	}
	if rows, err = q.Query(ctx, checksSQL, quoted(name)); err != nil {
		return s, err
	}
	if s.checks, err = pgx.CollectRows(rows, pgx.RowToStructByPos[check]); err != nil {
		return s, err
	}
	if rows, err = q.Query(ctx, indexesSQL, quoted(name)); err != nil {
		return s, err
	}
	s.indexes, err = pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	return s, err
}

// columnTypes are the types of columns that can hold a field's values.
var columnTypes = map[layers.Type][]string{
	layers.String: {"text"}, layers.Enum: {"text"}, layers.Integer: {"int2", "int4", "int8"}, layers.Number: {"float8"},
	layers.Boolean: {"bool"}, layers.Date: {"date"}, layers.Time: {"timestamptz"}, layers.Object: {"jsonb"},
}

// differences names what a table lacks of a layer.
func (s schema) differences(l *layers.Layer) (wrong []string) {
	if !s.exists {
		return []string{fmt.Sprintf("table %s (layer %s) is missing 缺少表", l.Table, l.ID)}
	}
	miss := func(format string, args ...any) {
		wrong = append(wrong, fmt.Sprintf("%s: ", l.Table)+fmt.Sprintf(format, args...))
	}
	for _, f := range l.Columns() {
		switch kind, has := s.columns[f.Name]; {
		case !has:
			miss("column %s is missing 缺少列", f.Name)
		case !slices.Contains(columnTypes[f.Type], kind):
			miss("column %s is of type %s, the catalogue wants %s 列类型不符", f.Name, kind, f.Type)
		}
		if codes, has := s.enum(f.Name); has && f.Type == layers.Enum && !slices.Equal(codes, codesOf(f)) {
			miss("column %s allows %v, the catalogue has %v 取值不符", f.Name, codes, codesOf(f))
		}
	}
	switch kind, has := s.columns["geom"]; {
	case !has:
		miss("column geom is missing 缺少列")
	case kind != "geometry":
		miss("column geom is of type %s 列类型不符", kind)
	}
	for _, want := range wantedIndexes(l) {
		if !slices.ContainsFunc(s.indexes, want.servedBy) {
			miss("an index %s on %s is missing 缺少索引", want.Method, strings.Join(want.Columns, ", "))
		}
	}
	return wrong
}

// wantedIndexes lists the indexes without which reading or importing a layer would be slow.
func wantedIndexes(l *layers.Layer) []index {
	wanted := []index{{"gist", []string{"geom"}, false}, {"btree", []string{"source", "source_key"}, true}}
	if l.Field("region_code") != nil && l.Only == nil {
		wanted = append(wanted, index{"btree", []string{"region_code"}, false})
	}
	if l.Field("code_scheme") != nil {
		wanted = append(wanted, index{"btree", []string{"code_scheme", "code"}, true})
	}
	return wanted
}

// servedBy tells whether another index does what this one is wanted for.
func (i index) servedBy(other index) bool {
	return other.Method == i.Method && (other.Unique || !i.Unique) && len(other.Columns) >= len(i.Columns) &&
		slices.Equal(other.Columns[:len(i.Columns)], i.Columns) && (!i.Unique || len(other.Columns) == len(i.Columns))
}

// enumCheck matches the text that PostgreSQL gives a CHECK (column IN ('a', 'b')).
var enumCheck = regexp.MustCompile(`^\((\w+) = ANY \(ARRAY\[(.*)\]\)\)$`)

// enum finds the codes that a CHECK allows in a column; has is false where there is none.
func (s schema) enum(column string) (codes []string, has bool) {
	for _, c := range s.checks {
		match := enumCheck.FindStringSubmatch(c.Expression)
		if match == nil || match[1] != column {
			continue
		}
		for _, item := range strings.Split(match[2], ", ") {
			codes = append(codes, strings.Trim(strings.TrimSuffix(item, "::text"), "'"))
		}
		slices.Sort(codes)
		return codes, true
	}
	return nil, false
}

func codesOf(f *layers.Field) []string {
	var codes []string
	for _, v := range f.Values {
		codes = append(codes, v.Code)
	}
	slices.Sort(codes)
	return codes
}
