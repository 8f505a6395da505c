package datum

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Why a system or a position is refused.
var (
	// ErrUnknown: no system of that name is spoken here.
	ErrUnknown = errors.New("unknown coordinate reference system")
	// ErrOutside: the position is too far from where the system is made for, or no number.
	ErrOutside = errors.New("outside the area of the coordinate reference system")
	// ErrLocal: the parameters of a city's own system cannot be used.
	ErrLocal = errors.New("unusable parameters of a local system")
)

// family is how positions of a system are computed.
type family uint8

const (
	degrees  family = iota // of WGS 84, which is CGCS2000 here
	gcj02                  // degrees, shifted
	bd09                   // degrees, shifted twice
	mercator               // metres, Web Mercator
	gauss                  // metres, a Gauss-Krüger zone
	local                  // metres, four parameters away from a zone
)

// System is a coordinate reference system. The zero value is CRS84. Systems with equal parameters are equal.
type System struct {
	family family
	srid   int // of EPSG; 0 for none
	zone   zone
	own    LocalSystem
}

// LocalSystem is a city's own system: turned, scaled and moved, its coordinates are those of a Gauss-Krüger zone of CGCS2000.
//
//	E = DxM + Scale·(cos(Rotation)·x − sin(Rotation)·y)
//	N = DyM + Scale·(sin(Rotation)·x + cos(Rotation)·y)
type LocalSystem struct {
	Code            string // such as qd-local
	TitleZh, TitleE string
	BaseSRID        int // 4513 to 4554
	DxM, DyM        float64
	Rotation        float64 // radians, counter-clockwise
	Scale           float64
}

// Parse finds a system by one of its names: wgs84, cgcs2000, crs84, gcj02, bd09, EPSG:n, or the http and urn identifiers of OGC. Its error is ErrUnknown.
func Parse(name string) (System, error) {
	s := strings.ToLower(strings.TrimSpace(name))
	switch s {
	case "wgs84", "cgcs2000", "crs84", "ogc:crs84", "http://www.opengis.net/def/crs/ogc/1.3/crs84", "http://www.opengis.net/def/crs/ogc/0/crs84", "urn:ogc:def:crs:ogc:1.3:crs84", "urn:ogc:def:crs:ogc::crs84":
		return System{}, nil
	case "gcj02", "gcj-02", gcjURI:
		return System{family: gcj02}, nil
	case "bd09", "bd-09", "bd09ll", bdURI:
		return System{family: bd09}, nil
	}
	for _, prefix := range []string{"epsg:", "http://www.opengis.net/def/crs/epsg/0/", "https://www.opengis.net/def/crs/epsg/0/", "urn:ogc:def:crs:epsg::"} {
		if text, ok := strings.CutPrefix(s, prefix); ok {
			if srid, err := strconv.Atoi(text); err == nil && strconv.Itoa(srid) == text {
				return fromSRID(srid)
			}
		}
	}
	return System{}, fmt.Errorf("%w: %.80q", ErrUnknown, name)
}

// fromSRID finds a system by its number in EPSG.
func fromSRID(srid int) (System, error) {
	s := System{srid: srid}
	switch srid {
	case 4326, 4490:
		return s, nil
	case 3857:
		s.family = mercator
		return s, nil
	}
	var ok bool
	if s.zone, ok = zoneOf(srid); !ok {
		return System{}, fmt.Errorf("%w: EPSG:%d", ErrUnknown, srid)
	}
	s.family = gauss
	return s, nil
}

// zoneOf is a zone of CGCS2000 by its number in EPSG: 6 degrees wide 4491–4501 (with the zone's number before the easting) and 4502–4512, 3 degrees wide
// 4513–4533 (with) and 4534–4554.
func zoneOf(srid int) (zone, bool) {
	with := func(number, meridian int) zone {
		return zone{float64(meridian), float64(number)*1e6 + 500_000}
	}
	without := func(meridian int) zone { return zone{float64(meridian), 500_000} }
	switch {
	case 4491 <= srid && srid <= 4501:
		n := srid - 4491 + 13
		return with(n, 6*n-3), true
	case 4502 <= srid && srid <= 4512:
		return without(6*(srid-4502) + 75), true
	case 4513 <= srid && srid <= 4533:
		n := srid - 4513 + 25
		return with(n, 3*n), true
	case 4534 <= srid && srid <= 4554:
		return without(3*(srid-4534) + 75), true
	}
	return zone{}, false
}

