package cql2

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSQL(t *testing.T) {
	day := func(month, day int) time.Time { return time.Date(2025, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	for text, want := range map[string]struct {
		sql  string
		args []any
	}{
		"grade = '一类' AND NOT (lit OR fee = FALSE)": {
			`((f."grade" = $5::text) AND (NOT ((f."lit" = $6::bool) OR (f."fee" = $7::bool))))`, []any{"class_1", true, false}},
		"3 < capacity":                    {`((f."capacity")::float8 > $5::float8)`, []any{3.0}},
		"width_m <> capacity":             {`(NULLIF((f."width_m")::float8, 'NaN') <> (f."capacity")::float8)`, nil},
		"name <= 'x'":                     {`((f."name") COLLATE "C" <= $5::text)`, []any{"x"}},
		"name BETWEEN 'a' AND code":       {`((f."name") COLLATE "C" BETWEEN $5::text AND f."code")`, []any{"a"}},
		"grade IN ('Class 2', 'class_1')": {`(f."grade" = ANY ($5::text[]))`, []any{[]string{"class_2", "class_1"}}},
		"capacity IN (1)":                 {`((f."capacity")::float8 = ANY ($5::float8[]))`, []any{[]float64{1}}},
		"lit NOT IN (TRUE)":               {`(NOT (f."lit" = ANY ($5::bool[])))`, []any{[]bool{true}}},
		"surveyed_on IN ('2025-01-02')":   {`(f."surveyed_on" = ANY ($5::date[]))`, []any{[]time.Time{day(1, 2)}}},
		"name IN (code, 'a')":             {`(f."name" IN (f."code", $5::text))`, []any{"a"}},
		`name LIKE 'a\_%'`:                {`(f."name" LIKE $5::text)`, []any{`a\_%`}},
		"ACCENTI('É') = name":             {`(f."name" = $5::text)`, []any{"E"}},
		"extra IS NULL":                   {`(f."extra" IS NULL)`, nil},
		"width_m IS NOT NULL":             {`(NOT (f."width_m" IS NULL))`, nil},
		"geom IS NULL":                    {`(f.geom IS NULL)`, nil},
		"(lit AND fee) IS NULL":           {`(((f."lit" = $5::bool) AND (f."fee" = $6::bool)) IS NULL)`, []any{true, true}},
		"capacity + 2 > 1e300 / 2":        {`(((f."capacity")::float8 + $5::float8) > ($6::float8 / NULLIF($7::float8, 0)))`, []any{2.0, nil, 2.0}},
		"T_BEFORE(updated_at, TIMESTAMP('2025-01-02T08:00:00+08:00'))": {`(f."updated_at" < $5::timestamptz)`, []any{day(1, 2)}},
		"T_DURING(surveyed_on, INTERVAL('2025-01-02', '..'))": {
			`((f."surveyed_on" > $5::date) AND (f."surveyed_on" < $6::date))`, []any{day(1, 2), "infinity"}},
		"S_WITHIN(geom, POINT(120 36))": {`(ST_Within(f.geom, $5::geometry))`, []any{"01010000208a1100000000000000005e400000000000004240"}},
	} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		c := sampleColumns
		c.First = 5
		sql, args, err := f.SQL(c)
		if err != nil || sql != want.sql || !cmp.Equal(args, want.args) {
			t.Errorf("%s: %s %v %v, want %s %v", text, sql, args, err, want.sql, want.args)
		}
	}
}

// The table of folding has all that foldCase changes, and reach is the same number in SQL.
func TestConstants(t *testing.T) {
	for c := rune(lastCased); c <= 0x10FFFF; c += 7 {
		if s := string(c); foldCase(s) != s {
			t.Fatalf("%U has case", c)
		}
	}
	text, _, _ := strings.Cut(strings.TrimPrefix(reachSQL, "'"), "'")
	if x, err := strconv.ParseFloat(text, 64); err != nil || x != reach {
		t.Errorf("%v %v", x, err)
	}
}

// Sizes that would cost too much are refused, and what is large but allowed is no text of exponential size.
func TestSQLBounds(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		kind error
	}{
		"positions":  {"S_WITHIN(geom, LINESTRING(" + strings.Repeat("1 2,", MaxPositions) + "1 3))", ErrTooLong},
		"conditions": {"lit" + manyConditions(), ErrTooLong},
		"remainders": {"capacity" + strings.Repeat(" % 2", height-3) + " = 1", nil},
		"powers":     {strings.Repeat("(", height-3) + "capacity" + strings.Repeat(" ^ 2)", height-3) + " = 1", nil},
		"folds":      {strings.Repeat("CASEI(ACCENTI(", 28) + "name" + strings.Repeat("))", 28) + " = 'x'", nil},
		"additions":  {"capacity" + strings.Repeat(" + 1", height) + " = 1", ErrTooDeep},
	} {
		f, err := parse(c.text, 1<<20)
		if err == nil {
			var sql string
			if sql, _, err = f.SQL(sampleColumns); len(sql) > 100*len(c.text) {
				t.Errorf("%s: %d bytes became %d", name, len(c.text), len(sql))
			}
		}
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyConditions() string {
	var b strings.Builder
	for i := range MaxTests {
		fmt.Fprintf(&b, " OR capacity=%d", i)
	}
	return b.String()
}

// FuzzSQL: what can be read becomes SQL or is refused in words; of the filter's own texts nothing gets into the SQL.
func FuzzSQL(f *testing.F) {
	for _, seed := range []string{
		"capacity > 3 AND NOT (lit OR grade IN ('一类', 'class_2')) OR name LIKE '%a_\\%'", "CASEI(ACCENTI(name)) <> 'x' OR extra IS NULL",
		"S_WITHIN(geom, BBOX(170, 1, -170, 2)) OR S_TOUCHES(POLYGON((0 0,1 0,1 1,0 0)), geom)", "-capacity ^ 0.5 % spare DIV width_m / 0 = 1",
		"T_MEETS(INTERVAL(surveyed_on, '..'), INTERVAL('..', ends_on)) IS NULL", "S_WITHIN(geom, GEOMETRYCOLLECTION(POINT(1 2), POINT(3 4)))",
	} {
		f.Add(seed)
	}
	ours := regexp.MustCompile(`^[ -~\n\t]*$`)
	quoted := regexp.MustCompile(`'[^']*'`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		sql, args, err := parsed.SQL(sampleColumns)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(text)+1 || e.Zh == "" || e.En == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		for _, q := range quoted.FindAllString(sql, -1) {
			switch q {
			case "''", "'g'", "'NaN'", "'3.273390607896142e+150'":
			default:
				t.Fatalf("%q became %s", text, sql)
			}
		}
		if !ours.MatchString(sql) || strings.Count(sql, "$") < len(args) {
			t.Fatalf("%q became %s %v", text, sql, args)
		}
		again, _, err := throughJSON(t, parsed).SQL(sampleColumns)
		if err != nil || again != sql {
			t.Fatalf("%q became %s, its JSON %s %v", text, sql, again, err)
		}
	})
}
