package coverage

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"
)

// populationLayer is where people live, as far as the city says.
const populationLayer = "population"

var buildingFields = []string{"kind"}

// people is the persons of every hexagon of a sheet. It is immutable.
type people struct {
	city      City
	sheet     *Sheet
	byHexagon []uint32 // thousandths
	how       PopulationMethod
	byStreet  bool // some were dealt out by the length of streets
}

// peopleOf deals the city's persons, all or the elderly, out to the hexagons of a sheet. Streets are those of the record: people do not move when a scenario closes one.
func peopleOf(ctx context.Context, city City, who string, sheet *Sheet, before *people) (*people, error) {
	if before != nil && before.sheet == sheet && !peopleChanged(city, before.city) && (!before.byStreet || !streetsChanged(city, before.city)) {
		same := *before
		same.city = city
		return &same, nil
	}
	p := &people{city: city, sheet: sheet}
	counted, err := censusOf(city, who)
	if err != nil {
		return nil, err
	}
	if len(counted.rows) == 0 {
		return p, nil
	}
	recorded := &streets{city: city}
	if err := recorded.read(); err != nil {
		return nil, err
	}
	d := Demand{Rows: counted.rows}
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
	p.how.describe(how, &counted)
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

// describe says how persons were dealt out.
func (m *PopulationMethod) describe(how DemandMethod, from *census) {
	m.Source, m.AsOf = from.source(), from.asOf()
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