// Local makes a city's own system. Its error is ErrLocal.
func Local(l LocalSystem) (System, error) {
	z, ok := zoneOf(l.BaseSRID)
	for _, v := range []float64{l.DxM, l.DyM, l.Rotation} {
		ok = ok && !math.IsNaN(v) && math.Abs(v) < 1e8
	}
	if !ok || l.Code == "" || !(l.Scale > 0.9 && l.Scale < 1.1) || math.Abs(l.Rotation) > math.Pi {
		return System{}, fmt.Errorf("%w: %s", ErrLocal, l.Code)
	}
	return System{family: local, zone: z, own: l}, nil
}

// Systems are those that the service offers, CRS84 first: 4326, 4490, 3857, the zones of three degrees, GCJ-02 and BD-09.
func Systems() []System {
	all := []System{{}, {srid: 4326}, {srid: 4490}, {family: mercator, srid: 3857}}
	for srid := 4513; srid <= 4554; srid++ {
		z, _ := zoneOf(srid)
		all = append(all, System{family: gauss, srid: srid, zone: z})
	}
	return append(all, System{family: gcj02}, System{family: bd09})
}

// Our own identifiers of what no registry has.
const (
	gcjURI   = "urn:wangge:def:crs:gcj02"
	bdURI    = "urn:wangge:def:crs:bd09"
	localURI = "urn:wangge:def:crs:"
)

// Code is a short name: CRS84, EPSG:4549, GCJ-02, BD-09, or the code of a city's own system.
func (s System) Code() string {
	switch {
	case s.srid != 0:
		return "EPSG:" + strconv.Itoa(s.srid)
	case s.family == gcj02:
		return "GCJ-02"
	case s.family == bd09:
		return "BD-09"
	case s.family == local:
		return s.own.Code
	}
	return "CRS84"
}

// SRID is the number of the system in EPSG, 0 where it has none (CRS84 too, whose axes are turned).
func (s System) SRID() int { return s.srid }

// URI is the identifier that OGC API sends.
func (s System) URI() string {
	switch {
	case s.srid != 0:
		return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(s.srid)
	case s.family == gcj02:
		return gcjURI
	case s.family == bd09:
		return bdURI
	case s.family == local:
		return localURI + s.own.Code
	}
	return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
}

// Title names the system in both languages.
func (s System) Title() (zh, en string) {
	switch s.family {
	case gcj02:
		return "GCJ-02（高德、腾讯地图）", "GCJ-02 (Amap, Tencent)"
	case bd09:
		return "BD-09（百度地图）", "BD-09 (Baidu)"
	case mercator:
		return "Web 墨卡托", "Web Mercator"
	case local:
		return s.own.TitleZh, s.own.TitleE
	case gauss:
		return s.zone.title(s.srid)
	}
	switch s.srid {
	case 4326:
		return "WGS 84 经纬度（纬度在前）", "WGS 84, latitude first"
	case 4490:
		return "CGCS2000 经纬度（纬度在前）", "CGCS2000, latitude first"
	}
	return "CGCS2000 / WGS 84 经纬度（经度在前）", "CGCS2000 / WGS 84, longitude first"
}

func (z zone) title(srid int) (zh, en string) {
	width := 3
	if srid < 4513 {
		width = 6
	}
	if number := int(z.falseEastingM / 1e6); number > 0 {
		return fmt.Sprintf("CGCS2000 %d 度带第 %d 带（东坐标带带号）", width, number), fmt.Sprintf("CGCS2000 / %d-degree Gauss-Kruger zone %d", width, number)
	}
	return fmt.Sprintf("CGCS2000 %d 度带，中央经线 %g°（不带带号）", width, z.meridian), fmt.Sprintf("CGCS2000 / %d-degree Gauss-Kruger CM %gE", width, z.meridian)
}

// Northing tells whether the registry puts latitude or northing first.
func (s System) Northing() bool {
	return s.srid == 4326 || s.srid == 4490 || s.family == gauss
}

// Degrees tells whether coordinates are degrees; else they are metres.
func (s System) Degrees() bool { return s.family <= bd09 }

// Decimals is how many digits behind the point keep a millimetre and what the record stores.
func (s System) Decimals() int {
	if s.Degrees() {
		return 9
	}
	return 4
}
