package selection

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wangge/api/param"
	"wangge/geo/datum"
	"wangge/layers"
	"wangge/layers/cql2"
	"wangge/layers/postgres"
)

// Bounds of what one can ask for.
const (
	maxIDs    = 1000
	maxText   = 16 << 10 // characters; who reads them knows how long they may be
	maxValue  = 500      // characters of a value to compare with
	maxName   = 64       // characters of a code
	allFields = 64       // names in a list
)

// Caller is what reading depends on besides the request.
type Caller struct {
	Internal bool           // may see internal fields
	Zone     *time.Location // of the city
	Now      time.Time
	Systems  *Systems // nil: none of the city's own
}

// Wanted is what a request wants.
type Wanted struct {
	postgres.Selection
	Shown []*layers.Field // the properties to show, derived ones among them, in catalogue order
}

// Plain tells whether everything is wanted that there is now.
func (w *Wanted) Plain() bool {
	s := &w.Selection
	return s.BBox == nil && s.Area == nil && s.Filter == nil && s.Where == nil && s.IDs == nil && s.Grid == nil && s.Region == "" && s.At.IsZero() && s.Since.IsZero()
}

// Names are the parameters that Read knows, those of the layer's fields among them.
func Names(l *layers.Layer, internal bool) []string {
	names := Fixed()
	for _, f := range postgres.Queryables(l, internal) {
		names = append(names, f.Name)
	}
	return names
}

