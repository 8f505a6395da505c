package v1

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wangge/api/param"
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

func (o rowOrder) key(r *coverageRow) rowKey {
	k := rowKey{Code: r.Code}
	known := true
	switch o.field {
	case "name":
		k.Text = keyText(r.Name)
	case "area":
		k.Number = r.AreaM2
	case "share":
		if share := r.CoveredShare[o.radius]; share != nil {
			k.Number = *share
		} else {
			known = false
		}
	case "uncovered":
		k.Number = r.uncoveredM2(o.radius)
	case "population":
		if known = r.Population != nil; known {
			k.Number = r.Population.Total
		}
	case "uncovered_population":
		k.Number, known = r.uncoveredPeople(o.radius)
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

// sort puts rows in order.
func (o rowOrder) sort(rows []coverageRow) {
	slices.SortFunc(rows, func(a, b coverageRow) int { return o.compare(o.key(&a), o.key(&b)) })
}

// page is what of sorted rows comes after a key, and the cursor of what comes after that.
func (o rowOrder) page(rows []coverageRow, after *rowKey, limit int) ([]coverageRow, *string) {
	if after != nil {
		first, _ := slices.BinarySearchFunc(rows, *after, func(r coverageRow, k rowKey) int {
			if o.compare(o.key(&r), k) <= 0 {
				return -1
			}
			return 1
		})
		rows = rows[first:]
	}
	if len(rows) <= limit {
		return rows, nil
	}
	rows = rows[:limit]
	return rows, o.cursor(&rows[limit-1])
}

func (o rowOrder) cursor(last *coverageRow) *string {
	text, err := json.Marshal(o.key(last))
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
