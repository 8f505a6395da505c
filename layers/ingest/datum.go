package ingest

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
)

// Axes of a pair of numbers.
const (
	AxesEN = "en" // easting or longitude first
	AxesNE = "ne" // northing or latitude first
)

// parseDatum finds the system that was named: one of package datum's, or of the city's own.
func (o *Options) parseDatum(name string) (datum.System, error) {
	for _, s := range o.Local {
		if strings.EqualFold(s.Code(), name) {
			return s, nil
		}
	}
	s, err := datum.Parse(name)
	if err != nil {
		return s, usage("不认识坐标基准 %[1]q：可用 wgs84、cgcs2000、gcj02、bd09、EPSG:4326、EPSG:4490、EPSG:3857、EPSG:4491 至 4554",
			"unknown datum %[1]q: there are wgs84, cgcs2000, gcj02, bd09, EPSG:4326, EPSG:4490, EPSG:3857, EPSG:4491 to 4554", name)
	}
	return s, nil
}

// checkDatum finds the system of a file's numbers. must tells whether the file says nothing of it itself, so that somebody must.
func (o *Options) checkDatum(must bool) (datum.System, error) {
	switch o.Axes {
	case "", AxesEN, AxesNE:
	default:
		return datum.System{}, usage("坐标轴顺序 %[1]q：只能是 en（东或经度在前）或 ne（北或纬度在前）", "axes %[1]q: en (easting or longitude first) or ne (northing or latitude first)", o.Axes)
	}
	if o.Datum == "" {
		if !must {
			return datum.System{}, nil
		}
		return datum.System{}, noDatum()
	}
	s, err := o.parseDatum(o.Datum)
	if err == nil && must && o.Axes == "" && hasTwoOrders(s) {
		zh, en := s.Title()
		return s, usage("%[1]s：请用 --axes 说明坐标顺序，en 为东坐标在前，ne 为北坐标（测量 X）在前", "%[1]s: say with --axes which comes first, en for easting, ne for northing", zh+" "+en)
	}
	return s, err
}

// noDatum is the fault of numbers of which nobody has said what they are.
func noDatum() error {
	return usage("必须用 --datum 说明坐标基准，系统不会猜测：wgs84、cgcs2000、gcj02、bd09 或 EPSG 代号",
		"say the datum with --datum, it is never guessed: wgs84, cgcs2000, gcj02, bd09 or a code of EPSG")
}

// hasTwoOrders tells whether numbers of a system are written in either order: those of surveyors.
func hasTwoOrders(s datum.System) bool { return !s.Degrees() && s.SRID() != 3857 }

// isPlain tells whether a system's degrees are those of the record.
func isPlain(s datum.System) bool { return s.Degrees() && !isShifted(s) }

func isShifted(s datum.System) bool { return s.Code() == "GCJ-02" || s.Code() == "BD-09" }

// agrees tells whether a file that states one system may be read in the system that was said. What is shifted has no code of its own in any file
// format: such files call themselves WGS 84.
func agrees(stated, said datum.System) bool {
	return stated == said || stated.Degrees() && said.Degrees() && isPlain(stated)
}

// contradiction is the fault of a file that states another system than was said.
func contradiction(stated, said string) error {
	return &Fault{ErrCRS, "文件自称坐标系为 " + shorten(stated) + "，与 --datum " + said + " 不符，没有写入任何数据",
		"the file calls its coordinate system " + shorten(stated) + ", which is not what --datum " + said + " says; nothing was written"}
}

// checkCRS holds the "crs" member of old GeoJSON against what was said.
func (o *Options) checkCRS(name string) error {
	said, err := o.parseDatum(o.Datum)
	if err != nil {
		return err
	}
	stated, err := datum.Parse(name)
	if err != nil || !agrees(stated, said) {
		return contradiction(name, o.Datum)
	}
	return nil
}

// CheckDatum tells whether there is a datum of this name, for a file whose format has none of its own. Its error is ErrUsage.
func CheckDatum(name string) error {
	_, err := (&Options{Datum: name, Axes: AxesEN}).checkDatum(true)
	return err
}

