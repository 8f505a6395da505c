package layers

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Fault is one thing wrong with what somebody wants to write: a JSON pointer into the feature, and why in both languages.
type Fault struct {
	Pointer string // such as /properties/slope or /geometry/coordinates/0/3
	Zh, En  string
}

// Faults are all things wrong with a feature. They are an error.
type Faults []Fault

// ErrInvalid says that a feature is not as the catalogue wants it. The error itself is Faults. HTTP 422.
var ErrInvalid = errors.New("not a feature of the layer")

// Is tells that faults are an ErrInvalid.
func (f Faults) Is(target error) bool { return target == ErrInvalid }

// Error lists the faults in English.
func (f Faults) Error() string {
	parts := make([]string, len(f))
	for i, one := range f {
		parts[i] = one.Pointer + ": " + one.En
	}
	return strings.Join(parts, "; ")
}

// OrNil is the faults as an error, or nil where there are none.
func (f Faults) OrNil() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f *Faults) add(field, zh, en string) {
	*f = append(*f, Fault{"/properties/" + pointerPart(field), zh, en})
}

// pointerPart escapes a name for a JSON pointer.
func pointerPart(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// Range bounds the numbers of a field, beside the CHECK constraint of its column.
type Range struct {
	Min, Max         float64
	MinOpen, MaxOpen bool // the bound itself is outside
}

// The integers that columns of two and of four bytes hold.
const (
	maxSmall = 1<<15 - 1
	maxInt   = 1<<31 - 1
)

// between is a range with both its ends.
func between(least, most float64) *Range { return &Range{Min: least, Max: most} }

// count is a number of things, up to what its column holds.
func count(most float64) *Range { return between(0, most) }

// under is a range of measures: from 0, itself outside if so said, to below most.
func under(most float64, positive bool) *Range {
	return &Range{Max: most, MinOpen: positive, MaxOpen: true}
}

// Has tells whether a number is within.
func (r *Range) Has(x float64) bool {
	return (x > r.Min || x == r.Min && !r.MinOpen) && (x < r.Max || x == r.Max && !r.MaxOpen)
}

// says describes the range.
func (r *Range) says() (zh, en string) {
	least, leastEn, most, mostEn := "不小于", "at least", "不大于", "at most"
	if r.MinOpen {
		least, leastEn = "大于", "more than"
	}
	if r.MaxOpen {
		most, mostEn = "小于", "less than"
	}
	return fmt.Sprintf("须%s %.10g、%s %.10g", least, r.Min, most, r.Max), fmt.Sprintf("must be %s %.10g and %s %.10g", leastEn, r.Min, mostEn, r.Max)
}

// Order says that one day may not come before another of the same feature.
type Order struct{ First, Then string }

// What a value may be at most. Text is in an index where it is a code or a key, and an index entry has less than 2,700 bytes.
const (
	MaxText        = 800   // characters of a text
	MaxCode        = 64    // characters of a code or of the name of its scheme
	MaxObjectBytes = 10000 // of an object, as JSON
	MaxObjectKeys  = 100   // of an object, and elements of a list in it
	MaxObjectDepth = 8
)

// MaxLength is how many characters a text of the field may have.
func (f *Field) MaxLength() int {
	if strings.HasSuffix(f.Name, "code") || strings.HasPrefix(f.Name, "code") || strings.HasSuffix(f.Name, "_dept") {
		return MaxCode
	}
	return MaxText
}

// Check holds typed values (string, int64, float64, bool, time.Time, map[string]any, nil for none, by name of the field) against the catalogue:
// types, enumerations, ranges, lengths, rules across fields, and with required that nothing is missing. It changes nothing. Values of fields that
// are not written (read-only, derived, unknown) are faults. Read makes typed values of JSON.
func (l *Layer) Check(values map[string]any, required bool) Faults {
	var faults Faults
	for i := range l.Fields {
		f := &l.Fields[i]
		v, given := values[f.Name]
		switch {
		case v == nil:
			if f.Required && (required || given) {
				faults.add(f.Name, "必填", "is required")
			}
		case !f.Writable():
			faults.add(f.Name, "由系统维护，不能填写", "is kept by the record and cannot be written")
		default:
			if zh, en := f.wrong(v); en != "" {
				faults.add(f.Name, zh, en)
			}
		}
	}
	var unknown []string
	for name := range values {
		if l.Field(name) == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		faults.add(name, "图层没有这个字段", "the layer has no such field")
	}
	return append(faults, l.checkOrder(values)...)
}

// Writable tells whether people write the field; the others are kept by the record or computed.
func (f *Field) Writable() bool { return !f.ReadOnly && f.Derive == nil }

// checkOrder finds days that come before those that they follow.
func (l *Layer) checkOrder(values map[string]any) (faults Faults) {
	for _, o := range l.Orders {
		first, ok := values[o.First].(time.Time)
		then, too := values[o.Then].(time.Time)
		if ok && too && then.Before(first) {
			f := l.Field(o.First)
			faults.add(o.Then, "不能早于"+f.Title.Zh, "cannot be before "+o.First)
		}
	}
	return faults
}

// wrong says what is wrong with a typed value, or nothing.
func (f *Field) wrong(value any) (zh, en string) {
	switch v := value.(type) {
	case string:
		return f.wrongText(v)
	case int64:
		if f.Type == Integer {
			return f.wrongNumber(float64(v))
		}
		if f.Type == Number {
			return f.wrongNumber(float64(v))
		}
	case float64:
		if f.Type == Number {
			return f.wrongNumber(v)
		}
	case bool:
		if f.Type == Boolean {
			return "", ""
		}
	case time.Time:
		if f.Type == Time || f.Type == Date {
			return wrongYear(v)
		}
	case map[string]any:
		if f.Type == Object {
			return f.wrongObject(v)
		}
	}
	return wrongType(f.Type)
}

// wrongYear keeps days to years of four digits.
func wrongYear(t time.Time) (zh, en string) {
	if t.Year() < 1 || t.Year() > 9999 {
		return "年份须在 1 到 9999 之间", "the year must be between 1 and 9999"
	}
	return "", ""
}

func (f *Field) wrongText(s string) (zh, en string) {
	switch {
	case f.Type == Enum && !f.Has(s):
		codes := make([]string, len(f.Values))
		for i, v := range f.Values {
			codes[i] = v.Code
		}
		list := strings.Join(codes, ", ")
		return "只能是 " + list, "must be one of " + list
	case f.Type == Enum:
		return "", ""
	case f.Type != String:
		return wrongType(f.Type)
	case !utf8.ValidString(s):
		return "不是 UTF-8 文本", "is not UTF-8"
	case strings.ContainsFunc(s, isControl):
		return "含有控制字符", "has control characters"
	}
	if most := f.MaxLength(); utf8.RuneCountInString(s) > most {
		return fmt.Sprintf("至多 %d 个字符", most), fmt.Sprintf("has more than %d characters", most)
	}
	return "", ""
}

// isControl finds characters that no text needs; lines and tabs may be in notes.
func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }

func (f *Field) wrongNumber(x float64) (zh, en string) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "须为有限的数", "must be a finite number"
	}
	if f.Range != nil && !f.Range.Has(x) {
		return f.Range.says()
	}
	return "", ""
}

// wrongType says what type is wanted.
func wrongType(t Type) (zh, en string) {
	switch t {
	case String, Enum:
		return "须为文本", "must be a text"
	case Integer:
		return "须为整数", "must be a whole number"
	case Number:
		return "须为数", "must be a number"
	case Boolean:
		return "须为 true 或 false", "must be true or false"
	case Date:
		return "须为日期，如 2026-01-31", "must be a day such as 2026-01-31"
	case Time:
		return "须为时刻（RFC 3339）", "must be an instant of RFC 3339"
	}
	return "须为 JSON 对象", "must be a JSON object"
}
