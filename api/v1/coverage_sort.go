package v1

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wangge/api/param"
	"wangge/grid/coverage"
)

// coverageSorts are the fields that tables are sorted by. A field may be followed by a radius, such as share:300.
func coverageSorts() []string {
	return []string{"code", "name", "area", "share", "uncovered", "population", "uncovered_population", "road", "facilities"}
}

// mostUncovered is the usual order: where the most ground is out of reach first.
const mostUncovered = "-uncovered"

// rowOrder is how a table is sorted; rows that are alike are by code.
type rowOrder struct {
	field   string
	radius  int // place in the list of radii
	descend bool
}

// readOrder reads the parameter sort: a field with its sign.
func readOrder(q *param.Query, radii []uint32) rowOrder {
	text := mostUncovered
	if q.Has("sort") {
		text = q.Text("sort", maxCodeRunes)
	}
	o := rowOrder{radius: len(radii) - 1}
	o.descend = strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	text = strings.TrimPrefix(text, " ") // a plus sign that was not written %2B
	field, radius, given := strings.Cut(text, ":")
	if o.field = field; !slices.Contains(coverageSorts(), field) {
		list := strings.Join(coverageSorts(), ", ")
		q.Fault("sort", "只能按 "+list, "must be one of "+list)
	}
	if given {
		n, _ := param.Natural(radius)
		if o.radius = slices.Index(radii, uint32(min(n, 1<<31))); o.radius < 0 {
			q.Fault("sort", "冒号后须为所求半径之一", "the radius behind the colon must be one of those asked for")
			o.radius = 0
		}
	}
	return o
}

// rowKey is what a row is sorted by. It is also what a cursor holds: pages stay in step when rows come and go between them.
type rowKey struct {
	Unknown bool    `json:"u,omitempty"` // no share, no people: always last
	Number  float64 `json:"n,omitempty"`
	Text    string  `json:"t,omitempty"`
	Code    string  `json:"c"`
}

func (o rowOrder) key(r *coverage.Row) rowKey {
	k := rowKey{Code: r.Code}
	known := true
	switch o.field {
	case "name":
		k.Text = keyText(r.Name)
	case "area":
		k.Number = r.AreaM2
	case "share":
		k.Number, known = r.Share(o.radius)
	case "uncovered":
		k.Number = r.UncoveredM2(o.radius)
	case "population":
		if known = r.Population != nil; known {
			k.Number = r.Population.Total
		}
	case "uncovered_population":
		if known = r.Population != nil; known {
			k.Number = max(0, r.Population.Total-r.Population.NoNetwork-r.Population.Covered[o.radius])
		}
	case "road":
		k.Number = r.RoadM.Total
	case "facilities":
		k.Number = float64(r.Facilities)
	}
	k.Unknown = !known
	return k
}

func (o rowOrder) compare(a, b rowKey) int {
	switch {
	case a.Unknown != b.Unknown:
		if a.Unknown {
			return 1
		}
		return -1
	case o.field == "code":
		if o.descend {
			return strings.Compare(b.Code, a.Code)
		}
		return strings.Compare(a.Code, b.Code)
	}
	c := cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Text, b.Text))
	if o.descend {
		c = -c
	}
	return cmp.Or(c, strings.Compare(a.Code, b.Code))
}

// page is what of rows comes after a key, in order, as places in the list, and the cursor of what comes after that. limit is 0 for all.
func (o rowOrder) page(rows []coverage.Row, after *rowKey, limit int) (places []int, next *string) {
	keys := make([]rowKey, len(rows))
	places = make([]int, 0, len(rows))
	for i := range rows {
		if keys[i] = o.key(&rows[i]); after == nil || o.compare(keys[i], *after) > 0 {
			places = append(places, i)
		}
	}
	slices.SortFunc(places, func(a, b int) int { return o.compare(keys[a], keys[b]) })
	if limit == 0 || len(places) <= limit {
		return places, nil
	}
	places = places[:limit]
	return places, cursorOf(keys[places[limit-1]])
}

func cursorOf(k rowKey) *string {
	text, err := json.Marshal(k)
	if err != nil {
		return nil // keys are finite numbers and texts
	}
	next := param.Cursor(string(text))
	return &next
}

// readRowCursor reads a cursor; nil for none.
func readRowCursor(q *param.Query) *rowKey {
	text := q.Cursor("cursor")
	if text == "" {
		return nil
	}
	var k rowKey
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&k) != nil || k.Code == "" {
		q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		return nil
	}
	return &k
}

// text names an order, for tags.
func (o rowOrder) text() string {
	return o.field + ":" + strconv.Itoa(o.radius) + strconv.FormatBool(o.descend)
}
