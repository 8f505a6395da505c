package coverage

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid"
)

// Origin of test cities: their south-west corner.
const originLon, originLat = 120.03, 36.26

// atM is the place so many metres east and north of the origin.
func atM(eastM, northM float64) orb.Point {
	const degreeM = 111_320
	return orb.Point{originLon + eastM/(degreeM*math.Cos(originLat*math.Pi/180)), originLat + northM/degreeM}
}

// square is the ground between two corners in metres from the origin.
func square(west, south, east, north float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{atM(west, south), atM(east, south), atM(east, north), atM(west, north), atM(west, south)}}}
}

// testCity is a city in memory. Changes make another one; the earlier stays as it was.
type testCity struct {
	revision uint64
	features map[string]map[int64]testFeature // by layer and id
	net      *grid.Net
	roster   *grid.Roster
	limits   []Threshold
}

type testFeature struct {
	shape  orb.Geometry
	values map[string]any
}

func (c *testCity) Revision() uint64        { return c.revision }
func (c *testCity) Version() uint64         { return c.revision }
func (c *testCity) Net() *grid.Net          { return c.net }
func (c *testCity) Roster() *grid.Roster    { return c.roster }
func (c *testCity) Thresholds() []Threshold { return c.limits }

func (f testFeature) feature(id int64, fields []string) Feature {
	out := Feature{ID: id, Shape: f.shape, Values: make([]any, len(fields))}
	for i, name := range fields {
		out.Values[i] = f.values[name]
	}
	return out
}

// Features visits in an order of its own each time, as nobody may rely on one.
func (c *testCity) Features(layer string, fields []string, yield func(Feature) bool) error {
	for id, f := range c.features[layer] {
		if !yield(f.feature(id, fields)) {
			break
		}
	}
	return nil
}

func (c *testCity) Feature(layer string, id int64, fields []string) (Feature, bool) {
	f, ok := c.features[layer][id]
	return f.feature(id, fields), ok
}

func (c *testCity) Changed(before City, layer string) (ids []int64, all bool) {
	earlier, ok := before.(*testCity)
	if !ok {
		return nil, true
	}
	was, is := earlier.features[layer], c.features[layer]
	for id, f := range is {
		if old, there := was[id]; !there || !orb.Equal(old.shape, f.shape) || !maps.Equal(old.values, f.values) {
			ids = append(ids, id)
		}
	}
	for id := range was {
		if _, there := is[id]; !there {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, false
}

// with is the city with a feature more, or another in its place.
func (c *testCity) with(layer string, id int64, shape orb.Geometry, values map[string]any) *testCity {
	n := c.next(layer)
	n.features[layer][id] = testFeature{shape, values}
	return n
}

// without is the city without a feature.
func (c *testCity) without(layer string, id int64) *testCity {
	n := c.next(layer)
	delete(n.features[layer], id)
	return n
}

// next is a copy, one revision later, of which a layer may be changed.
func (c *testCity) next(layer string) *testCity {
	n := *c
	n.revision++
	n.features = maps.Clone(c.features)
	n.features[layer] = maps.Clone(c.features[layer])
	if n.features[layer] == nil {
		n.features[layer] = map[int64]testFeature{}
	}
	return &n
}

// ids of a layer, ascending.
func (c *testCity) ids(layer string) []int64 { return slices.Sorted(maps.Keys(c.features[layer])) }

const (
	blockM   = 100 // between the streets of a test city
	toilet   = "public_toilet"
	roads    = "road"
	zoneCode = "Z1"
)

// newTestCity is a town of so many blocks each way, a hundred metres wide: streets that cross at every block, four communities in two
// streets in one county, unit grids of two blocks, and a zone over its south-western quarter. It has no facilities.
func newTestCity(blocks int) *testCity {
	c := &testCity{revision: 1, features: map[string]map[int64]testFeature{roads: {}, toilet: {}}, net: testNet(blocks), roster: grid.NewRoster(grid.RosterRows{}, nil)}
	for i := range blocks + 1 {
		var east, north orb.LineString
		for j := range blocks + 1 {
			east = append(east, atM(float64(j*blockM), float64(i*blockM)))
			north = append(north, atM(float64(i*blockM), float64(j*blockM)))
		}
		c.features[roads][int64(i+1)] = testFeature{east, road(fmt.Sprintf("东西%d路", i))}
		c.features[roads][int64(i+1001)] = testFeature{north, road(fmt.Sprintf("南北%d路", i))}
	}
	return c
}

func road(name string) map[string]any {
	return map[string]any{"name": name, "status": "intact", "class": "branch", "walkable": true, "steps": false, "level": int64(0)}
}

// withToilets puts so many toilets at random places into a city.
func (c *testCity) withToilets(n, blocks int, r *rand.Rand) *testCity {
	out := c.next(toilet)
	for i := range n {
		p := atM(r.Float64()*float64(blocks*blockM), r.Float64()*float64(blocks*blockM))
		out.features[toilet][int64(i+1)] = testFeature{p, openToilet()}
	}
	return out
}

func openToilet() map[string]any {
	return map[string]any{"name": "公厕", "status": "intact", "open_24h": true, "accessible_stalls": int64(1), "third_room": false}
}

func testNet(blocks int) *grid.Net {
	side := float64(blocks * blockM)
	half := side / 2
	kinds := []grid.RegionKind{
		{ID: "county", Title: "区县", Level: 3, Division: true}, {ID: "street", Title: "街道", Level: 4, Division: true},
		{ID: "community", Title: "社区", Level: 5, Division: true}, {ID: "zone", Title: "中心城区", Level: 9},
	}
	regions := []grid.Region{
		region(1, "370281", "county", "", square(0, 0, side, side)),
		region(2, "370281001", "street", "370281", square(0, 0, half, side)),
		region(3, "370281002", "street", "370281", square(half, 0, side, side)),
		region(4, "370281001001", "community", "370281001", square(0, 0, half, half)),
		region(5, "370281001002", "community", "370281001", square(0, half, half, side)),
		region(6, "370281002001", "community", "370281002", square(half, 0, side, half)),
		region(7, "370281002002", "community", "370281002", square(half, half, side, side)),
		region(8, zoneCode, "zone", "", square(0, 0, half+30, half+30)),
	}
	schemes := []grid.Scheme{{ID: 1, Code: grid.UnitScheme, Title: "单元网格", Exclusive: true, Complete: true}}
	var grids []grid.Grid
	const unitM = 2 * blockM
	for y := 0.0; y < side; y += unitM {
		for x := 0.0; x < side; x += unitM {
			shape := square(x, y, min(x+unitM, side), min(y+unitM, side))
			parent := "370281001001"
			switch {
			case x >= half && y >= half:
				parent = "370281002002"
			case x >= half:
				parent = "370281002001"
			case y >= half:
				parent = "370281001002"
			}
			id := int64(len(grids) + 1)
			grids = append(grids, grid.Grid{ID: id, Scheme: grid.UnitScheme, Code: fmt.Sprintf("%s%03d", parent, id), Region: parent, Shape: shape, AreaM2: geo.AreaMultiM2(shape)})
		}
	}
	return grid.NewNet(kinds, regions, schemes, grids)
}

func region(id int64, code, kind, parent string, shape orb.MultiPolygon) grid.Region {
	return grid.Region{ID: id, Code: code, Name: kind + code, Kind: kind, Parent: parent, Shape: shape, AreaM2: geo.AreaMultiM2(shape)}
}
