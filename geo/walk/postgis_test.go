package walk_test

import (
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"wangge/fixtures/osmref"
	"wangge/fixtures/pgtest"
	"wangge/geo/walk"
)

// store puts the usable edges of a graph into a table that PostGIS searches.
func store(t *testing.T, pool *pgxpool.Pool, g *walk.Graph) {
	t.Helper()
	ctx := t.Context()
	if _, err := pool.Exec(ctx, `CREATE TABLE edge (id bigint PRIMARY KEY, mm bigint, line geography)`); err != nil {
		t.Fatal(err)
	}
	batch := &pgx.Batch{}
	for e := range g.Net.Edges {
		if g.Usable(uint32(e)) {
			batch.Queue(`INSERT INTO edge VALUES ($1, $2, ST_GeomFromWKB($3, 4326)::geography)`, e, int64(g.Net.Edges[e].MM), wkb.MustMarshal(g.Net.Line(uint32(e))))
		}
	}
	if err := pool.SendBatch(ctx, batch).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(ctx, `CREATE INDEX ON edge USING gist (line); ANALYZE edge`); err != nil {
		t.Fatal(err)
	}
}

// nearestSQL gives, for each of many places, the nearest edge and how far it is, and how far the edge is that we say is nearest.
const nearestSQL = `
SELECT n.id, n.m, (SELECT ST_Distance(e.line, p.at) FROM edge e WHERE e.id = p.ours)
FROM (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography AS at, ours, k FROM unnest($1::float8[], $2::float8[], $3::bigint[]) WITH ORDINALITY u(lon, lat, ours, k)) p
CROSS JOIN LATERAL (
	SELECT id, ST_Distance(line, p.at) AS m
	FROM (SELECT id, line FROM edge ORDER BY line <-> p.at LIMIT 24) near
	ORDER BY ST_Distance(line, p.at), id LIMIT 1) n
ORDER BY p.k`

// TestSnappingAgreesWithPostGIS compares snapping with the nearest edges that PostGIS finds on the ellipsoid: the distance within a
// centimetre, another edge only where both are as far.
func TestSnappingAgreesWithPostGIS(t *testing.T) {
	n, err := walk.Build(t.Context(), osmref.Streets(t, osmref.Monaco), nil, walk.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	g := n.Graph(walk.Profile{ID: "walk"})
	pool := pgtest.Empty(t)
	store(t, pool, g)

	r := rand.New(rand.NewPCG(1, 6))
	var lon, lat []float64
	var ours []int64
	var spots []walk.Spot
	for len(spots) < 3000 {
		at := n.At[r.IntN(len(n.At))]
		p := orb.Point{at[0] + (r.Float64()-0.5)*0.004, at[1] + (r.Float64()-0.5)*0.003}
		if s, ok := g.Snap(p, walk.SnapLimitMM); ok {
			lon, lat, ours, spots = append(lon, p[0]), append(lat, p[1]), append(ours, int64(s.Edge)), append(spots, s)
		}
	}
	rows, err := pool.Query(t.Context(), nearestSQL, lon, lat, ours)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	others, worst, i := 0, 0.0, 0
	for ; rows.Next(); i++ {
		var id int64
		var m, oursM float64
		if err := rows.Scan(&id, &m, &oursM); err != nil {
			t.Fatal(err)
		}
		diff := float64(spots[i].PerpMM)/1000 - m
		worst = max(worst, diff, -diff)
		if diff > 0.01 || diff < -0.01 || oursM-m > 0.005 {
			t.Errorf("%v %v: edge %d at %d mm, PostGIS has edge %d at %.4f m and ours at %.4f m", lon[i], lat[i], ours[i], spots[i].PerpMM, id, m, oursM)
		}
		if id != ours[i] {
			others++
		}
	}
	if rows.Err() != nil || i != len(spots) {
		t.Fatalf("%d rows: %v", i, rows.Err())
	}
	t.Logf("%d places: at most %.1f mm off; %d with another edge that is as far", len(spots), worst*1000, others)
}

// TestLengthsAgreeWithPostGIS compares the lengths of edges on the ellipsoid.
func TestLengthsAgreeWithPostGIS(t *testing.T) {
	n, err := walk.Build(t.Context(), osmref.Streets(t, osmref.Monaco), nil, walk.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	pool := pgtest.Empty(t)
	store(t, pool, n.Graph(walk.Profile{}))
	var edges, off int
	var ours, theirs float64
	const sql = `SELECT count(*), count(*) FILTER (WHERE abs(mm - ST_Length(line) * 1000) > 0.6 * ST_NPoints(line::geometry) + 1), sum(mm) / 1000.0, sum(ST_Length(line)) FROM edge`
	if err := pool.QueryRow(t.Context(), sql).Scan(&edges, &off, &ours, &theirs); err != nil {
		t.Fatal(err)
	}
	if off > 0 || ours-theirs > 0.5 || theirs-ours > 0.5 {
		t.Errorf("%d of %d edges differ; %.3f m in all, PostGIS has %.3f m", off, edges, ours, theirs)
	}
	t.Logf("%d edges, %.3f m, PostGIS %.3f m", edges, ours, theirs)
}
