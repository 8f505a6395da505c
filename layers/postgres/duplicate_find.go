package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/width"

	"wangge/layers"
	"wangge/layers/ingest"
)

// Two records of one facility have like names and are near each other. They are proposed, never merged by themselves.
const (
	duplicateM    = 50
	leastLikeness = 0.6
	mostProposed  = 10_000  // proposed by one import
	mostLooked    = 200_000 // of which names are compared
	mostSearched  = 200_000 // new features of one layer: no ledger has more, and the search would take a tenth of the import's time
	maxInCell     = 60      // features with names of equal numbers in a square of 110 m; more are a pattern, no duplicates
)

// mayRepeat tells whether features of a layer are facilities with names of their own: not stretches of one street, nor grids.
func mayRepeat(l *layers.Layer) bool {
	return l.Collection && l.Only == nil && l.Holds(layers.Point) && l.Field("name") != nil
}

// pairsSQL finds the pairs of a new feature and any other that are near each other and whose names have the same numbers (厕所1 and 厕所2 are two). New features are
// put into squares, the others into all squares that they may be near to, so that the join is one of equal values.
const pairsSQL = `WITH fresh AS (
    SELECT p.id, s.name, ST_Centroid(p.geom) AS c, regexp_replace(s.name, '[^0-9]', '', 'g') AS digits
    FROM %[1]s p JOIN %[2]s s USING (seq) WHERE p.is_new AND s.name IS NOT NULL),
cells AS (SELECT f.*, floor(ST_Y(c) / 0.001)::int AS row, floor(ST_X(c) / 0.0016)::int AS col FROM fresh f),
thick AS (SELECT digits, row, col FROM cells GROUP BY 1, 2, 3 HAVING count(*) > %[4]d),
fine AS (SELECT c.* FROM cells c WHERE NOT EXISTS (SELECT FROM thick t WHERE (t.digits, t.row, t.col) = (c.digits, c.row, c.col))),
area AS (SELECT ST_Expand(ST_Extent(c)::geometry, 0.002) AS box FROM fine),
others AS (
    SELECT o.id, o.name, o.c, o.digits, y.row, x.col
    FROM (SELECT o.id, o.name, ST_Centroid(o.geom) AS c, regexp_replace(o.name, '[^0-9]', '', 'g') AS digits
          FROM %[3]s o, area a WHERE o.name IS NOT NULL AND o.geom && ST_SetSRID(a.box, 4490)) o,
         generate_series(floor((ST_Y(o.c) - 0.0005) / 0.001)::int, floor((ST_Y(o.c) + 0.0005) / 0.001)::int) y (row),
         generate_series(floor((ST_X(o.c) - 0.0008) / 0.0016)::int, floor((ST_X(o.c) + 0.0008) / 0.0016)::int) x (col))
SELECT n.id, o.id, n.name, o.name, ST_Distance(n.c::geography, o.c::geography) AS m
FROM fine n JOIN others o USING (digits, row, col)
WHERE o.id <> n.id AND (o.id < n.id OR NOT EXISTS (SELECT FROM fine f WHERE f.id = o.id))
  AND ST_DWithin(n.c::geography, o.c::geography, $1) LIMIT $2`

const keepPairsSQL = `INSERT INTO duplicate_pair (layer, feature_id, other_id, distance_m, likeness, updated_by)
SELECT $1, least(a, b), greatest(a, b), m, l, $6 FROM unnest($2::bigint[], $3::bigint[], $4::float8[], $5::float8[]) x (a, b, m, l)
ON CONFLICT (layer, feature_id, other_id) DO NOTHING`

// findDuplicates proposes the new features of a layer that may be others which are there already, or which came with them.
func (r *run) findDuplicates(ctx context.Context, s *staged) error {
	if !mayRepeat(s.layer) || s.counts.Inserted == 0 {
		return nil
	}
	if s.counts.Inserted > mostSearched {
		return r.job.Report(ingest.Rejected(0, "", s.layer.ID, ingest.NotSearched, strconv.FormatInt(s.counts.Inserted, 10)))
	}
	r.job.Progress("查重 looking for duplicates", 0, 0)
	rows, err := r.tx.Query(ctx, fmt.Sprintf(pairsSQL, s.plan(), s.stage(), s.name(), maxInCell), duplicateM, mostLooked)
	if err != nil {
		return err
	}
	var a, b int64
	var name, other string
	var m float64
	var as, bs []int64
	var ms, ls []float64
	_, err = pgx.ForEachRow(rows, []any{&a, &b, &name, &other, &m}, func() error {
		if l := Likeness(name, other); l >= leastLikeness && len(as) < mostProposed {
			as, bs, ms, ls = append(as, a), append(bs, b), append(ms, m), append(ls, l)
		}
		return nil
	})
	if err != nil || len(as) == 0 {
		return err
	}
	tag, err := r.tx.Exec(ctx, keepPairsSQL, s.layer.ID, as, bs, ms, ls, r.job.Actor)
	if err != nil {
		return err
	}
	s.counts.Duplicates += tag.RowsAffected()
	r.result.Duplicates += tag.RowsAffected()
	return r.tellRows(ctx, OutcomeDuplicate, ingest.Likely, fmt.Sprintf(`SELECT coalesce(s.row_no, 0), s.source_key, format('%%s（%%s m）', coalesce(o.name, ''), round(x.m::numeric, 1)), %s, s.geom
FROM unnest($1::bigint[], $2::bigint[], $3::float8[]) x (a, b, m) JOIN %s p ON p.id = x.a JOIN %s s USING (seq) LEFT JOIN %s o ON o.id = x.b ORDER BY s.seq LIMIT $4`,
		stagedProps, s.plan(), s.stage(), s.name()), as, bs, ms, MaxRows)
}

// Likeness tells how alike two names are, 0 to 1: twice the pairs of characters that they share over all they have (Dice), without what names of facilities
// have in common. Names that are equal then are 1.
func Likeness(a, b string) float64 {
	x, y := nameKey(a), nameKey(b)
	switch {
	case len(x) == 0 || len(y) == 0:
		return 0
	case slices.Equal(x, y):
		return 1
	case len(x) == 1 || len(y) == 1:
		if strings.Contains(string(x), string(y)) || strings.Contains(string(y), string(x)) {
			return 0.5
		}
		return 0
	}
	pairs := map[[2]rune]int{}
	for i := 1; i < len(x); i++ {
		pairs[[2]rune{x[i-1], x[i]}]++
	}
	shared := 0
	for i := 1; i < len(y); i++ {
		if p := ([2]rune{y[i-1], y[i]}); pairs[p] > 0 {
			pairs[p]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(x)+len(y)-2)
}

// nameKey is a name without what says nothing: spaces, signs, case, and the words that every facility of a kind has.
func nameKey(s string) []rune {
	s = strings.ToLower(width.Fold.String(s))
	for _, word := range []string{"公共厕所", "公共卫生间", "公厕", "厕所", "卫生间", "公共停车场", "停车场", "停车位", "停车泊位", "工地", "项目"} {
		if rest := strings.ReplaceAll(s, word, ""); strings.TrimSpace(rest) != "" {
			s = rest
		}
	}
	return slices.DeleteFunc([]rune(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
