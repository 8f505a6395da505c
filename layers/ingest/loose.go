package ingest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"wangge/layers"
)

// This file reads values as people write them in ledgers.

// unit is a unit of length or area in terms of the one that the record has.
type unit struct {
	name  string // as people choose it
	of    string // m or m2
	times float64
	words []string // other ways to write it, folded and in lower case
}

// muM2 is a 亩: a fifteenth of a hectare.
const muM2 = 10000.0 / 15

// units is a function over a constant table, so that nobody can change it.
func units() []unit {
	return []unit{
		{"m2", "m2", 1, []string{"㎡", "m²", "平方米", "平米", "平方", "sqm"}},
		{"亩", "m2", muM2, []string{"mu"}},
		{"公顷", "m2", 1e4, []string{"ha", "hm2", "hm²"}},
		{"km2", "m2", 1e6, []string{"km²", "平方公里", "平方千米"}},
		{"万平方米", "m2", 1e4, []string{"万m2", "万㎡", "万平米", "万平", "万m²"}},
		{"m", "m", 1, []string{"米", "metre", "metres", "meter"}},
		{"cm", "m", 0.01, []string{"厘米", "公分"}},
		{"mm", "m", 0.001, []string{"毫米"}},
		{"km", "m", 1000, []string{"公里", "千米"}},
	}
}

// unitNamed finds a unit of a dimension by any of its names; nil for none.
func unitNamed(of, name string) *unit {
	name = strings.ToLower(strings.TrimSpace(width.Fold.String(name)))
	for _, u := range units() {
		if u.of != of {
			continue
		}
		if u.name == name {
			return &u
		}
		for _, w := range u.words {
			if w == name {
				return &u
			}
		}
	}
	return nil
}

// UnitsOf lists the units that a field's numbers may be in.
func UnitsOf(f *layers.Field) []string {
	names := []string{}
	for _, u := range units() {
		if f.Unit != "" && u.of == f.Unit {
			names = append(names, u.name)
		}
	}
	return names
}

// flawed is a cell that cannot be taken as it is.
type flawed struct {
	code Code
	text string
}

// cellNumber is a number of a spreadsheet, which may have been a code once.
type cellNumber struct {
	text     string
	rounded  bool
	date1904 bool
}

// loose reads a value of a file as the type of a field, the way people write such values. bound is its comparator where the file has only a bound of
// the number (1000余, >50): > >= < <= ~.
func (m *Mapper) loose(f *layers.Field, value any, u *unit) (v any, bound string, err error) {
	switch x := value.(type) {
	case flawed:
		return nil, "", refuse(x.code, fmt.Sprintf("%s: %.80s", f.Name, x.text))
	case cellNumber:
		return m.looseCell(f, x, u)
	}
	s, isText := scalarText(value)
	if !isText || f.Type == layers.Object {
		v, err = fieldValue(f, value)
		return v, "", err
	}
	return m.looseText(f, s, u)
}

// looseCell reads a number of a spreadsheet.
func (m *Mapper) looseCell(f *layers.Field, n cellNumber, u *unit) (any, string, error) {
	switch f.Type {
	case layers.String, layers.Enum:
		if n.rounded {
			return nil, "", refuse(LostDigits, f.Name+": "+n.text)
		}
		return m.looseText(f, m.widened(f, n.text), u)
	case layers.Date:
		if t, ok := serialDay(n.text, n.date1904); ok {
			return t, "", nil
		}
	}
	return m.looseText(f, n.text, u)
}

// widened gives a number its leading zeros back, where the digits of the field's values are known.
func (m *Mapper) widened(f *layers.Field, s string) string {
	if digits := m.o.Widths[f.Name]; len(s) < digits && strings.Trim(s, "0123456789") == "" {
		return strings.Repeat("0", digits-len(s)) + s
	}
	return s
}

// Serials of days from 1950 to 2199, counted as spreadsheets do.
const (
	firstSerial   = 18264
	lastSerial    = 109574
	serial1904Day = 1462
)

func serialDay(s string, date1904 bool) (time.Time, bool) {
	x, err := strconv.ParseFloat(s, 64)
	if date1904 {
		x += serial1904Day
	}
	if err != nil || x < firstSerial || x >= lastSerial {
		return time.Time{}, false
	}
	return time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(x)), true
}

