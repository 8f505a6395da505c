package ledger

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wangge/grid"
)

var (
	dayWords   = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:\s*[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$`)
	dayDigits  = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	wholeFloat = regexp.MustCompile(`^(\d+)\.0+$`)
	exponent   = regexp.MustCompile(`^\d+(?:\.\d+)?[eE]\+?\d{1,2}$`)
)

// serials of days that a ledger can mean, 1990 to 2099: other numbers are none.
const (
	firstSerial   = 32874
	lastSerial    = 73050
	shift1904Days = 1462
)

// ReadDay reads a day of a cell: 2026-01-01, 2026/1/1, 2026.1.1, 2026年1月1日, 20260101, or Excel's number of a day. none is true for an empty cell
// and for words that say there is no such day: 长期, 至今.
func ReadDay(s string, date1904 bool) (day grid.Day, none, ok bool) {
	s = grid.Plain(s)
	switch s {
	case "", "-", "--", "/", "无", "长期", "长期有效", "至今", "现在", "永久", "无固定期限":
		return 0, true, true
	}
	m := dayWords.FindStringSubmatch(s)
	if m == nil {
		m = dayDigits.FindStringSubmatch(s)
	}
	if m != nil {
		y, _ := strconv.Atoi(m[1])
		mon, _ := strconv.Atoi(m[2])
		d, _ := strconv.Atoi(m[3])
		day, err := grid.ParseDay(time.Date(y, time.Month(mon), d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		exists := mon >= 1 && mon <= 12 && day.Time().Day() == d
		return day, false, err == nil && exists
	}
	serial, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false, false
	}
	if date1904 {
		serial += shift1904Days
	}
	if !(serial >= firstSerial && serial < lastSerial+1) {
		return 0, false, false
	}
	epoch := grid.DayOf(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC))
	return epoch + grid.Day(math.Floor(serial)), false, true
}

// ReadCode reads a code of a cell, as a number or as text: 370281001.0 and 3.70281001E+8 are 370281001.
func ReadCode(s string) string {
	s = grid.Plain(s)
	if m := wholeFloat.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	if exponent.MatchString(s) {
		if v, err := strconv.ParseFloat(s, 64); err == nil && v == math.Trunc(v) && v < 1<<53 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	return s
}

// separators part the names or phones that share a cell. A space parts phones only: names have spaces inside.
const separators = "、,;/|，；／\n"

// Split takes a cell with several values apart.
func Split(s string) []string {
	var parts []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

// SplitPhones takes a cell with several telephone numbers apart. 0532-82280000/8001 and the like stay: only what is a number by itself is one.
func SplitPhones(s string) (phones []string, ok bool) {
	s = ReadCode(s)
	if s == "" {
		return nil, true
	}
	if phone, ok := grid.CleanPhone(s); ok {
		return []string{phone}, true
	}
	parts := Split(s)
	if len(parts) < 2 {
		parts = strings.Fields(s)
	}
	if len(parts) < 2 {
		return nil, false
	}
	for _, p := range parts {
		phone, ok := grid.CleanPhone(ReadCode(p))
		if !ok {
			return nil, false
		}
		phones = append(phones, phone)
	}
	return phones, true
}

// NameKey is what remains of the name of a grid when the ways of writing it are taken out: 第01网格, 1号网格 and 网格一 are all #1, 阜安01网格 is 阜安#1.
// It is "" for a text without anything in it.
func NameKey(s string) string {
	s = strings.ToLower(ReadCode(s))
	for _, word := range []string{"责任网格", "单元网格", "管理网格", "网格", "编号", "第", "号", "个", "（示例）", "(示例)"} {
		s = strings.ReplaceAll(s, word, "\x00")
	}
	var words, number strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			number.WriteRune(r)
		case unicode.IsSpace(r) || r == 0 || strings.ContainsRune("-_.#()", r):
		default:
			words.WriteRune(r)
		}
	}
	text, n := words.String(), number.String()
	if n == "" {
		if head, value := chineseTail(text); value > 0 {
			text, n = head, strconv.Itoa(value)
		}
	}
	if n = strings.TrimLeft(n, "0"); n != "" {
		return text + "#" + n
	}
	return text
}

// chineseTail reads a number below a hundred in Chinese at the end of a text, 十二; 0 where there is none.
func chineseTail(s string) (head string, value int) {
	r := []rune(s)
	cut := len(r)
	for cut > 0 && strings.ContainsRune("一二三四五六七八九十", r[cut-1]) {
		cut--
	}
	tens, ones, hasTens := strings.Cut(string(r[cut:]), "十")
	if !hasTens {
		tens, ones = "", tens
	}
	t, okT := chineseDigit(tens)
	o, okO := chineseDigit(ones)
	switch {
	case !okT || !okO || cut == len(r):
		return s, 0
	case hasTens && tens == "":
		t = 1
	}
	return string(r[:cut]), 10*t + o
}

// chineseDigit reads one digit; nothing is 0.
func chineseDigit(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	i := strings.Index("一二三四五六七八九", s)
	return i/len("一") + 1, i >= 0 && len([]rune(s)) == 1
}
