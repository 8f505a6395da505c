package ingest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"golang.org/x/text/width"

	"wangge/layers"
)

// This file reads positions as tables have them: two columns of numbers, WKT, GeoJSON in a cell, or "lon,lat;lon,lat".

// maxPositionText bounds the text of one position, in bytes.
const maxPositionText = 4 << 20

// coordinate reads a number of a position: decimal, or degrees, minutes and seconds.
func coordinate(s string) (float64, bool) {
	s = strings.TrimSpace(width.Fold.String(s))
	x, ok := number(strings.TrimSuffix(strings.TrimSuffix(s, "°"), "度"))
	if ok {
		return x, true
	}
	return sexagesimal(s)
}

// sexagesimal reads 120°01′30.5″E, 120度1分30秒, 东经120°1'30".
func sexagesimal(s string) (float64, bool) {
	s = strings.NewReplacer("东经", "", "北纬", "", "度", "°", "分", "'", "秒", `"`, "′", "'", "’", "'", "″", `"`, "”", `"`, "''", `"`, "E", "", "N", "", " ", "").Replace(s)
	degrees, rest, found := strings.Cut(s, "°")
	d, err := strconv.ParseUint(degrees, 10, 16)
	if !found || err != nil {
		return 0, false
	}
	minutes, rest, _ := strings.Cut(rest, "'")
	x := float64(d)
	for i, part := range []string{minutes, strings.TrimSuffix(rest, `"`)} {
		if part == "" {
			continue
		}
		v, ok := number(part)
		if !ok || v < 0 || v >= 60 {
			return 0, false
		}
		x += v / []float64{60, 3600}[i]
	}
	return x, true
}

// isBlankNumber tells whether a cell of a coordinate says that there is none: empty, a dash, or a zero that stands for it.
func isBlankNumber(s string) bool {
	s = strings.TrimSpace(s)
	x, ok := number(s)
	return s == "" || saysNothing(s) || ok && x == 0
}

// pointOf reads a position of two cells; nowhere tells that both are empty.
func pointOf(first, second string) (p orb.Point, nowhere bool, err error) {
	if isBlankNumber(first) && isBlankNumber(second) {
		return p, true, nil
	}
	x, ok1 := coordinate(first)
	y, ok2 := coordinate(second)
	if !ok1 || !ok2 || math.IsNaN(x) || math.IsNaN(y) {
		return p, false, refuse(BadPosition, fmt.Sprintf("%.40q, %.40q", first, second))
	}
	return orb.Point{x, y}, false, nil
}

// shapeOf reads a position that is a text; nowhere tells that it says nothing. kinds are those that the layer holds: a list of positions is a line or
// an area by them.
func shapeOf(s string, l *layers.Layer) (g orb.Geometry, nowhere bool, err error) {
	s = strings.TrimSpace(s)
	bad := func() error { return refuse(BadPosition, fmt.Sprintf("%.80q", s)) }
	switch {
	case saysNothing(s):
		return nil, true, nil
	case len(s) > maxPositionText:
		return nil, false, refuse(BadPosition, fmt.Sprintf("%d bytes", len(s)))
	case s[0] == '{' || s[0] == '[':
		g, err = jsonShape(s, l)
	case s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z':
		if _, after, found := strings.Cut(s, ";"); found && strings.HasPrefix(strings.ToUpper(s), "SRID=") {
			s = after
		}
		g, err = wkt.Unmarshal(s)
	default:
		g, err = listShape(s, l)
	}
	if err != nil || g == nil {
		return nil, false, bad()
	}
	if emptyShape(g) {
		return nil, true, nil
	}
	return g, false, nil
}

func emptyShape(g orb.Geometry) bool {
	_, has := firstPoint(g)
	return !has
}

// jsonShape reads a GeoJSON geometry, or a bare list of pairs.
func jsonShape(s string, l *layers.Layer) (orb.Geometry, error) {
	if s[0] == '{' {
		object, err := decodeShape([]byte(s))
		if err != nil {
			return nil, err
		}
		return object, nil
	}
	return listShape(strings.NewReplacer("],[", ";", "], [", ";", "[", "", "]", "").Replace(s), l)
}

// listShape reads "lon,lat;lon,lat" with any of the separators that people use.
func listShape(s string, l *layers.Layer) (orb.Geometry, error) {
	s = strings.NewReplacer("，", ",", "；", ";", "|", ";", "\n", ";", "\r", "", "、", ",").Replace(s)
	var points []orb.Point
	for _, pair := range strings.Split(s, ";") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		numbers := strings.FieldsFunc(pair, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if len(numbers) != 2 {
			return nil, fmt.Errorf("not a pair: %.40q", pair)
		}
		p, _, err := pointOf(numbers[0], numbers[1])
		if err != nil {
			return nil, err
		}
		points = append(points, p)
	}
	switch {
	case len(points) == 0:
		return nil, nil
	case len(points) == 1:
		return points[0], nil
	case l != nil && !l.Holds(layers.LineString) || len(points) > 3 && points[0] == points[len(points)-1] && l != nil && l.Holds(layers.Polygon):
		if points[0] != points[len(points)-1] {
			points = append(points, points[0])
		}
		return orb.Polygon{orb.Ring(points)}, nil
	}
	return orb.LineString(points), nil
}

func decodeShape(b []byte) (orb.Geometry, error) {
	var raw struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	return (&rawGeometry{kind: raw.Type, coordinates: raw.Coordinates, is: true}).read()
}
