package postgres

import (
	"fmt"
	"slices"
	"strings"
)

// This file composes the statements of an import from identifiers of the catalogue and expressions of the database's own.

// The statements that set staged rows aside. Each gives the rows: seq, row number, key, detail, and what they were.

const setAside = " RETURNING s.seq, coalesce(s.row_no, 0), s.source_key, %s, " + stagedProps + ", s.geom"

// stagedProps are the fields of a staged row as JSON.
const stagedProps = "jsonb_strip_nulls(to_jsonb(s) - ARRAY['seq', 'row_no', 'source', 'source_key', 'geom'])"

// inOrder gives what a statement sets aside in the order of the file.
func inOrder(sql string) string {
	return "WITH aside (seq, row_no, key, detail, props, geom) AS (" + sql + ") SELECT row_no, key, detail, props, geom FROM aside ORDER BY seq"
}

// dropRepeatedKeys keeps the first of equal keys.
func (t *table) dropRepeatedKeys() string {
	return fmt.Sprintf(`DELETE FROM %[1]s s USING (
    SELECT source, source_key, min(seq) AS first FROM %[1]s GROUP BY source, source_key HAVING count(*) > 1) d
WHERE (s.source, s.source_key) = (d.source, d.source_key) AND s.seq > d.first`, t.stage()) + fmt.Sprintf(setAside, "s.source")
}

// dropRepeatedCodes keeps the first of equal codes.
func (t *table) dropRepeatedCodes() string {
	return fmt.Sprintf(`DELETE FROM %[1]s s USING (
    SELECT coalesce(%[2]s, '') AS scheme, s.code, min(s.seq) AS first FROM %[1]s s WHERE s.code IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) d
WHERE s.code = d.code AND coalesce(%[2]s, '') = d.scheme AND s.seq > d.first`, t.stage(), t.scheme()) + fmt.Sprintf(setAside, "s.code")
}

// dropUnfit sets aside the rows that a constraint of the table or the range of a column's type forbids.
func (t *table) dropUnfit() string {
	var cases []string
	for _, c := range t.checks {
		if t.stages(c.Columns) {
			cases = append(cases, fmt.Sprintf("WHEN NOT (%s) THEN %s", c.Expression, quoteText(t.shortName(c.Name))))
		}
	}
	selected := []string{"s.seq"}
	for _, f := range t.columns {
		name := quoted(f.Name)
		selected = append(selected, "s."+name)
		limit := map[string]string{"int2": "32767", "int4": "2147483647"}[t.facts[f.Name].Type]
		if limit != "" {
			cases = append(cases, fmt.Sprintf("WHEN %[1]s NOT BETWEEN -%[2]s AND %[2]s THEN %[3]s", name, limit, quoteText(f.Name)))
		}
	}
	if len(cases) == 0 {
		return ""
	}
	return fmt.Sprintf(`DELETE FROM %[1]s s USING (
    SELECT seq, CASE %[2]s END AS broken FROM (SELECT %[3]s, %[4]s AS geom FROM %[1]s s) x) b
WHERE b.seq = s.seq AND b.broken IS NOT NULL`, t.stage(), strings.Join(cases, " "), strings.Join(selected, ", "), t.shape()) +
		fmt.Sprintf(setAside, "b.broken")
}

// stages tells whether columns are all staged; what triggers and defaults fill is not.
func (t *table) stages(columns []string) bool {
	staged := t.copyColumns()
	return !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(staged, c) })
}

// shortName is a constraint's name for people: the column's, where PostgreSQL has named it by table and column.
func (t *table) shortName(constraint string) string {
	return strings.TrimSuffix(strings.TrimPrefix(constraint, t.layer.Table+"_"), "_check")
}

// createKeys finds the row of the record that each staged row is: by code, or else by key.
func (t *table) createKeys() string {
	byCode, join := "NULL::bigint", ""
	if t.has("code") && slices.Contains(t.given, "code") {
		byCode = "c.id"
		join = fmt.Sprintf("LEFT JOIN %s c ON c.code = s.code", t.name())
		if t.has("code_scheme") {
			join += fmt.Sprintf(" AND c.code_scheme IS NOT DISTINCT FROM %s", t.scheme())
		}
	}
	return fmt.Sprintf(`CREATE TEMPORARY TABLE %[1]s ON COMMIT DROP AS
SELECT s.seq, %[2]s AS by_code, k.id AS by_key, coalesce(%[2]s, k.id) AS id
FROM %[3]s s %[4]s LEFT JOIN %[5]s k ON k.source = s.source AND k.source_key = s.source_key`,
		t.keys(), byCode, t.stage(), join, t.name())
}

func (t *table) keys() string { return quoted("keys_" + t.layer.ID) }

// dropConflicts sets aside rows whose code and key name two rows of the record.
func (t *table) dropConflicts() string {
	return fmt.Sprintf(`DELETE FROM %s s USING %s k WHERE k.seq = s.seq AND k.by_code <> k.by_key`, t.stage(), t.keys()) +
		fmt.Sprintf(setAside, "s.code")
}

