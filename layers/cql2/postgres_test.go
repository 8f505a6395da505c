package cql2

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/fixtures/pgtest"
	"wangge/layers"
)

// TestAgainstPostgres: random filters find the same rows in memory and in PostgreSQL.
func TestAgainstPostgres(t *testing.T) {
	pool := pgtest.DB(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	r := rand.New(rand.NewPCG(2, 3))
	rows := sampleTable(t, conn.Conn(), r)
	sizes := map[bool]int{}
	rounds := 600
	if n, err := strconv.Atoi(os.Getenv("WANGGE_ROUNDS")); err == nil {
		rounds = n
	}
	for range rounds {
		text := string(appendNode(nil, randomCondition(r, 3), levelOr))
		f, err := parse(text, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		again(t, f)
		p, err := f.Compile(sampleField)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var got []int64
		for _, row := range rows {
			if matches(p, row) {
				got = append(got, row["id"].(int64))
			}
		}
		where, args, err := f.SQL(sampleColumns)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if other, _, err := otherwise(f).SQL(sampleColumns); err != nil || other != where {
			t.Fatalf("%s\nbecomes %s\nwith other values %s %v", text, where, other, err)
		}
		found, err := conn.Query(t.Context(), `SELECT id FROM sample f WHERE `+where+` ORDER BY id`, args...)
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgx.CollectRows(found, pgx.RowTo[int64])
		if err != nil {
			t.Fatalf("%s\n%s\n%v", text, where, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\n%s\n%s", text, where, cmp.Diff(want, got))
		}
		sizes[len(want) > 0 && len(want) < len(rows)]++
	}
	if sizes[true] < rounds/3 {
		t.Errorf("only %d filters take a part of the rows: the test says little", sizes[true])
	}
}

// sampleSQL makes a table with the fields of sample.
const sampleSQL = `CREATE TEMPORARY TABLE sample (id int8, grade text, name text, code text, capacity int4, spare int4, width_m float8,
	lit bool, fee bool, surveyed_on date, ends_on date, updated_at timestamptz, extra jsonb, geom geometry(Geometry, 4490))`

// sampleTable makes a table with the fields of sample and gives its rows as columns in memory would.
func sampleTable(t *testing.T, conn *pgx.Conn, r *rand.Rand) []map[string]any {
	t.Helper()
	execute(t, conn, sampleSQL)
	for id := range 300 {
		values := []string{strconv.Itoa(id)}
		for _, f := range sample[:11] {
			value := "NULL"
			if r.IntN(5) > 0 {
				literal := randomLiteral(r, f.Name)
				value = "'" + strings.ReplaceAll(literal.text, "'", "''") + "'"
				switch literal.kind {
				case kindNumber:
					value = "'" + string(appendNumeral(nil, literal.num)) + "'::float8"
					if f.Name == "width_m" && r.IntN(10) == 0 {
						value = pick(r, "'NaN'", "'Infinity'", "'-Infinity'")
					}
				case kindTruth:
					value = strconv.FormatBool(literal.yes)
				}
			}
			values = append(values, value)
		}
		if _, err := conn.Exec(t.Context(), `INSERT INTO sample VALUES (`+strings.Join(values, ", ")+`)`); err != nil {
			t.Fatal(err)
		}
	}
	found, err := conn.Query(t.Context(), `SELECT id, grade, name, code, capacity::int8, spare::int8, width_m, lit, fee,
		to_char(surveyed_on, 'YYYY-MM-DD') AS surveyed_on, to_char(ends_on, 'YYYY-MM-DD') AS ends_on, updated_at::text FROM sample ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pgx.CollectRows(found, pgx.RowToMap)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// otherwise is the filter with other values.
func otherwise(f *Filter) *Filter {
	var change func(n *node) *node
	change = func(n *node) *node {
		c := *n
		switch {
		case n.kind == kindNumber:
			c.num = numeral{f: n.num.float()/2 + 7.25}
		case n.kind == kindText && !strings.HasPrefix(n.text, "class_"):
			c.text = "'; SELECT 1 --$1" + n.text
		case n.kind == kindTruth:
			c.yes = !n.yes
		case n.kind == kindDate:
			c.text = "2026-11-12"
		case n.kind == kindTime:
			c.text = "2026-11-12T00:00:00Z"
		}
		c.args = make([]*node, len(n.args))
		for i, a := range n.args {
			c.args[i] = change(a)
		}
		return &c
	}
	return &Filter{root: change(f.root)}
}

// sampleColumns are those of the table sample.
var sampleColumns = Columns{
	Field:    sampleField,
	Column:   func(f *layers.Field) string { return "f." + pgx.Identifier{f.Name}.Sanitize() },
	Geometry: "f.geom",
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func op(name string, args ...*node) *node { return &node{kind: kindOperation, text: name, args: args} }

func prop(name string) *node { return &node{kind: kindProperty, text: name} }

func wholeNumber(i int) *node {
	return &node{kind: kindNumber, num: numeral{whole: true, i: int64(i)}}
}

// randomLiteral is a value of a field of sample.
func randomLiteral(r *rand.Rand, field string) *node {
	switch field {
	case "grade":
		return &node{kind: kindText, text: pick(r, "class_1", "class_2")}
	case "name", "code":
		return &node{kind: kindText, text: pick(r, "", "a", "A", "ab", "aB%", `a\b`, "a_b", "it's", "香港路", "香港路公厕", "公厕", "香", "b香a", "Z",
			"Straße", "STRASSE", "É", "e\u0301", "ΟΔΟΣ", "οδος", "İ", "\u212A", "ﬁ", "Ａ", "ガ", "각", "ŉ", "a\u0300\u0316b", "\\\u0301")}
	case "capacity", "spare":
		return wholeNumber(r.IntN(12) - 4)
	case "width_m":
		return &node{kind: kindNumber, num: pick(r, numeral{f: 0.5}, numeral{f: 2.25}, numeral{whole: true, i: 3}, numeral{f: -1.5}, numeral{whole: true},
			numeral{f: 0.1}, numeral{f: 1e300}, numeral{f: -1e300}, numeral{f: 1e-310}, numeral{f: 1e150}, numeral{f: 1e-150}, numeral{whole: true, i: 1 << 53})}
	case "lit", "fee":
		return &node{kind: kindTruth, yes: r.IntN(2) == 0}
	case "surveyed_on", "ends_on":
		return &node{kind: kindDate, text: fmt.Sprintf("2025-%02d-%02d", 1+r.IntN(12), 1+r.IntN(3))}
	default:
		return &node{kind: kindTime, text: fmt.Sprintf("2025-%02d-01T%02d:00:00%sZ", 1+r.IntN(2), r.IntN(24), pick(r, "", ".5"))}
	}
}

// alike are fields whose values can be compared.
var alike = [][]string{{"grade"}, {"name", "code"}, {"capacity", "spare", "width_m"}, {"lit", "fee"}, {"surveyed_on", "ends_on"}, {"updated_at"}}

func randomCondition(r *rand.Rand, depth int) *node {
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return op("and", randomCondition(r, depth-1), randomCondition(r, depth-1))
		case 1:
			return op("or", randomCondition(r, depth-1), randomCondition(r, depth-1), randomCondition(r, depth-1))
		case 2:
			return op("not", randomCondition(r, depth-1))
		}
	}
	fields := pick(r, alike...)
	field := pick(r, fields...)
	value := func() *node { return randomValue(r, fields, 2) }
	switch r.IntN(10) {
	case 0:
		if depth > 0 && r.IntN(3) == 0 {
			return op("isNull", randomCondition(r, depth-1))
		}
		return op("isNull", value())
	case 1:
		return op("between", value(), value(), value())
	case 2:
		return op("in", prop(field), value(), value(), randomLiteral(r, field))
	case 3:
		return op("like", randomText(r), &node{kind: kindText, text: pick(r, "%", "a%", "%b", "_", "%路_%", "a\\_b", "a\\\\b", "%\\%", "_B%", "香%厕", "%a%b%", "", "__")})
	case 4:
		fold := pick(r, "casei", "accenti")
		return op("like", op(fold, prop("name")), op(fold, &node{kind: kindText, text: pick(r, "A%", "%B%", "_b", "STRASS_", "%ς", "É%", "\\\u0301")}))
	case 5:
		return pick(r, prop("lit"), prop("fee"), &node{kind: kindTruth, yes: r.IntN(2) == 0})
	case 6, 7:
		return randomTemporal(r)
	default:
		return op(pick(r, "=", "<>", "<", "<=", ">", ">="), value(), value())
	}
}

func randomTemporal(r *rand.Rand) *node {
	names := []string{"t_disjoint"}
	for name := range endRules {
		names = append(names, name)
	}
	slices.Sort(names)
	fields := pick(r, []string{"surveyed_on", "ends_on"}, []string{"updated_at"})
	instant := func() *node {
		if r.IntN(2) == 0 {
			return prop(pick(r, fields...))
		}
		return randomLiteral(r, fields[0])
	}
	end := func() *node {
		if r.IntN(4) == 0 {
			return &node{kind: kindOpen}
		}
		return instant()
	}
	interval := func() *node {
		n := &node{kind: kindInterval, args: []*node{end(), end()}}
		a, b := n.args[0], n.args[1]
		if a.kind == b.kind && a.kind != kindProperty && a.kind != kindOpen {
			b.text = max(a.text, b.text)
			a.text = b.text[:4] + "-01-01" + b.text[10:]
		}
		return n
	}
	time := func() *node {
		if r.IntN(2) == 0 {
			return instant()
		}
		return interval()
	}
	if r.IntN(12) == 0 {
		return op("isNull", interval())
	}
	return op(pick(r, names...), time(), time())
}

func randomText(r *rand.Rand) *node {
	return pick(r, prop("name"), prop("code"), prop("grade"), randomLiteral(r, "name"))
}

// randomValue is something that can be compared with the fields.
func randomValue(r *rand.Rand, fields []string, depth int) *node {
	switch {
	case fields[0] == "capacity" && depth > 0 && r.IntN(3) == 0:
		return randomNumber(r, fields, depth)
	case fields[0] == "name" && depth > 0 && r.IntN(6) == 0:
		return op(pick(r, "casei", "accenti"), pick(r, randomText(r), op("casei", randomText(r)), op("accenti", op("casei", prop("name")))))
	case r.IntN(2) == 0:
		return randomLiteral(r, pick(r, fields...))
	}
	return prop(pick(r, fields...))
}

// randomNumber is a computation. Powers are such that they have the same last bit in all libraries.
func randomNumber(r *rand.Rand, fields []string, depth int) *node {
	if depth < 0 {
		return prop("width_m")
	}
	whole := func() *node { return pick(r, prop("capacity"), prop("spare"), wholeNumber(r.IntN(9)-4)) }
	switch r.IntN(6) {
	case 0:
		return op(pick(r, "%", "div"), whole(), whole())
	case 3:
		return op(pick(r, "%", "div", "+"), randomNumber(r, fields, depth-1), randomNumber(r, fields, depth-1))
	case 1:
		return op("^", pick(r, prop("capacity"), prop("width_m")), wholeNumber(1+r.IntN(3)))
	case 2:
		return op("*", wholeNumber(-1), pick(r, prop("capacity"), prop("width_m")))
	default:
		return op(pick(r, "+", "-", "*", "/"), randomValue(r, fields, depth-1), randomValue(r, fields, depth-1))
	}
}

// TestNeverFails: PostgreSQL answers what has no value, is at the ends of what there is, or is large. Rows: how many of three pass.
func TestNeverFails(t *testing.T) {
	pool := pgtest.Empty(t)
	conn, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	execute(t, conn, sampleSQL+`; INSERT INTO sample (id, name, capacity, width_m, surveyed_on, updated_at, geom) VALUES
		(1, '', 0, 0, '0001-01-01', '0001-01-01Z', 'SRID=4490;POINT(120 36)'), (2, repeat('a', 5000), -2147483648, 1.7e308, 'infinity', '-infinity', NULL),
		(3, NULL, NULL, NULL, NULL, NULL, NULL)`)
	const collection = "GEOMETRYCOLLECTION(POINT(120 36), LINESTRING(120 36, 121 37), POLYGON((0 0, 1 0, 1 1, 0 0)))"
	for text, want := range map[string]int{
		"1 / 0 = 1": 0, "1 / 0 IS NULL": 3, "1 DIV 0 IS NULL": 3, "1 % 0 IS NULL": 3, "0 ^ -1 IS NULL": 3, "(0 - 8) ^ 0.5 IS NULL": 3, "1e300 * 1e300 IS NULL": 3,
		"1e-300 * 1e-300 = 0": 3, "2 ^ 1e100 IS NULL": 3, "0.5 ^ 1e100 IS NULL": 3, "0 ^ 0 = 1": 3, "1 ^ 1e100 = 1": 3, "1e-149 / 1e149 > 0": 3, "1e149 / 1e-149 < 1e299": 3,
		"width_m * 10 IS NULL": 2, "width_m ^ 2 IS NULL": 2, "width_m ^ -1 IS NULL": 3, "capacity * capacity > 1": 1, "capacity / width_m IS NULL": 3, "capacity % 1e-149 = 0": 2,
		"name LIKE '" + strings.Repeat("%a", 200) + "%b'": 0, "name LIKE '%'": 2, "CASEI(name) = CASEI(name)": 2, "ACCENTI(name) LIKE ACCENTI('\\\\\u0301')": 0,
		"surveyed_on > DATE('0000-01-01')": 2, "surveyed_on > DATE('9999-12-31')": 1, "updated_at < TIMESTAMP('0000-01-01T00:00:00Z')": 1, "updated_at < '9999-12-31T23:59:59.9999999Z'": 2,
		"T_DURING(surveyed_on, INTERVAL('..', '..'))": 1, "T_EQUALS(INTERVAL('..', '..'), INTERVAL('..', '..'))": 3,
		"S_INTERSECTS(geom, " + collection + ")": 1, "S_INTERSECTS(" + collection + ", " + collection + ")": 3, "S_DISJOINT(" + collection + ", geom)": 0,
		"S_WITHIN(geom, geom)": 1, "POINT(1 2) IS NULL": 0, "geom IS NULL": 2, "S_INTERSECTS(geom, BBOX(-180, -90, 180, 90))": 1,
		"capacity IN (" + strings.Repeat("1,", 1500) + "0)": 1, "capacity" + strings.Repeat(" % 7", 60) + " = 0": 1, strings.Repeat("NOT ", 60) + "lit": 0,
		strings.Repeat("CASEI(ACCENTI(", 28) + "name" + strings.Repeat("))", 28) + " = ''": 1,
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		where, args, err := f.SQL(sampleColumns)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, plan := range []string{"force_custom_plan", "force_generic_plan"} {
			execute(t, conn, `SET plan_cache_mode = `+plan)
			if got := len(ids(t, conn, where, args...)); got != want {
				t.Errorf("%s: %d rows, want %d (%s)", text, got, want, plan)
			}
		}
	}
}
