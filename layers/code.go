package layers

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Codes of features as data: rows of code_scheme and code_class say how a new feature's code is made. Nothing else has to change when a city goes over
// to another standard: it adds a scheme, says by code_class which class each layer (or kind within it) has, and makes the scheme the current one.
// Old codes keep the scheme that they were given in.

// CodeScheme says how codes of one standard are made: its segments, one after the other, digits only.
type CodeScheme struct {
	Code     string
	Segments []CodeSegment
	Current  bool // new codes are made by it
}

// CodeSegment is a part of a code.
type CodeSegment struct {
	Name   string `json:"name"` // region, class or sequence
	Length int    `json:"length"`
}

// The segments that there are.
const (
	RegionSegment   = "region"   // the county's code of the divisions
	ClassSegment    = "class"    // of the component, major and minor
	SequenceSegment = "sequence" // the number within region and class
)

// CodeClass is the class of a layer's features in a scheme. AppliesTo names a kind (or a kind and layout, "motor/lot"; see Layer.Subject); "" is all.
type CodeClass struct {
	Scheme, Layer, AppliesTo, Class string
}

// Why a code cannot be made.
var (
	// ErrCodeScheme: the segments of a scheme are none that codes could be made of.
	ErrCodeScheme = errors.New("codes cannot be made by this scheme")
	// ErrCodesUsedUp: all numbers of a prefix were given.
	ErrCodesUsedUp = errors.New("the codes of this place and class are used up")
)

// maxCodeDigits keeps sequences within 64 bits.
const maxCodeDigits = 18

// Length is how many digits a code has.
func (s *CodeScheme) Length() (n int) {
	for _, g := range s.Segments {
		n += g.Length
	}
	return n
}

// Sequence is how many digits the number has; 0 where the scheme has no number at its end.
func (s *CodeScheme) Sequence() int {
	if len(s.Segments) == 0 || s.Segments[len(s.Segments)-1].Name != SequenceSegment {
		return 0
	}
	return s.Segments[len(s.Segments)-1].Length
}

// Fits tells whether a text is a code of the scheme: as many digits as its segments have together.
func (s *CodeScheme) Fits(code string) bool {
	return len(code) == s.Length() && strings.Trim(code, "0123456789") == ""
}

// Prefix is what all codes of a county and a class begin with. Its error is ErrCodeScheme.
func (s *CodeScheme) Prefix(county, class string) (string, error) {
	var b strings.Builder
	if n := s.Sequence(); n < 1 || n > maxCodeDigits {
		return "", fmt.Errorf("%w: %s has no sequence at its end", ErrCodeScheme, s.Code)
	}
	for _, g := range s.Segments[:len(s.Segments)-1] {
		part := map[string]string{RegionSegment: county, ClassSegment: class}[g.Name]
		if len(part) != g.Length || strings.Trim(part, "0123456789") != "" {
			return "", fmt.Errorf("%w: %s of %s is to have %d digits, not %q", ErrCodeScheme, g.Name, s.Code, g.Length, part)
		}
		b.WriteString(part)
	}
	return b.String(), nil
}

// Make is the code with a number. Its error is ErrCodesUsedUp.
func (s *CodeScheme) Make(prefix string, number int64) (string, error) {
	digits := strconv.FormatInt(number, 10)
	if number < 1 || len(digits) > s.Sequence() {
		return "", fmt.Errorf("%w: %s", ErrCodesUsedUp, prefix)
	}
	return prefix + strings.Repeat("0", s.Sequence()-len(digits)) + digits, nil
}

// Number is the number of a code with a prefix; 0 for what is none.
func (s *CodeScheme) Number(prefix, code string) int64 {
	digits, ok := strings.CutPrefix(code, prefix)
	if !ok || !s.Fits(code) {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Subjects are the names by which tables of thresholds and of classes mean a feature, narrow first: "motor/lot", "motor", "".
func (l *Layer) Subjects(values map[string]any) []string {
	subjects := []string{""}
	whole := ""
	for _, name := range l.Subject {
		part, _ := values[name].(string)
		if part == "" {
			break
		}
		whole = strings.TrimPrefix(whole+"/"+part, "/")
		subjects = append([]string{whole}, subjects...)
	}
	return subjects
}

// ClassOf finds the class of a feature in a scheme: that of the narrowest subject which has one.
func ClassOf(classes []CodeClass, scheme string, l *Layer, values map[string]any) (string, bool) {
	for _, subject := range l.Subjects(values) {
		for _, c := range classes {
			if c.Scheme == scheme && c.Layer == l.ID && c.AppliesTo == subject {
				return c.Class, true
			}
		}
	}
	return "", false
}
