package postgres

import (
	"fmt"

	"wangge/layers"
)

// The inventory as it was at an instant is made of what is there and of the change log: a row that nothing happened to since is
// as it was; any other is what the first change since then found ("before"), and was not there at all if that was an insert.
//
// 过去某一时刻的台账：由现有记录和变更日志推得。
//
// The log's order within a row is that of its numbers, for a row is locked while it is changed. Its times are those at which
// transactions began, so a transaction counts from its beginning, and of two that overlap on a row the later writer counts from
// the later beginning. Only what changed since the instant is asked for (change_at_idx, change_entity_idx): a recent day in a
// large city costs a look at the table and at the few changes since. Geometry comes back from GeoJSON with 15 decimals, which is
// every bit of a coordinate of 10 degrees or more, and closer than 1e-15 degrees below.

// PastSetting names the setting of the transaction that PastTable reads its instant from, as a timestamptz in text.
const PastSetting = "wangge.at"

// pastSQL is a FROM item: %[1]s the table, %[2]s its name as a constant, %[3]s the instant, %[4]s the columns of c, %[5]s the
// same of p, both with " AND …" for the rows of the layer in %[6]s and %[7]s, and what is asked of the log besides in %[8]s. The id of a row that changed
// is taken from the log, so that what is asked of ids is known before the row is made of its JSON. Columns that are younger than the change have their default.
const pastSQL = `(WITH since AS MATERIALIZED (
    SELECT h.entity_id AS id, min(h.id) AS first FROM change h
    WHERE h.entity = %[2]s AND h.at > %[3]s AND h.entity_id IS NOT NULL%[8]s GROUP BY h.entity_id)
SELECT c.id, %[4]s FROM %[1]s c WHERE NOT EXISTS (SELECT FROM since s WHERE s.id = c.id)%[6]s
UNION ALL
SELECT s.id, %[5]s FROM since s JOIN change h ON h.id = s.first AND h.op <> 'insert'
CROSS JOIN LATERAL jsonb_populate_record(NULL::%[1]s, (SELECT column_defaults(%[2]s)) || h.before) p WHERE true%[7]s) f`

// pastSource is a FROM item (alias f) with the rows of a layer and its columns (id, those of the catalogue, geom) as they were at the instant in the
// parameter $at, a timestamptz.
func pastSource(l *layers.Layer, at int) string {
	return composePast(l, fmt.Sprintf("$%d::timestamptz", at), l.Only, "")
}

// pastOne is pastSource for one feature, whose number is in the parameter $id: the log is asked for nothing else.
func pastOne(l *layers.Layer, at, id int) string {
	return composePast(l, fmt.Sprintf("$%d::timestamptz", at), l.Only, fmt.Sprintf(" AND h.entity_id = $%d", id))
}

// PastTable is a FROM item (alias f) like pastSource, for statements that take no parameters: the instant is in the setting
// PastSetting of the transaction, and the rows are all of the layer's table, whatever other layers they belong to.
func PastTable(l *layers.Layer) string {
	return composePast(l, "current_setting('"+PastSetting+"')::timestamptz", nil, "")
}

func composePast(l *layers.Layer, instant string, only *layers.Only, also string) string {
	where := func(alias string) string {
		if only == nil {
			return ""
		}
		return " AND " + alias + "." + quoted(only.Column) + " = " + quoteText(only.Value)
	}
	return fmt.Sprintf(pastSQL, quoted(l.Table), quoteText(l.Table), instant, shapedList(l, "c"), shapedList(l, "p"), where("c"), where("p"), also)
}
