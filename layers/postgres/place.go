package postgres

import (
	"fmt"

	"wangge/layers"
)

// The joins that find regions and grids for all rows of a plan at once. Their answers are those of region_at and grids_of.

// createPlaced makes the list of rows and their regions.
func (t *table) createPlaced() []string {
	return []string{
		fmt.Sprintf("CREATE INDEX ON %s USING gist (geom)", t.plan()),
		fmt.Sprintf("CREATE TEMPORARY TABLE %s (id bigint PRIMARY KEY, region_code text) ON COMMIT DROP", t.placed()),
	}
}

func (t *table) placed() string { return quoted("placed_" + t.layer.ID) }

// levelsSQL lists the levels of divisions, the deepest first.
const levelsSQL = `SELECT DISTINCT k.level FROM region r JOIN region_kind k ON k.id = r.kind
WHERE k.is_division AND r.valid_to IS NULL AND r.geom IS NOT NULL ORDER BY k.level DESC`

// placeLevel finds the division of one level ($1) for all rows that have moved, or for the rest that has none deeper. Each border is
// unpacked once and held against all rows near it, where region_at would unpack it again for every row.
func (t *table) placeLevel(rest string) string {
	return fmt.Sprintf(`INSERT INTO %s
SELECT p.id, min(r.code) FROM region r JOIN region_kind k ON k.id = r.kind
JOIN %s p ON p.geom && r.geom AND ST_Intersects(r.geom, ST_PointOnSurface(p.geom))
WHERE k.level = $1 AND k.is_division AND r.valid_to IS NULL AND p.has_moved
GROUP BY p.id`, t.placed(), rest)
}

// createRest lists the rows of a list (the plan, or an earlier rest) that no level so far has placed.
func (t *table) createRest(of string, level int16) (rest, sql string) {
	rest = quoted(fmt.Sprintf("rest_%s_%d", t.layer.ID, level))
	return rest, fmt.Sprintf(`CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
SELECT p.seq, p.id, p.geom, p.has_moved FROM %s p LEFT JOIN %s d USING (id) WHERE p.has_moved AND d.id IS NULL`, rest, of, t.placed())
}

// createOutside lists the rows of a rest that no region holds, not even a zone, nor in part.
func (t *table) createOutside(rest string) string {
	return fmt.Sprintf(`CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
SELECT p.seq, p.id FROM %s p LEFT JOIN %s d USING (id) WHERE p.has_moved AND d.id IS NULL
AND NOT EXISTS (SELECT FROM region r WHERE r.valid_to IS NULL AND ST_Intersects(r.geom, p.geom))`, t.outside(), rest, t.placed())
}

func (t *table) outside() string { return quoted("outside_" + t.layer.ID) }

// clearGrids forgets the grids of rows that have moved.
func (t *table) clearGrids() string {
	return fmt.Sprintf(`DELETE FROM feature_grid f USING %s p WHERE f.layer = %s AND f.feature_id = p.id AND p.has_moved AND NOT p.is_new`,
		t.plan(), quoteText(t.layer.Table))
}

// placeGrids finds the grids of all planned rows, by the rule of grids_of: points, lines and areas each their own way.
func (t *table) placeGrids() (statements []string) {
	name := quoteText(t.layer.Table)
	if t.layer.Holds(layers.Point) {
		statements = append(statements, fmt.Sprintf(placePointsSQL, name, t.met(0)))
	}
	if t.layer.Holds(layers.LineString) {
		statements = append(statements, fmt.Sprintf(placeLinesSQL, name, t.met(1)))
	}
	if t.layer.Holds(layers.Polygon) {
		statements = append(statements, fmt.Sprintf(placeAreasSQL, name, t.met(2)))
	}
	return statements
}

// met joins every grid g near the plan, of scheme s, with the planned rows p of a dimension that it meets. Each grid is unpacked once and held against
// all rows near it: OFFSET 0 keeps the planner, who takes the rows of one dimension for few, from looking grids up row by row.
func (t *table) met(dimension int) string {
	return fmt.Sprintf(`grid g JOIN grid_scheme s ON s.code = g.scheme
      CROSS JOIN LATERAL (SELECT p.id, p.geom FROM %[1]s p
                          WHERE p.geom && g.geom AND ST_Intersects(g.geom, p.geom) AND p.has_moved AND ST_Dimension(p.geom) = %[2]d OFFSET 0) p
      WHERE g.valid_to IS NULL AND g.geom && (SELECT ST_SetSRID(ST_Extent(geom)::geometry, 4490) FROM %[1]s)`, t.plan(), dimension)
}

// placePointsSQL: in an exclusive scheme a point has one grid, that with the lower code.
const placePointsSQL = `INSERT INTO feature_grid (layer, feature_id, scheme, grid_id)
SELECT %s, h.id, h.scheme, h.grid_id
FROM (SELECT p.id, g.scheme, g.id AS grid_id, s.is_exclusive, row_number() OVER (PARTITION BY p.id, g.scheme ORDER BY g.code) AS nth
      FROM %s) h
WHERE h.nth = 1 OR NOT h.is_exclusive ORDER BY h.id`

// placeLinesSQL deals every line out to the grids of each scheme that it touches, as grids_of does.
const placeLinesSQL = `INSERT INTO feature_grid (layer, feature_id, scheme, grid_id, inside_m)
SELECT %s, n.id, n.scheme, x.grid_id, x.m
FROM (SELECT p.id, g.scheme, array_agg(g.id ORDER BY g.code) AS grids,
             line_shares((array_agg(p.geom))[1], array_agg(g.geom ORDER BY g.code), bool_and(s.is_exclusive)) AS shares
      FROM %s
      GROUP BY p.id, g.scheme) n, unnest(n.grids, n.shares) x (grid_id, m)
WHERE x.m > 0.001 ORDER BY n.id`

// placeAreasSQL: every grid that an area meets, with the share inside.
const placeAreasSQL = `INSERT INTO feature_grid (layer, feature_id, scheme, grid_id, inside_m2)
SELECT %s, x.id, x.scheme, x.grid_id, x.m2
FROM (SELECT p.id, g.scheme, g.id AS grid_id,
             CASE WHEN ST_CoveredBy(p.geom, g.geom) THEN ST_Area(p.geom::geography)
                  ELSE ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, p.geom), 3)::geography) END AS m2
      FROM %s) x
WHERE x.m2 > 0.001 ORDER BY x.id`

// adoptSQL gives every division without a parent the smallest larger one around it.
const adoptSQL = `UPDATE region c SET parent_code = x.parent
FROM (SELECT c.id, (SELECT p.code FROM region p JOIN region_kind pk ON pk.id = p.kind
                    WHERE pk.is_division AND pk.level < ck.level AND p.valid_to IS NULL AND ST_Intersects(p.geom, ST_PointOnSurface(c.geom))
                    ORDER BY pk.level DESC, p.code LIMIT 1) AS parent
      FROM region c JOIN region_kind ck ON ck.id = c.kind
      WHERE c.parent_code IS NULL AND ck.is_division AND c.valid_to IS NULL AND c.geom IS NOT NULL) x
WHERE x.id = c.id AND x.parent IS NOT NULL`
