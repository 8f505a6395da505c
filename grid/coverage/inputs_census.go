package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Who is counted: a field of the population layer.
const (
	everybody = "persons"
	elderly   = "elderly" // aged 60 and over
)

// census is the rows of people that count, by id.
type census struct {
	rows    []DemandRow
	origins []string // whose statistics they are, by name
	days    []string // as of which they are, the oldest first
}

// censusRow is a row of people as the city has it.
type censusRow struct {
	id                 int64
	code, asOf, origin string
	DemandRow
}

// censusOf reads the rows that tell of somebody. Of several counts of one region only the newest counts, and a count of a whole region counts for nothing
// where regions in it have counts of their own: they are of the same people.
func censusOf(city City, who string) (c census, err error) {
	var all []censusRow
	newest := map[string]string{} // by code of a region
	err = city.Features(populationLayer, []string{"area_code", who, "as_of", "origin"}, func(f Feature) bool {
		v := values(f.Values)
		if v[1] == nil {
			return true
		}
		r := censusRow{f.ID, v.text(0), v.text(2), v.text(3), DemandRow{f.Shape, v.number(1)}}
		newest[r.code] = max(newest[r.code], r.asOf)
		all = append(all, r)
		return true
	})
	all = slices.DeleteFunc(all, func(r censusRow) bool { return r.code != "" && r.asOf != newest[r.code] })
	slices.SortFunc(all, func(a, b censusRow) int { return cmp.Compare(a.id, b.id) })
	net := city.Net()
	has := map[string]bool{} // regions of which a region below has a row
	for i := range all {
		r := &all[i]
		region := net.Region(r.code)
		if region == nil {
			continue
		}
		if r.Shape == nil {
			r.Shape = region.Shape
		}
		path := net.Path(r.code)
		for _, above := range path[:len(path)-1] {
			has[above.Code] = true
		}
	}
	for _, r := range all {
		if r.Shape != nil && r.Persons > 0 && !has[r.code] {
			c.rows = append(c.rows, r.DemandRow)
			c.origins, c.days = append(c.origins, r.origin), append(c.days, r.asOf)
		}
	}
	c.origins, c.days = named(c.origins), named(c.days)
	return c, err
}

// named are the different names of a list, in order.
func named(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
}

// source is whose statistics the rows are.
func (c *census) source() string {
	const most = 3
	if n := len(c.origins); n > most {
		return fmt.Sprintf("%s +%d", strings.Join(c.origins[:most], "、"), n-most)
	}
	return strings.Join(c.origins, "、")
}

// asOf is the day of the rows, or the oldest and the newest.
func (c *census) asOf() string {
	switch n := len(c.days); n {
	case 0:
		return ""
	case 1:
		return c.days[0]
	default:
		return c.days[0] + "/" + c.days[n-1]
	}
}
