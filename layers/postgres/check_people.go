package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// What is wrong with people, as What of a Difference; Recorded says of what: the region, or the other row.
const (
	PeopleNowhere = "outside"  // in no region
	PeopleNotArea = "outline"  // of a whole region, but not in its outline: the region was redrawn since, or is gone
	PeopleTwice   = "overlaps" // the ground of another row of the same day: who lives there is counted twice
)

// Neighbours share borders that may differ by rounding: a hundredth of the smaller area is no overlap yet.
const (
	peopleNowhereSQL = `SELECT id, coalesce(area_code, name, ''), '' FROM population p
WHERE NOT EXISTS (SELECT FROM region r WHERE r.valid_to IS NULL AND ST_Intersects(r.geom, p.geom)) ORDER BY id`

	peopleNotAreaSQL = `SELECT p.id, p.area_code, coalesce(r.code, '') FROM population p LEFT JOIN region r ON r.code = p.area_code AND r.valid_to IS NULL
WHERE p.area_code IS NOT NULL AND (r.geom IS NULL OR NOT ST_Equals(r.geom, p.geom)) ORDER BY p.id`

	peopleTwiceSQL = `SELECT a.id, b.id::text, '' FROM population a JOIN population b ON b.id > a.id AND b.as_of IS NOT DISTINCT FROM a.as_of AND b.geom && a.geom
WHERE ST_Dimension(a.geom) = 2 AND ST_Dimension(b.geom) = 2 AND ST_Relate(a.geom, b.geom, '2********')
  AND ST_Area(ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3)) > 0.01 * least(ST_Area(a.geom), ST_Area(b.geom))
ORDER BY 1, b.id`
)

// checkPeople holds the rows of people against regions and one another, and tells how many there are.
func checkPeople(ctx context.Context, tx pgx.Tx, found func(Difference) error) (n int64, err error) {
	t := newTable(layers.ByID("population"))
	for _, one := range [][2]string{{PeopleNowhere, peopleNowhereSQL}, {PeopleNotArea, peopleNotAreaSQL}, {PeopleTwice, peopleTwiceSQL}} {
		if err := t.differences(ctx, tx, one[0], found, one[1]); err != nil {
			return 0, fmt.Errorf("checking people, %s: %w", one[0], err)
		}
	}
	return n, tx.QueryRow(ctx, fmt.Sprintf(countSQL, t.name())).Scan(&n)
}
