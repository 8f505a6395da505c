package coverage

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"
)

// populationLayer is where people live, as far as the city says.
const populationLayer = "population"

var (
	personFields   = []string{"area_code", "persons", "as_of", "origin"}
	buildingFields = []string{"kind"}
)

// people is the persons of every hexagon of a sheet. It is immutable.
type people struct {
	city      City
	sheet     *Sheet
	byHexagon []uint32 // thousandths
	how       PopulationMethod
	byStreet  bool // some were dealt out by the length of streets
}

// peopleOf deals the city's persons out to the hexagons of a sheet. Streets are those of the record: people do not move when a scenario closes one.
func peopleOf(ctx context.Context, city City, sheet *Sheet, before *people) (*people, error) {
	if before != nil && before.sheet == sheet && !peopleChanged(city, before.city) && (!before.byStreet || !streetsChanged(city, before.city)) {
		same := *before
		same.city = city
		return &same, nil
	}
	p := &people{city: city, sheet: sheet}
	rows, asOf, err := p.rows()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return p, nil
	}
	recorded := &streets{city: city}
	if err := recorded.read(); err != nil {
		return nil, err
	}
	d := Demand{Rows: rows}
	for i := range recorded.lines {
		d.Streets = append(d.Streets, recorded.lines[i].Shape)
	}
	if d.Buildings, err = buildings(city); err != nil {
		return nil, err
	}
	var how DemandMethod
	if p.byHexagon, how, err = sheet.People(ctx, d); err != nil {
		return nil, err
	}
	p.how.describe(how, asOf)
	p.byStreet = how.ByStreet > 0
	return p, nil
}

func (p *people) known() bool { return p != nil && p.byHexagon != nil }

// peopleChanged tells whether persons, buildings or regions differ.
func peopleChanged(now, was City) bool {
	if ids, all := now.Changed(was, populationLayer); all || len(ids) > 0 || now.Net() != was.Net() {
		return true
	}
	ids, all := now.Changed(was, groundLayer)
	return all || slices.ContainsFunc(ids, func(id int64) bool {
		f, _ := now.Feature(groundLayer, id, buildingFields)
		g, _ := was.Feature(groundLayer, id, buildingFields)
		return isBuilding(f) || isBuilding(g)
	})
}

func isBuilding(f Feature) bool {
	return len(f.Values) > 0 && values(f.Values).text(0) == "building"
}

func buildings(city City) (out []orb.Geometry, err error) {
	type building struct {
		id    int64
		shape orb.Geometry
	}
	var found []building
	err = city.Features(groundLayer, buildingFields, func(f Feature) bool {
		if isBuilding(f) {
			found = append(found, building{f.ID, f.Shape})
		}
		return true
	})
	slices.SortFunc(found, func(a, b building) int { return cmp.Compare(a.id, b.id) })
	for _, b := range found {
		out = append(out, b.shape)
	}
	return out, err
}

// rows are the rows of persons, by id. A row of a whole region is left out where there are rows of regions in it: they count the same people.
func (p *people) rows() (rows []DemandRow, asOf []string, err error) {
	type row struct {
		id           int64
		code, origin string
		DemandRow
	}
	var found []row
	has := map[string]bool{} // regions of which a region below has a row
	net := p.city.Net()
	err = p.city.Features(populationLayer, personFields, func(f Feature) bool {
		v := values(f.Values)
		r := row{f.ID, v.text(0), v.text(3), DemandRow{f.Shape, v.number(1)}}
		if region := net.Region(r.code); region != nil {
			if r.Shape == nil {
				r.Shape = region.Shape
			}
			path := net.Path(r.code)
			for _, above := range path[:len(path)-1] {
				has[above.Code] = true
			}
		}
		if r.Shape != nil && r.Persons > 0 {
			found = append(found, r)
			asOf = append(asOf, v.text(2))
		}
		return true
	})
	slices.SortFunc(found, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	var origins []string
	for _, r := range found {
		if !has[r.code] {
			rows = append(rows, r.DemandRow)
			if r.origin != "" {
				origins = append(origins, r.origin)
			}
		}
	}
	slices.Sort(origins)
	if origins = slices.Compact(origins); len(origins) > 0 {
		p.how.Source = origins[0]
	}
	slices.Sort(asOf)
	return rows, slices.Compact(asOf), err
}

// describe says how persons were dealt out.
func (m *PopulationMethod) describe(how DemandMethod, asOf []string) {
	if len(asOf) > 0 {
		m.AsOf = asOf[len(asOf)-1]
	}
	m.Persons, m.OutsidePersons = float64(how.Persons)/thousandths, float64(how.Outside)/thousandths
	switch {
	case how.ByArea > 0:
		m.How, m.Title, m.TitleEn = "area", "按建筑基底面积、街道长度分摊，二者皆无的按面积", "By building footprint or street length, by area where there is neither"
	case how.ByStreet > 0:
		m.How, m.Title, m.TitleEn = "street", "按建筑基底面积分摊，无建筑的按街道长度", "By building footprint, by street length where there are no buildings"
	case how.ByBuilding > 0:
		m.How, m.Title, m.TitleEn = "building", "按建筑基底面积分摊", "By building footprint"
	default:
		m.How, m.Title, m.TitleEn = "point", "按所在点位", "At the places given"
	}
}

const thousandths = 1000