// dropSameRow sets aside rows that are the same row of the record as an earlier one, by code the one, by key the other.
func (t *table) dropSameRow() string {
	return fmt.Sprintf(`DELETE FROM %[1]s s USING %[2]s k, (
    SELECT k.id, min(k.seq) AS first FROM %[2]s k JOIN %[1]s s USING (seq) WHERE k.id IS NOT NULL GROUP BY k.id HAVING count(*) > 1) d
WHERE k.seq = s.seq AND k.id = d.id AND s.seq > d.first`, t.stage(), t.keys()) + fmt.Sprintf(setAside, "s.source")
}

// dropTakenCodes sets aside rows with a code that was given to another feature, be it still there or not.
func (t *table) dropTakenCodes() string {
	return fmt.Sprintf(`DELETE FROM %[1]s s USING %[2]s k, code_registry r
WHERE k.seq = s.seq AND s.code IS NOT NULL AND r.entity = %[3]s AND r.code_scheme = coalesce(%[4]s, '') AND r.code = s.code
  AND r.entity_id IS DISTINCT FROM k.id`, t.stage(), t.keys(), quoteText(t.layer.Table), t.scheme()) + fmt.Sprintf(setAside, "s.code")
}

// createPlan lists what is to be written: new rows with an id of their own, and rows whose contents differ. It is in the order of the
// Hilbert curve (that is how PostGIS compares geometry), so that rows which are near each other lie near each other, in tables and indexes.
func (t *table) createPlan(columns []string) string {
	differs := []string{fmt.Sprintf("o.geom::bytea <> (%s)::bytea", t.shape())}
	for _, c := range columns {
		differs = append(differs, fmt.Sprintf("o.%s IS DISTINCT FROM %s", quoted(c), t.value(c, true)))
	}
	return fmt.Sprintf(`CREATE TEMPORARY TABLE %[1]s ON COMMIT DROP AS
SELECT x.seq, x.is_new, x.has_moved, coalesce(x.id, nextval((SELECT pg_get_serial_sequence(%[3]s, 'id')::regclass))) AS id, x.geom
FROM (SELECT s.seq, k.id IS NULL AS is_new, o.id IS NULL OR %[2]s AS has_moved, k.id, %[4]s AS geom
      FROM %[5]s s JOIN %[6]s k USING (seq) LEFT JOIN %[7]s o ON o.id = k.id
      WHERE o.id IS NULL OR %[8]s
      ORDER BY geom) x`,
		t.plan(), differs[0], quoteText(t.layer.Table), t.shape(), t.stage(), t.keys(), t.name(), strings.Join(differs, " OR "))
}

// dropOutside sets aside what lies outside every region.
func (t *table) dropOutside() string {
	return fmt.Sprintf(`DELETE FROM %s s USING %s u WHERE u.seq = s.seq`, t.stage(), t.outside()) + fmt.Sprintf(setAside, "''")
}

// forgetOutside takes it from the plan too.
func (t *table) forgetOutside() string {
	return fmt.Sprintf(`DELETE FROM %s p USING %s u WHERE u.id = p.id`, t.plan(), t.outside())
}

// insert writes the new rows.
func (t *table) insert(columns []string) string {
	names, values := []string{"id", "source", "source_key", "geom"}, []string{"p.id", "s.source", "s.source_key", "p.geom"}
	for _, c := range columns {
		names, values = append(names, quoted(c)), append(values, t.value(c, false))
	}
	if t.has("region_code") {
		names, values = append(names, "region_code"), append(values, "d.region_code")
	}
	if only := t.layer.Only; only != nil {
		names, values = append(names, quoted(only.Column)), append(values, quoteText(only.Value))
	}
	return fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %s WHERE p.is_new ORDER BY p.id`,
		t.name(), strings.Join(names, ", "), strings.Join(values, ", "), t.planned())
}

// updateMoved and updateOther write the rows that differ; a row that has not moved keeps its place, and its triggers rest.
func (t *table) updateMoved(columns []string) string {
	set := append(t.assignments(columns), "geom = p.geom")
	if t.has("region_code") {
		set = append(set, "region_code = d.region_code")
	}
	return t.update(set, "p.has_moved")
}

func (t *table) updateOther(columns []string) string {
	set := t.assignments(columns)
	if len(set) == 0 {
		return ""
	}
	return t.update(set, "NOT p.has_moved")
}

func (t *table) assignments(columns []string) []string {
	var set []string
	for _, c := range columns {
		set = append(set, fmt.Sprintf("%s = %s", quoted(c), t.value(c, true)))
	}
	return set
}

func (t *table) update(set []string, which string) string {
	return fmt.Sprintf(`UPDATE %[1]s o SET %[2]s FROM %[3]s WHERE o.id = p.id AND NOT p.is_new AND %[4]s`,
		t.name(), strings.Join(set, ", "), t.planned(), which)
}

// planned joins what is known of a row that is to be written: the plan p, the staged row s, its region d.
func (t *table) planned() string {
	from := fmt.Sprintf("%s p JOIN %s s USING (seq)", t.plan(), t.stage())
	if t.has("region_code") {
		from += fmt.Sprintf(" LEFT JOIN %s d ON d.id = p.id", t.placed())
	}
	return from
}
