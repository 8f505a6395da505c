package postgres

import "fmt"

// The joins that find regions and grids for all rows of a plan at once. Their answers are those of region_at and grids_of.

// placeRegions finds the region of every planned row, and whether any region holds any of it.
func (t *table) placeRegions() string {
	return fmt.Sprintf(`UPDATE %s p SET region_code = r.code, is_inside = true
FROM (SELECT id, region_at(geom) AS code FROM %[1]s WHERE has_moved) r WHERE r.id = p.id AND r.code IS NOT NULL`, t.plan())
}

// placeInside finds out of the rest what a zone holds, or a region holds in part.
func (t *table) placeInside() string {
	return fmt.Sprintf(`UPDATE %s p SET is_inside = true WHERE has_moved AND NOT is_inside
AND EXISTS (SELECT FROM region r WHERE r.valid_to IS NULL AND ST_Intersects(r.geom, p.geom))`, t.plan())
}

// clearGrids forgets the grids of rows that have moved.
func (t *table) clearGrids() string {
	return fmt.Sprintf(`DELETE FROM feature_grid f USING %s p WHERE f.layer = %s AND f.feature_id = p.id AND p.has_moved AND NOT p.is_new`,
		t.plan(), quoteText(t.layer.Table))
}

// placeGrids finds the grids of all planned rows.
func (t *table) placeGrids() []string {
	return []string{fmt.Sprintf(`INSERT INTO feature_grid (layer, feature_id, scheme, grid_id, inside_m, inside_m2)
SELECT %s, p.id, g.scheme, g.grid_id, g.inside_m, g.inside_m2 FROM %s p CROSS JOIN LATERAL grids_of(p.geom) g WHERE p.has_moved`,
		quoteText(t.layer.Table), t.plan())}
}

// adoptSQL gives every division without a parent the smallest larger one around it.
const adoptSQL = `UPDATE region c SET parent_code = x.parent
FROM (SELECT c.id, (SELECT p.code FROM region p JOIN region_kind pk ON pk.id = p.kind
                    WHERE pk.is_division AND pk.level < ck.level AND p.valid_to IS NULL AND ST_Intersects(p.geom, ST_PointOnSurface(c.geom))
                    ORDER BY pk.level DESC, p.code LIMIT 1) AS parent
      FROM region c JOIN region_kind ck ON ck.id = c.kind
      WHERE c.parent_code IS NULL AND ck.is_division AND c.valid_to IS NULL AND c.geom IS NOT NULL) x
WHERE x.id = c.id AND x.parent IS NOT NULL`