// Fixed are the parameters that Read knows for every layer.
func Fixed() []string {
	return []string{"bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "sortby", "properties", "ids", "grid", "region"}
}

// Read reads what is wanted of a layer. Faults stay with the query.
func Read(q *param.Query, l *layers.Layer, c Caller) Wanted {
	w := Wanted{Selection: postgres.Selection{Internal: c.Internal}}
	readBox(q, c, &w.Selection)
	readTime(q, c, &w.Selection)
	readFilter(q, c, &w.Selection)
	readSort(q, l, &w.Selection)
	readProperties(q, l, &w)
	readIDs(q, &w.Selection)
	readGrid(q, &w.Selection)
	if w.Region = q.Text("region", maxName); q.Has("region") && w.Region == "" {
		q.Fault("region", "须为区域代码", "must be the code of a region")
	}
	for _, f := range postgres.Queryables(l, c.Internal) {
		if q.Has(f.Name) && !slices.Contains(Fixed(), f.Name) {
			readEqual(q, f, &w.Selection)
		}
	}
	return w
}

func readFilter(q *param.Query, c Caller, s *postgres.Selection) {
	lang := q.OneOf("filter-lang", "cql2-text", "cql2-json")
	system := c.Systems.Read(q, "filter-crs")
	if !q.Has("filter") {
		return
	}
	text := q.Text("filter", maxText)
	if q.Err() != nil {
		return
	}
	var err error
	if lang == "cql2-json" {
		s.Filter, err = cql2.ParseJSON([]byte(text))
	} else {
		s.Filter, err = cql2.Parse(text)
	}
	if err != nil {
		Fault(q, err)
		return
	}
	s.Shape = shapeOf(system)
}

// Fault notes what is wrong with a filter, or with the cursor, where err is about one of them. It tells whether it is.
func Fault(q *param.Query, err error) bool {
	var wrong *cql2.Error
	switch {
	case errors.As(err, &wrong):
		filterFault(q, wrong)
	case errors.Is(err, datum.ErrOutside):
		q.Fault("filter", "坐标超出 filter-crs 的适用范围", "has coordinates outside the area of filter-crs")
	case errors.Is(err, postgres.ErrCursor):
		q.Fault("cursor", "不是这一查询的游标", "is no cursor of this query")
	default:
		return false
	}
	return true
}

// filterFault says where a filter is wrong: by character, and in JSON by the pointer of the value too.
func filterFault(q *param.Query, wrong *cql2.Error) {
	zh, en := fmt.Sprintf("第 %d 个字符", wrong.At), fmt.Sprintf("at character %d", wrong.At)
	if wrong.Pointer != "" {
		zh, en = zh+"（"+wrong.Pointer+"）", en+" ("+wrong.Pointer+")"
	}
	q.FaultAt("filter", wrong.Pointer, zh+"："+wrong.Zh, en+": "+wrong.En)
}

// list reads names with commas between them.
func list(q *param.Query, name string, most int) []string {
	if !q.Has(name) {
		return nil
	}
	names := strings.Split(q.Text(name, maxText), ",")
	if len(names) > most {
		q.Fault(name, fmt.Sprintf("最多 %d 项", most), fmt.Sprintf("takes at most %d", most))
		return nil
	}
	return names
}

// readSort reads +name,-capacity. A plus in a query is a space where it was not escaped.
func readSort(q *param.Query, l *layers.Layer, s *postgres.Selection) {
	sortable := postgres.Sortables(l, s.Internal)
	var seen []string
	for _, item := range list(q, "sortby", postgres.MaxSortKeys) {
		name, down := strings.CutPrefix(item, "-")
		if !down {
			name = strings.TrimLeft(item, "+ ")
		}
		i := slices.IndexFunc(sortable, func(f *layers.Field) bool { return f.Name == name })
		switch {
		case slices.Contains(seen, name):
			q.Fault("sortby", "字段“"+param.Shown(name)+"”重复", "names "+param.Shown(name)+" twice")
		case name == "id":
			s.Sort = append(s.Sort, postgres.SortKey{Down: down})
		case i < 0:
			q.Fault("sortby", "不能按“"+param.Shown(name)+"”排序", "cannot sort by "+quote(name))
		default:
			s.Sort = append(s.Sort, postgres.SortKey{Field: sortable[i], Down: down})
		}
		seen = append(seen, name)
	}
}

func quote(name string) string { return fmt.Sprintf("%q", param.Shown(name)) }

// readProperties reads which properties are shown. Derived ones need the columns that they are computed from, so all are read then.
func readProperties(q *param.Query, l *layers.Layer, w *Wanted) {
	names := list(q, "properties", allFields)
	derived := false
	for i := range l.Fields {
		f := &l.Fields[i]
		if f.Access == layers.Public || w.Internal {
			if !q.Has("properties") || slices.Contains(names, f.Name) {
				w.Shown, derived = append(w.Shown, f), derived || f.Derive != nil
			}
		}
	}
	for _, name := range names {
		if name == "" && len(names) == 1 { // no properties at all
			continue
		}
		if f := l.Field(name); f == nil || f.Access != layers.Public && !w.Internal {
			q.Fault("properties", "没有字段“"+param.Shown(name)+"”", "there is no property "+quote(name))
		}
	}
	if !q.Has("properties") || derived {
		return
	}
	w.Fields = append([]*layers.Field{}, w.Shown...)
}

func readIDs(q *param.Query, s *postgres.Selection) {
	for _, text := range list(q, "ids", maxIDs) {
		n, ok := param.Natural(text)
		if !ok || n > math.MaxInt64 {
			q.Fault("ids", "须为逗号分隔的编号", "must be numbers with commas between them")
			return
		}
		s.IDs = append(s.IDs, int64(n))
	}
}

func readGrid(q *param.Query, s *postgres.Selection) {
	if !q.Has("grid") {
		return
	}
	scheme, code, ok := strings.Cut(q.Text("grid", 2*maxName), ":")
	if !ok || scheme == "" || code == "" {
		q.Fault("grid", "须为 方案:代码，如 duty:Z-01", "must be scheme:code, such as duty:Z-01")
		return
	}
	s.Grid = &postgres.GridName{Scheme: scheme, Code: code}
}

// readEqual reads the value that a field has to have.
func readEqual(q *param.Query, f *layers.Field, s *postgres.Selection) {
	text := q.Text(f.Name, maxValue)
	value, ok := valueOf(f, text)
	if !ok {
		q.Fault(f.Name, "不是“"+f.Title.Zh+"”的值", "is no value of "+f.Title.En)
		return
	}
	s.Where = append(s.Where, postgres.Equal{Field: f, Value: value})
}

// valueOf reads a value of a field.
func valueOf(f *layers.Field, text string) (value any, ok bool) {
	switch f.Type {
	case layers.String:
		return text, true
	case layers.Enum:
		for _, v := range f.Values {
			if v.Code == text || v.Label.Zh == text || v.Label.En == text {
				return v.Code, true
			}
		}
		return nil, false
	case layers.Integer:
		n, ok := param.Whole(text)
		return n, ok
	case layers.Number:
		x, ok := param.Decimal(text)
		return x, ok
	case layers.Boolean:
		return text == "true", text == "true" || text == "false"
	case layers.Date:
		day, err := time.Parse(time.DateOnly, text)
		return day, err == nil
	case layers.Time:
		at, err := time.Parse(time.RFC3339Nano, text)
		return at, err == nil
	}
	return nil, false
}

// readTime reads an instant, or an interval with open ends.
func readTime(q *param.Query, c Caller, s *postgres.Selection) {
	if !q.Has("datetime") {
		return
	}
	text := q.Text("datetime", maxName+maxName)
	from, until, interval := strings.Cut(text, "/")
	if !interval {
		s.At = past(q.Instant("datetime", c.Zone), c.Now)
		return
	}
	begin, okBegin := end(from, c.Zone, time.Unix(0, 0), true)
	finish, okFinish := end(until, c.Zone, time.Time{}, false)
	if !okBegin || !okFinish || from == ".." && until == ".." && text != "../.." {
		q.Fault("datetime", "时段须形如 2026-01-01/2026-01-31、../2026-01-31 或 2026-01-01/..", "an interval is such as 2026-01-01/2026-01-31, ../2026-01-31 or 2026-01-01/..")
		return
	}
	if !finish.IsZero() && finish.Before(begin) {
		q.Fault("datetime", "时段的止早于起", "the interval ends before it begins")
		return
	}
	s.Since, s.At = begin, past(finish, c.Now)
	if begin.After(c.Now) { // the future is now
		s.Since, s.At = time.Time{}, time.Time{}
	}
}

// past is an instant, or zero where it is not over.
func past(at, now time.Time) time.Time {
	if at.After(now) {
		return time.Time{}
	}
	return at
}

// end reads one end of an interval: "" and ".." are open.
func end(text string, zone *time.Location, open time.Time, first bool) (time.Time, bool) {
	if text == "" || text == ".." {
		return open, true
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil && first {
		return day, true
	}
	return param.Moment(text, zone)
}
