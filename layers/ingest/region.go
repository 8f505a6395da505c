package ingest

import (
	"strings"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/width"

	"wangge/layers"
)

// This file lets rows be of whole regions: a ledger that names a community on each row needs no positions.

// Region is a region that rows may be of, with its outline.
type Region struct {
	Code, Name string
	Shape      orb.Geometry
}

// Regions finds regions by code and by name.
type Regions struct {
	byCode map[string]Region
	byName map[string][]string // codes
}

// NewRegions makes an index of regions. It keeps their shapes.
func NewRegions(list []Region) *Regions {
	r := &Regions{map[string]Region{}, map[string][]string{}}
	for _, one := range list {
		r.byCode[one.Code] = one
		r.byName[plainName(one.Name)] = append(r.byName[plainName(one.Name)], one.Code)
	}
	return r
}

// codeDigits is how long a code is that names every level, filled up with zeros.
const codeDigits = 12

// find finds a region: by its code where there is one, else by its name. A refusal where there is none, or several have the name.
func (r *Regions) find(code, name string) (Region, error) {
	if r == nil {
		r = NewRegions(nil)
	}
	if code != "" {
		if found, ok := r.byCode[code]; ok {
			return found, nil
		}
		if len(code) == codeDigits { // 370281001000 is the street 370281001
			short := code
			for strings.HasSuffix(short, "000") {
				short = strings.TrimSuffix(short, "000")
				if found, ok := r.byCode[short]; ok {
					return found, nil
				}
			}
		}
		return Region{}, refuse(UnknownRegion, code)
	}
	switch codes := r.byName[plainName(name)]; len(codes) {
	case 0:
		return Region{}, refuse(UnknownRegion, name)
	case 1:
		return r.byCode[codes[0]], nil
	default:
		return Region{}, refuse(AmbiguousRegion, name+": "+strings.Join(codes[:min(len(codes), 5)], ", "))
	}
}

// plainName is a region's name as different offices write it: 云溪社区居民委员会, 云溪居委会 and 云溪社区 are one.
func plainName(name string) string {
	name = strings.Join(strings.Fields(width.Fold.String(name)), "")
	for _, tail := range []string{"居民委员会", "村民委员会", "居委会", "村委会"} {
		name = strings.TrimSuffix(name, tail)
	}
	for _, tail := range []string{"社区", "街道办事处"} {
		if short, ok := strings.CutSuffix(name, tail); ok && short != "" {
			if tail == "街道办事处" {
				return short + "街道"
			}
			return short
		}
	}
	return name
}

// spread gives a row that has no place of its own the outline of the region that it names. Its error is a refusal.
func (m *Mapper) spread(f *Feature) error {
	code, _ := f.Values[f.Layer.Whole].(string)
	name, _ := f.Values["name"].(string)
	if code == "" && name == "" {
		return refuse(NoPosition, "")
	}
	region, err := m.o.Regions.find(code, name)
	if err != nil {
		return err
	}
	f.Values[f.Layer.Whole], f.Geometry = region.Code, region.Shape
	m.give(f.Layer.ID, f.Layer.Whole)
	if name == "" {
		f.Values["name"] = region.Name
		m.give(f.Layer.ID, "name")
	}
	if f.Values["origin"] == nil && m.stem != "" { // else it would go on as what the row before it was
		f.Values["origin"] = m.stem
		m.give(f.Layer.ID, "origin")
	}
	return nil
}

// part keeps a code of a region that a row with a place of its own has: it says where the place is, and not that the row is all of the region. Files of our
// own export say which they mean.
func (m *Mapper) part(o *object, f *Feature, extra map[string]any) {
	if code := f.Values[f.Layer.Whole]; f.Layer.Whole != "" && !o.nowhere && !m.exported && code != nil {
		extra[f.Layer.Whole] = code
		delete(f.Values, f.Layer.Whole)
	}
}

// WholeSource is the source of rows that are of whole regions: region and day are their key, whoever counted.
const WholeSource = "region"

// wholeKey is the key of a row of a whole region: its code and the day.
func wholeKey(f *Feature) string {
	code, _ := f.Values[f.Layer.Whole].(string)
	day := ""
	if at, ok := f.Values["as_of"].(time.Time); ok {
		day = at.Format(time.DateOnly)
	}
	return code + "@" + day
}

// placeless tells whether a file may be read without anybody saying in which system its numbers are: a table of rows of whole regions may have none.
func placeless(l *layers.Layer, f Format) bool { return l != nil && l.Whole != "" && f.IsTable() }
