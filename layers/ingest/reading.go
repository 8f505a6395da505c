package ingest

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// reading makes a field's value of a tag's, or nothing where it cannot be read.
type reading func(value string) (any, bool)

func words(value string) (any, bool) {
	value = clean(value)
	return value, value != "" && len(value) <= maxText
}

// when reads one value as another and no other.
func when(value string, as any) reading {
	return oneOf(map[string]any{value: as})
}

// unless reads every value but one as the same.
func unless(value string, as any) reading {
	return func(v string) (any, bool) { return as, v != value && v != "" }
}

// oneOf reads values by a table.
func oneOf(table map[string]any) reading {
	return func(value string) (any, bool) {
		v, ok := table[strings.ToLower(strings.TrimSpace(value))]
		return v, ok
	}
}

// yesNo reads what says yes or no, also with a detail ("limited", "both").
func yesNo(value string) (any, bool) {
	switch v := strings.ToLower(strings.TrimSpace(value)); v {
	case "yes", "true", "1", "both", "left", "right", "centre", "center", "contrasted", "24/7", "automatic", "designated":
		return true, true
	case "no", "false", "0", "none", "incorrect":
		return false, true
	}
	return nil, false
}

// always reads opening hours: only 24/7 says something about the night with certainty.
func always(value string) (any, bool) {
	value = strings.TrimSpace(value)
	return value == "24/7", value != ""
}

// whole reads an integer within bounds.
func whole(least, most int64) reading {
	return func(value string) (any, bool) {
		i, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		return i, err == nil && i >= least && i <= most
	}
}

// metres reads a length within bounds: "3.5", "3.5 m", "3 cm", "12'", `12'6"`, "40 ft". A comma may be the decimal sign.
func metres(least, most float64) reading {
	return func(value string) (any, bool) {
		x, ok := lengthM(value)
		return x, ok && x >= least && x <= most
	}
}

const feetM, inchM = 0.3048, 0.0254

func lengthM(value string) (float64, bool) {
	value = strings.TrimSpace(value)
	if feet, inches, found := strings.Cut(value, "'"); found {
		x, ok := number(feet)
		inches = strings.TrimSuffix(strings.TrimSpace(inches), `"`)
		y, ok2 := 0.0, true
		if inches != "" {
			y, ok2 = number(inches)
		}
		return x*feetM + y*inchM, ok && ok2
	}
	i := strings.LastIndexFunc(value, func(r rune) bool { return unicode.IsDigit(r) || r == '.' })
	x, ok := number(value[:i+1])
	switch strings.ToLower(strings.TrimSpace(value[i+1:])) {
	case "", "m", "metre", "metres", "meter", "meters", "米":
		return x, ok
	case "cm":
		return x / 100, ok
	case "mm":
		return x / 1000, ok
	case "km":
		return x * 1000, ok
	case "ft", "feet":
		return x * feetM, ok
	case `"`, "in":
		return x * inchM, ok
	}
	return 0, false
}

// number reads a finite decimal number; a single comma may be its decimal sign.
func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.ContainsAny(s, "xXpPnNiI_") { // hexadecimal, NaN, infinity
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && !math.IsInf(x, 0)
}

// slope reads an incline as rise over run, without its direction: "6%", "1:12", "5°", "0.08".
func slope(value string) (any, bool) {
	value = strings.TrimSpace(value)
	var x float64
	var ok bool
	switch {
	case strings.HasSuffix(value, "%"):
		x, ok = number(strings.TrimSuffix(value, "%"))
		x /= 100
	case strings.HasSuffix(value, "°"):
		x, ok = number(strings.TrimSuffix(value, "°"))
		x = math.Tan(x * math.Pi / 180)
	case strings.Contains(value, ":"):
		rise, run, _ := strings.Cut(value, ":")
		a, ok1 := number(rise)
		b, ok2 := number(run)
		x, ok = a/b, ok1 && ok2 && b != 0
	default:
		x, ok = number(value)
	}
	x = math.Abs(x)
	return x, ok && x < 1
}

// day reads a calendar day: 2024-05-01, 2024/5/1, 20240501, with or without a time behind it.
func day(value string) (any, bool) {
	value = strings.TrimSpace(value)
	if i := strings.IndexAny(value, "T "); i > 0 {
		value = value[:i]
	}
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1000 {
			return t, true
		}
	}
	return nil, false
}

// divisionCode reads a division's code and keeps its significant digits: 6 of a county, 9 of a street, 12 of a community.
func divisionCode(value string) (any, bool) {
	value = strings.TrimSpace(value)
	for _, r := range value {
		if r < '0' || r > '9' {
			return nil, false
		}
	}
	if len(value) == 12 {
		value = strings.TrimSuffix(value, "000")
	}
	if len(value) == 9 {
		value = strings.TrimSuffix(value, "000")
	}
	return value, len(value) == 6 || len(value) == 9 || len(value) == 12
}
