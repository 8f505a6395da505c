package grid

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What is wrong with a code.
var (
	// ErrPattern: a pattern that makes no codes.
	ErrPattern = errors.New("not a code pattern")
	// ErrCode: a text that is no code of a pattern.
	ErrCode = errors.New("not a code of this scheme")
	// ErrSequence: a number that has more digits than the pattern has room for.
	ErrSequence = errors.New("no number left in the code pattern")
)

// CodePattern is how the codes of a scheme are made: segments of digits, one after the other, those of divisions first.
type CodePattern []Segment

// Segment is a part of a code.
type Segment struct {
	Name       string `json:"name"`
	Length     int    `json:"length"`
	RegionKind string `json:"region_kind,omitempty"` // the digits are those that a division of this kind adds to its parent's code
}

// maxDigits is the longest code, and the longest segment is shorter than an int64.
const (
	maxDigits        = 40
	maxSegmentDigits = 18
)

// Validate tells whether the pattern makes codes: segments of digits, divisions first, then one running number.
func (p CodePattern) Validate() error {
	if len(p) == 0 {
		return fmt.Errorf("%w: it has no segment", ErrPattern)
	}
	total := 0
	for i, s := range p {
		if s.Name == "" || s.Length < 1 || s.Length > maxSegmentDigits {
			return fmt.Errorf("%w: segment %d %q has %d digits", ErrPattern, i+1, s.Name, s.Length)
		}
		if last := i == len(p)-1; last != (s.RegionKind == "") {
			return fmt.Errorf("%w: segment %q: divisions come first, then one running number", ErrPattern, s.Name)
		}
		total += s.Length
	}
	if total > maxDigits {
		return fmt.Errorf("%w: %d digits", ErrPattern, total)
	}
	return nil
}

// Digits is the length of a code.
func (p CodePattern) Digits() int {
	n := 0
	for _, s := range p {
		n += s.Length
	}
	return n
}

// regionDigits is the length of the division's part.
func (p CodePattern) regionDigits() int { return p.Digits() - p[len(p)-1].Length }

// RegionKind is the kind of the division that a code is given in; "" for a pattern of a running number alone.
func (p CodePattern) RegionKind() string {
	if len(p) < 2 {
		return ""
	}
	return p[len(p)-2].RegionKind
}

// Code is a code taken to pieces.
type Code struct {
	Region   string // code of the division, "" where the pattern has none
	Sequence string // with leading zeros
}

// String is the code in one piece.
func (c Code) String() string { return c.Region + c.Sequence }

// Parse takes a code to pieces, or answers ErrCode. The pattern must be valid.
func (p CodePattern) Parse(s string) (Code, error) {
	if len(s) != p.Digits() {
		return Code{}, fmt.Errorf("%w: %q has %d characters, not %d", ErrCode, clip(s), len(s), p.Digits())
	}
	if strings.Trim(s, "0123456789") != "" {
		return Code{}, fmt.Errorf("%w: %q is not made of digits", ErrCode, clip(s))
	}
	n := p.regionDigits()
	return Code{Region: s[:n], Sequence: s[n:]}, nil
}

// Format makes the code of a number in a division. Errors: ErrCode for a division whose code does not fit, ErrSequence for a number
// below one or with too many digits. The pattern must be valid.
func (p CodePattern) Format(region string, sequence int) (Code, error) {
	if len(region) != p.regionDigits() || strings.Trim(region, "0123456789") != "" {
		return Code{}, fmt.Errorf("%w: division %q, %d digits wanted", ErrCode, clip(region), p.regionDigits())
	}
	width := p[len(p)-1].Length
	digits := strconv.Itoa(sequence)
	if sequence < 1 || len(digits) > width {
		return Code{}, fmt.Errorf("%w: %d in %d digits", ErrSequence, sequence, width)
	}
	return Code{Region: region, Sequence: strings.Repeat("0", width-len(digits)) + digits}, nil
}

// clip keeps what is quoted in an error short.
func clip(s string) string {
	if len(s) > maxDigits {
		return s[:maxDigits] + "…"
	}
	return s
}
