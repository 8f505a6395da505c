package city_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
)

// anchorSQL gives, for every feature, the position by which it is counted (areas here are rectangles), what is summed of it, and its first
// zoom by class.
const anchorSQL = `
SELECT ST_X(p), ST_Y(p), coalesce(status, ''), coalesce(%s, 0)::float8, %s
FROM (SELECT *, CASE ST_Dimension(geom) WHEN 0 THEN geom WHEN 2 THEN ST_Centroid(geom)
    ELSE ST_Transform(ST_LineInterpolatePoint(ST_Transform(ST_GeometryN(geom, 1), 3857), 0.5), 4490) END AS p FROM %s) f`

// cellTally is what a hexagon says.
type cellTally struct {
	Count    int
	ByStatus map[string]int
	Sum      float64
}

// TestDensityIsASQLCount compares every hexagon of several layers, at all zooms, with the rows of the record.
func TestDensityIsASQLCount(t *testing.T) {
	pool := pgtest.DB(t)
	r := rand.New(rand.NewPCG(5, 6))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	write(t, pool, randomRows(r, 600)...)
	at(t, c, write(t, pool, randomRows(r, 60)...)) // some are there before others come
	v := at(t, c, write(t, pool, `UPDATE public_toilet SET status = 'closed', geom = ST_Translate(geom, 0.01, 0.003) WHERE id % 7 = 0`,
		`UPDATE road SET class = 'footpath' WHERE id % 5 = 0`, `DELETE FROM parking_space WHERE id % 11 = 0`, `UPDATE parking_space SET capacity = 7 WHERE id % 3 = 0`))
	for layer, sum := range map[string]string{"public_toilet": "", "barrier_free_ramp": "", "parking_space": "capacity", "road": "length_m", "back_alley": "length_m"} {
		l := v.Layer(layer)
		for zoom := range uint8(l.Latest()) {
			want := fromSQL(t, pool, l, int(zoom), sum)
			got := fromTiles(t, v, layer, zoom, sum)
			if len(want) == 0 {
				t.Errorf("%s at zoom %d: nothing to compare", layer, zoom)
			}
			tolerance := 0.0
			if sum == "length_m" {
				tolerance = 1 // it is rounded
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, tolerance)); diff != "" {
				t.Errorf("%s at zoom %d: %s", layer, zoom, clip(diff))
			}
		}
	}
}

// randomRows are statements that make features of every kind of geometry.
func randomRows(r *rand.Rand, n int) (out []string) {
	e := editor{r}
	status := func() string { return pick(e, "'intact'", "'damaged'", "'missing'", "'closed'", "'abandoned'") }
	point := func() string { return fmt.Sprintf("%.7f %.7f", 120+0.3*r.Float64(), 36.1+0.25*r.Float64()) }
	line := func() string {
		x, y := 120+0.3*r.Float64(), 36.1+0.25*r.Float64()
		var ps []string
		for range 2 + r.IntN(8) {
			ps = append(ps, fmt.Sprintf("%.7f %.7f", x, y))
			x, y = x+0.002*r.Float64(), y+0.002*(r.Float64()-0.3)
		}
		return "LINESTRING(" + strings.Join(ps, ", ") + ")"
	}
	for range n {
		x, y := 120+0.3*r.Float64(), 36.1+0.25*r.Float64()
		box := fmt.Sprintf("ST_MakeEnvelope(%.7f, %.7f, %.7f, %.7f, 4490)", x, y, x+0.002, y+0.001)
		out = append(out,
			fmt.Sprintf(`INSERT INTO public_toilet (status, geom) VALUES (%s, 'SRID=4490;POINT(%s)')`, status(), point()),
			fmt.Sprintf(`INSERT INTO barrier_free_ramp (kind, status, geom) VALUES ('wheelchair', %s, 'SRID=4490;POINT(%s)')`, status(), point()),
			fmt.Sprintf(`INSERT INTO parking_space (kind, capacity, status, geom) VALUES ('motor', %s, %s, %s)`, pick(e, "NULL", "0", "12", "300"), status(),
				pick(e, box, "'SRID=4490;POINT("+point()+")'", "'SRID=4490;"+line()+"'")),
			fmt.Sprintf(`INSERT INTO road (class, status, geom) VALUES ('%s', %s, 'SRID=4490;%s')`, pick(e, "expressway", "arterial", "secondary", "branch", "footpath"), status(), line()),
			fmt.Sprintf(`INSERT INTO back_alley (status, geom) VALUES (%s, ST_Multi('SRID=4490;%s'))`, status(), line()))
	}
	return out
}

func fromSQL(t *testing.T, pool *pgxpool.Pool, l *layers.Layer, zoom int, sum string) map[string]cellTally {
	t.Helper()
	class := "''"
	if l.ZoomBy != nil {
		class = l.ZoomBy.Field
	}
	if sum == "" {
		sum = "NULL::int"
	}
	if sum == "length_m" {
		sum = "ST_Length(geom::geography)"
	}
	rows, err := pool.Query(t.Context(), fmt.Sprintf(anchorSQL, sum, class, pgx.Identifier{l.Table}.Sanitize()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]cellTally{}
	var lon, lat, amount float64
	var status, kind string
	_, err = pgx.ForEachRow(rows, []any{&lon, &lat, &status, &amount, &kind}, func() error {
		first := l.FirstZoom
		if l.ZoomBy != nil {
			first = l.ZoomBy.Zoom[kind]
		}
		if first <= zoom {
			return nil
		}
		at := hex.At(lon, lat, layers.DensityRes(zoom))
		cell := at.Parent(at.Res() - max(0, 2-zoom)).String() // smaller ones could not be drawn
		c := out[cell]
		if c.ByStatus == nil {
			c.ByStatus = map[string]int{}
		}
		c.Count++
		c.Sum += amount
		if status != "" {
			c.ByStatus[status]++
		}
		out[cell] = c
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fromTiles(t *testing.T, v *city.View, layer string, zoom uint8, sum string) map[string]cellTally {
	t.Helper()
	out := map[string]cellTally{}
	first, last := tile.At(zoom, geo.WorldX(119.9), geo.WorldY(36.5)), tile.At(zoom, geo.WorldX(120.5), geo.WorldY(36))
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			decoded, err := mvt.Unmarshal(mustTile(t, v, []string{layer}, tile.Addr{Z: zoom, X: x, Y: y}))
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range decoded {
				if l.Name != layer+layers.DensitySuffix {
					continue
				}
				for _, f := range l.Features {
					id, c := readHexagon(f.Properties, sum)
					if was, twice := out[id]; twice && !cmp.Equal(was, c) {
						t.Errorf("%s says %v in one tile and %v in another", id, was, c)
					}
					out[id] = c
				}
			}
		}
	}
	return out
}

func readHexagon(properties map[string]any, sum string) (id string, c cellTally) {
	c.ByStatus = map[string]int{}
	for key, x := range properties {
		status, byStatus := strings.CutPrefix(key, "count_")
		switch {
		case key == "h3":
			id = x.(string)
		case key == "count":
			c.Count = int(x.(float64))
		case byStatus:
			c.ByStatus[status] = int(x.(float64))
		case key == sum:
			c.Sum = x.(float64)
		default:
			c.Sum = math.NaN() // an attribute that nobody asked for
		}
	}
	return id, c
}