// How many positions decide that the numbers of a file contradict what was said of them.
const (
	judgedAt    = 200
	leastJudged = 10
)

// converter turns the numbers of a file into degrees of the record and watches whether they can be what was said.
type converter struct {
	system   datum.System
	swap     bool
	near     orb.Bound
	read     int64
	outside  int64
	sample   []orb.Point // of the first positions, as they stand
	identity bool
}

func newConverter(o *Options, s datum.System) *converter {
	swap := o.Axes == AxesNE
	return &converter{system: s, swap: swap, near: o.Near, identity: isPlain(s) && !swap}
}

// convert gives a geometry in degrees. What lies outside the system is a refusal; the fault of a file that was called what it is not comes when
// enough of it has been read.
func (c *converter) convert(g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, nil
	}
	first, ok := firstPoint(g)
	if !ok {
		return g, nil
	}
	c.read++
	if len(c.sample) < judgedAt {
		c.sample = append(c.sample, first)
	}
	var err error
	if c.identity {
		if !(math.Abs(first[0]) <= 180 && math.Abs(first[1]) <= 90) {
			c.outside++
		}
	} else {
		if c.swap {
			g = swapped(g)
		}
		if g, err = c.system.ToGeometry(g); err != nil {
			c.outside++
			err = refuse(OutsideDatum, fmt.Sprintf("%.10g, %.10g", first[0], first[1]))
		}
	}
	if c.read == judgedAt {
		if fault := c.judge(); fault != nil {
			return nil, fault
		}
	}
	return g, err
}

// judge is the fault of numbers that are not what was said, or nil.
func (c *converter) judge() error {
	if c.read < leastJudged || c.outside*10 < c.read*9 {
		return nil
	}
	zh, en := c.system.Title()
	whyZh, whyEn := "没有已知的坐标系与之相符", "no system that is known fits them"
	if found := datum.Guess(c.sample, c.near); len(found) > 0 {
		tzh, ten := found[0].System.Title()
		whyZh, whyEn = "更像是 "+found[0].System.Code()+" "+tzh+"："+found[0].Why, "they look like "+found[0].System.Code()+" "+ten+": "+found[0].WhyEn
	}
	return &Fault{ErrCRS, fmt.Sprintf("坐标数值与所说的 %s 不符（%.10g, %.10g …）：%s。没有写入任何数据", zh, c.sample[0][0], c.sample[0][1], whyZh),
		fmt.Sprintf("the numbers are not %s (%.10g, %.10g …): %s; nothing was written", en, c.sample[0][0], c.sample[0][1], whyEn)}
}

// firstPoint is the first position of a geometry.
func firstPoint(g orb.Geometry) (orb.Point, bool) {
	switch g := g.(type) {
	case orb.Point:
		return g, true
	case orb.MultiPoint:
		if len(g) > 0 {
			return g[0], true
		}
	case orb.LineString:
		if len(g) > 0 {
			return g[0], true
		}
	case orb.Ring:
		if len(g) > 0 {
			return g[0], true
		}
	case orb.MultiLineString:
		if len(g) > 0 {
			return firstPoint(g[0])
		}
	case orb.Polygon:
		if len(g) > 0 {
			return firstPoint(g[0])
		}
	case orb.MultiPolygon:
		if len(g) > 0 {
			return firstPoint(g[0])
		}
	}
	return orb.Point{}, false
}

// swapped is a copy of a geometry with its axes changed.
func swapped(g orb.Geometry) orb.Geometry {
	g = orb.Clone(g)
	turn := func(points []orb.Point) {
		for i, p := range points {
			points[i] = orb.Point{p[1], p[0]}
		}
	}
	switch g := g.(type) {
	case orb.Point:
		return orb.Point{g[1], g[0]}
	case orb.MultiPoint:
		turn(g)
	case orb.LineString:
		turn(g)
	case orb.Ring:
		turn(g)
	case orb.MultiLineString:
		for _, line := range g {
			turn(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			turn(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				turn(ring)
			}
		}
	}
	return g
}