// scientific is what is left of a code that a spreadsheet program wrote as a number.
var scientific = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+[0-9]+$`)

// pointZero is a code that was a number once: 1.0.
var pointZero = regexp.MustCompile(`^[0-9]+\.0+$`)

// looseText reads a text.
func (m *Mapper) looseText(f *layers.Field, s string, u *unit) (v any, bound string, err error) {
	if s == "" {
		return nil, "", nil
	}
	bad := func() error { return refuse(BadValue, fmt.Sprintf("%s: %.80q", f.Name, s)) }
	if f.Type == layers.String {
		return m.looseString(f, s)
	}
	folded := fold(s)
	switch f.Type {
	case layers.Enum:
		if v, ok := looseEnum(f, folded); ok {
			return v, "", nil
		}
	case layers.Boolean:
		if v, ok := truth(folded); ok {
			return v, "", nil
		}
	case layers.Date:
		if v, ok := looseDay(folded); ok {
			return v, "", nil
		}
	case layers.Number, layers.Integer:
		if v, bound, ok := looseNumber(f, folded, u); ok {
			return v, bound, nil
		}
		if v, ok := typedValue(f, folded); ok && u == nil {
			return v, "", nil
		}
	default:
		if v, ok := typedValue(f, folded); ok {
			return v, "", nil
		}
	}
	if saysNothing(folded) {
		return nil, "", nil
	}
	return nil, "", bad()
}

// fold gives a text with signs of ordinary width and without spaces around it.
func fold(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.TrimSpace(s) // as nearly all are, and folding copies
	}
	return strings.TrimSpace(width.Fold.String(s))
}

// looseString reads a text; of codes only what stands for one.
func (m *Mapper) looseString(f *layers.Field, s string) (any, string, error) {
	if strings.HasSuffix(f.Name, "code") || strings.HasSuffix(f.Name, "_dept") {
		folded := fold(s)
		if scientific.MatchString(folded) {
			return nil, "", refuse(LostDigits, f.Name+": "+folded)
		}
		if pointZero.MatchString(folded) {
			folded = folded[:strings.IndexByte(folded, '.')]
		}
		s = folded
	}
	if saysNothing(s) {
		return nil, "", nil
	}
	if len(s) > maxText {
		return nil, "", refuse(BadValue, fmt.Sprintf("%s: %.80q", f.Name, s))
	}
	return s, "", nil
}

// saysNothing tells whether a text stands for no value.
func saysNothing(s string) bool {
	switch strings.ToLower(s) {
	case "", "/", "\\", "-", "--", "—", "——", "n/a", "#n/a", "na", "null", "无数据", "不详", "未知", "暂无", "待定", "无", "空":
		return true
	}
	return false
}

// looseEnum finds an enumeration's code by code or label, with or without what stands in brackets, or spaces.
func looseEnum(f *layers.Field, s string) (any, bool) {
	if v, ok := enumCode(f, s); ok {
		return v, true
	}
	key := enumKey(s)
	for _, v := range f.Values {
		if key != "" && (enumKey(v.Label.Zh) == key || enumKey(v.Label.En) == key) {
			return v.Code, true
		}
	}
	return nil, false
}

func enumKey(s string) string {
	name, _ := bare(strings.ToLower(width.Fold.String(s)))
	return strings.Join(strings.Fields(name), "")
}

// comparators are the words that make a bound of a number, the longer before the shorter.
var comparators = []struct{ word, sign string }{
	{"不少于", ">="}, {"不低于", ">="}, {"不小于", ">="}, {"至少", ">="}, {">=", ">="}, {"≥", ">="}, {"大于等于", ">="},
	{"不超过", "<="}, {"不大于", "<="}, {"不多于", "<="}, {"至多", "<="}, {"<=", "<="}, {"≤", "<="}, {"小于等于", "<="},
	{"大约", "~"}, {"约为", "~"}, {"约", "~"}, {"≈", "~"}, {"~", "~"}, {"左右", "~"}, {"上下", "~"},
	{"超过", ">"}, {"大于", ">"}, {"多于", ">"}, {"逾", ">"}, {"超", ">"}, {">", ">"},
	{"不足", "<"}, {"不到", "<"}, {"小于", "<"}, {"少于", "<"}, {"接近", "<"}, {"将近", "<"}, {"近", "<"}, {"<", "<"},
}

// bounders are the words behind a number that make a bound of it.
var bounders = []struct{ word, sign string }{
	{"及以上", ">="}, {"以上", ">="}, {"+", ">="}, {"及以下", "<="}, {"以下", "<="}, {"以内", "<="}, {"左右", "~"}, {"上下", "~"}, {"余", ">"}, {"多", ">"}, {"来", "~"},
}

// counters are the words that count things.
var counters = []string{"个", "座", "处", "泊位", "车位", "停车位", "蹲位", "厕位", "位", "辆", "间", "条", "道", "车道", "只", "台", "套", "人"}

// looseNumber reads a number with what people write around it: a comparator, thousands, 万, a unit or a counter.
func looseNumber(f *layers.Field, s string, u *unit) (v any, bound string, ok bool) {
	s = strings.ReplaceAll(s, " ", "")
	if f.Name == "slope" {
		v, ok = slope(s)
		return v, "", ok
	}
	for _, c := range comparators {
		if rest, found := strings.CutPrefix(s, c.word); found {
			s, bound = rest, c.sign
			break
		}
	}
	end := strings.LastIndexFunc(s, unicode.IsDigit) + 1
	if end == 0 {
		return nil, "", false
	}
	x, ok := plainNumber(s[:end])
	if !ok {
		return nil, "", false
	}
	own, sign, ok := tail(f, s[end:], &x)
	if !ok {
		return nil, "", false
	}
	if sign != "" {
		bound = sign
	}
	if own == nil {
		own = u
	}
	if own != nil {
		x *= own.times
	}
	if f.Type == layers.Integer {
		whole := math.Round(x)
		if math.Abs(whole-x) > 1e-6 || math.Abs(x) >= 1<<53 {
			return nil, "", false
		}
		return int64(whole), bound, true
	}
	return x, bound, true
}

// tail reads what stands behind a number's digits: 万, words that make a bound of it, a unit or a counter, in any sensible order.
func tail(f *layers.Field, rest string, x *float64) (own *unit, sign string, ok bool) {
	rest = strings.ToLower(rest)
	for rest != "" {
		if u := unitNamed(f.Unit, rest); u != nil && own == nil {
			return u, sign, true
		}
		before := rest
		for _, b := range bounders {
			if after, found := strings.CutPrefix(rest, b.word); found && sign == "" {
				sign, rest = b.sign, after
				break
			}
			if after, found := strings.CutSuffix(rest, b.word); found && sign == "" {
				sign, rest = b.sign, after
				break
			}
		}
		if after, found := strings.CutPrefix(rest, "万"); found {
			*x, rest = *x*1e4, after
		}
		for _, c := range counters {
			if rest == c && f.Unit == "" {
				rest = ""
			}
		}
		if rest == before {
			return nil, "", false
		}
	}
	return own, sign, true
}

// thousands is a number with commas between its thousands.
var thousands = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

func plainNumber(s string) (float64, bool) {
	if thousands.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	return number(s)
}

// looseDay reads a day: as day does, also with Chinese numerals, and with a weekday or a time behind it.
func looseDay(s string) (any, bool) {
	if v, ok := day(s); ok {
		return v, true
	}
	s, _ = bare(strings.NewReplacer("号", "日", "．", ".", "。", ".").Replace(s))
	if i := strings.Index(s, "日"); i >= 0 {
		s = s[:i+len("日")]
	}
	s = strings.ReplaceAll(s, " ", "")
	if v, ok := day(s); ok {
		return v, true
	}
	return day(arabic(s))
}

// arabic writes the Chinese numerals of a day in digits: 二〇二四年五月十二日 is 2024年5月12日.
func arabic(s string) string {
	const numerals = "零一二三四五六七八九"
	s = strings.NewReplacer("〇", "零", "○", "零").Replace(s)
	var b strings.Builder
	runes := []rune(s)
	isDigit := func(i int) bool {
		return i >= 0 && i < len(runes) && runes[i] != '零' && strings.ContainsRune(numerals, runes[i])
	}
	for i, r := range runes {
		n := strings.IndexRune(numerals, r)
		switch {
		case r == '十' && !isDigit(i-1) && !isDigit(i+1):
			b.WriteString("10")
		case r == '十' && !isDigit(i-1):
			b.WriteByte('1')
		case r == '十' && !isDigit(i+1):
			b.WriteByte('0')
		case r == '十':
		case n >= 0:
			b.WriteByte(byte('0' + n/len("零")))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
