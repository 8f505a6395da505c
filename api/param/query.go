package param

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// maxShown is how much of a caller's text is repeated in an answer, in bytes.
const maxShown = 60

// Query reads the parameters of a query one by one and keeps what is wrong with them until Err is asked.
type Query struct {
	values url.Values
	faults Faults
}

// Parse takes a raw query in which only the given names may appear, each once.
func Parse(raw string, names ...string) *Query {
	values, err := url.ParseQuery(raw)
	q := &Query{values: values}
	if err != nil {
		q.Fault("", "查询串无法解析", "the query cannot be parsed")
	}
	for _, name := range sortedKeys(values) {
		switch {
		case !slices.Contains(names, name):
			q.Fault(Shown(name), "没有这个参数", "there is no such parameter")
		case len(values[name]) > 1:
			q.Fault(name, "参数重复", "the parameter is repeated")
		}
	}
	return q
}

// Err is what was wrong so far, as Faults, or nil.
func (q *Query) Err() error {
	if len(q.faults) == 0 {
		return nil
	}
	return q.faults
}

// Fault notes a fault of a parameter.
func (q *Query) Fault(name, detail, detailEn string) {
	q.faults = append(q.faults, Fault{In: "query", Name: name, Detail: detail, DetailEn: detailEn})
}

// FaultAt notes a fault at a place of a parameter that is JSON, named by a JSON pointer.
func (q *Query) FaultAt(name, pointer, detail, detailEn string) {
	q.faults = append(q.faults, Fault{In: "query", Name: name, Pointer: pointer, Detail: detail, DetailEn: detailEn})
}

// Has tells whether a parameter was given, be it empty.
func (q *Query) Has(name string) bool { return q.values.Has(name) }

// Text reads a text of at most maxRunes characters; it is empty where none was given.
func (q *Query) Text(name string, maxRunes int) string {
	s := q.values.Get(name)
	switch {
	case !clean(s):
		q.Fault(name, "含有控制字符或不是 UTF-8", "has control characters or is not UTF-8")
	case utf8.RuneCountInString(s) > maxRunes:
		q.Fault(name, fmt.Sprintf("超过 %d 个字符", maxRunes), fmt.Sprintf("is longer than %d characters", maxRunes))
	default:
		return s
	}
	return ""
}

// OneOf reads a word of a list, or gives the first of it where none was given.
func (q *Query) OneOf(name string, words ...string) string {
	s := q.values.Get(name)
	if !q.Has(name) {
		return words[0]
	}
	if !slices.Contains(words, s) {
		list := strings.Join(words, ", ")
		q.Fault(name, "只能是 "+list, "must be one of "+list)
		return words[0]
	}
	return s
}

// Int reads a whole number of a range, or gives absent where none was given.
func (q *Query) Int(name string, absent, lowest, highest int) int {
	if !q.Has(name) {
		return absent
	}
	n, ok := Whole(q.values.Get(name))
	if !ok || n < int64(lowest) || n > int64(highest) {
		q.Fault(name, fmt.Sprintf("必须是 %d 到 %d 的整数", lowest, highest),
			fmt.Sprintf("must be a whole number from %d to %d", lowest, highest))
		return absent
	}
	return int(n)
}

// Revision reads the number of a transaction; it is 0 where none was given.
func (q *Query) Revision(name string) uint64 {
	if !q.Has(name) {
		return 0
	}
	n, ok := Natural(q.values.Get(name))
	if !ok || n == 0 {
		q.Fault(name, "必须是修订号（正整数）", "must be a revision (a positive whole number)")
	}
	return n
}

// LonLat reads a position from two parameters, both required.
func (q *Query) LonLat(lonName, latName string) orb.Point {
	lon, okLon := q.degrees(lonName, 180)
	lat, okLat := q.degrees(latName, 90)
	if !okLon || !okLat {
		return orb.Point{}
	}
	return orb.Point{lon, lat}
}

// degrees reads one required angle. One that is out of range for its axis is told in the words of package geo, which
// knows swapped pairs and metres when it sees them.
func (q *Query) degrees(name string, limit float64) (float64, bool) {
	if !q.Has(name) {
		q.Fault(name, "缺少参数", "is missing")
		return 0, false
	}
	v, ok := Decimal(q.values.Get(name))
	switch {
	case !ok:
		q.Fault(name, "必须是十进制的度数", "must be decimal degrees")
	case v < -limit || v > limit:
		q.Fault(name, fmt.Sprintf("超出 ±%g 度", limit), fmt.Sprintf("is outside ±%g degrees", limit))
		return 0, false
	}
	return v, ok
}

// BBox reads a box as west,south,east,north in degrees; ok is false where none was given.
func (q *Query) BBox(name string) (box orb.Bound, ok bool) {
	if !q.Has(name) {
		return orb.Bound{}, false
	}
	parts := strings.Split(q.values.Get(name), ",")
	var v [4]float64
	for i := range v {
		if len(parts) != len(v) {
			break
		}
		if v[i], ok = Decimal(parts[i]); !ok {
			break
		}
	}
	if !ok {
		q.Fault(name, "必须是 西,南,东,北 四个十进制度数", "must be west,south,east,north in decimal degrees")
		return orb.Bound{}, false
	}
	box = orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
	if detail, detailEn := boxFault(box); detail != "" {
		q.Fault(name, detail, detailEn)
		return orb.Bound{}, false
	}
	return box, true
}

func boxFault(b orb.Bound) (detail, detailEn string) {
	switch {
	case b.Min[0] < -180 || b.Max[0] > 180 || b.Max[0] < -180 || b.Min[0] > 180:
		return "经度超出 ±180 度", "longitude is outside ±180 degrees"
	case b.Min[1] < -90 || b.Max[1] > 90 || b.Max[1] < -90 || b.Min[1] > 90:
		return "纬度超出 ±90 度", "latitude is outside ±90 degrees"
	case b.Min[0] > b.Max[0]:
		return "西边大于东边（不支持跨 180 度经线）", "west is greater than east (boxes across the antimeridian are not supported)"
	case b.Min[1] > b.Max[1]:
		return "南边大于北边", "south is greater than north"
	}
	return "", ""
}

// CheckPlace notes as a fault of the two parameters what package geo finds suspicious about a position.
func (q *Query) CheckPlace(lonName, latName string, p orb.Point) {
	var fault *geo.Fault
	if err := geo.CheckLonLat(p[0], p[1]); errors.As(err, &fault) {
		q.Fault(lonName+","+latName, fault.Code.Title(), fault.Code.TitleEn())
	}
}

// Shown makes a caller's text fit to be repeated: valid, without control characters, short.
func Shown(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	if len(s) <= maxShown {
		return s
	}
	cut := maxShown
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// clean tells whether a text is valid and has no control characters.
func clean(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

func sortedKeys(values url.Values) []string {
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
