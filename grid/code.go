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

// CodePattern is how the codes of a scheme are made: segments of digits, one after the other. Those of divisions come first, then such as are the
// same in all of a net, then the running number.
type CodePattern []Segment

// Segment is a part of a code.
type Segment struct {
	Name       string `json:"name"`
	Length     int    `json:"length"`
	RegionKind string `json:"region_kind,omitempty"` // the digits are those that a division of this kind adds to its parent's code
	Value      string `json:"value,omitempty"`       // the digits of a segment that is the same in all of a net; without them as in the codes there are
}

// maxDigits is the longest code, and the longest segment is shorter than an int64.
const (
	maxDigits        = 40
	maxSegmentDigits = 18
)

// Validate tells whether the pattern makes codes: segments of digits, divisions first, one running number last.
func (p CodePattern) Validate() error {
	if len(p) == 0 {
		return fmt.Errorf("%w: it has no segment", ErrPattern)
	}
	total := 0
	for i, s := range p {
		last := i == len(p)-1
		switch {
		case s.Name == "" || s.Length < 1 || s.Length > maxSegmentDigits:
			return fmt.Errorf("%w: segment %d %q has %d digits", ErrPattern, i+1, clip(s.Name), s.Length)
		case last && (s.RegionKind != "" || s.Value != ""):
			return fmt.Errorf("%w: segment %q: a running number comes last", ErrPattern, clip(s.Name))
		case s.RegionKind != "" && (s.Value != "" || i > p.divisions()):
			return fmt.Errorf("%w: segment %q: divisions come first and have no value", ErrPattern, clip(s.Name))
		case s.Value != "" && (len(s.Value) != s.Length || !isDigits(s.Value)):
			return fmt.Errorf("%w: segment %q: its value has %d digits", ErrPattern, clip(s.Name), s.Length)
		}
		total += s.Length
	}
	if total > maxDigits {
		return fmt.Errorf("%w: %d digits", ErrPattern, total)
	}
	return nil
}

// divisions is how many segments are of divisions, before any other.
func (p CodePattern) divisions() int {
	for i, s := range p {
		if s.RegionKind == "" {
			return i
		}
	}
	return len(p)
}

// Digits is the length of a code.
func (p CodePattern) Digits() int { return widthOf(p) }

func widthOf(segments []Segment) (n int) {
	for _, s := range segments {
		n += s.Length
	}
	return n
}

// RegionDigits is the length of the division's part: that of the code of a division in which codes are given. 0 for a pattern without.
func (p CodePattern) RegionDigits() int { return widthOf(p[:p.divisions()]) }

// NamesDivisions tells whether the pattern makes codes, and whether these name the division that a grid lies in.
func (p CodePattern) NamesDivisions() bool { return p.Validate() == nil && p.RegionKind() != "" }

// RegionKind is the kind of the division that a code is given in; "" for a pattern without divisions.
func (p CodePattern) RegionKind() string {
	if n := p.divisions(); n > 0 {
		return p[n-1].RegionKind
	}
	return ""
}

// Code is a code taken to pieces.
type Code struct {
	Region   string // code of the division, "" where the pattern has none
	Net      string // the digits that are the same in all of a net, "" where the pattern has none
	Sequence string // with leading zeros
}

// String is the code in one piece.
func (c Code) String() string { return c.Region + c.Net + c.Sequence }

// Parse takes a code to pieces, or answers ErrCode. The pattern must be valid.
func (p CodePattern) Parse(s string) (Code, error) {
	if len(s) != p.Digits() {
		return Code{}, fmt.Errorf("%w: %q has %d characters, not %d", ErrCode, clip(s), len(s), p.Digits())
	}
	if !isDigits(s) {
		return Code{}, fmt.Errorf("%w: %q is not made of digits", ErrCode, clip(s))
	}
	region, last := p.RegionDigits(), len(s)-p[len(p)-1].Length
	c := Code{Region: s[:region], Net: s[region:last], Sequence: s[last:]}
	if rest := c.Net; rest != "" {
		for _, segment := range p[p.divisions() : len(p)-1] {
			if segment.Value != "" && !strings.HasPrefix(rest, segment.Value) {
				return Code{}, fmt.Errorf("%w: %q: %s is %s", ErrCode, clip(s), segment.Name, segment.Value)
			}
			rest = rest[segment.Length:]
		}
	}
	return c, nil
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Format makes the code of a number in a division; digits of the net that the pattern does not say are zeros. Errors: ErrCode for a division whose
// code does not fit, ErrSequence for a number below one or with too many digits. The pattern must be valid.
func (p CodePattern) Format(region string, sequence int) (Code, error) {
	var net strings.Builder
	for _, s := range p[p.divisions() : len(p)-1] {
		net.WriteString(s.Value + strings.Repeat("0", s.Length-len(s.Value)))
	}
	return p.format(region, net.String(), sequence)
}

func (p CodePattern) format(region, net string, sequence int) (Code, error) {
	if len(region) != p.RegionDigits() || !isDigits(region) {
		return Code{}, fmt.Errorf("%w: division %q, %d digits wanted", ErrCode, clip(region), p.RegionDigits())
	}
	width := p[len(p)-1].Length
	digits := strconv.Itoa(sequence)
	if sequence < 1 || len(digits) > width {
		return Code{}, fmt.Errorf("%w: %d in %d digits", ErrSequence, sequence, width)
	}
	return Code{Region: region, Net: net, Sequence: strings.Repeat("0", width-len(digits)) + digits}, nil
}

// After gives the n codes of a division that follow the highest that was ever given in it, which is "" where none was. Errors as of Format, and of
// Parse for a last code that is none. The pattern must be valid.
func (p CodePattern) After(region, last string, n int) ([]string, error) {
	c, err := p.Format(region, 1)
	if err != nil {
		return nil, err
	}
	number := 0
	if last != "" {
		if c, err = p.Parse(last); err != nil {
			return nil, err
		}
		if number, err = strconv.Atoi(c.Sequence); err != nil {
			return nil, fmt.Errorf("%w: %q: %w", ErrCode, clip(last), err)
		}
	}
	codes := make([]string, n)
	for i := range codes {
		next, err := p.format(region, c.Net, number+1+i)
		if err != nil {
			return nil, fmt.Errorf("%d codes after number %d: %w", n, number, err)
		}
		codes[i] = next.String()
	}
	return codes, nil
}

// clip keeps what is quoted in an error short.
func clip(s string) string {
	if len(s) > maxDigits {
		return s[:maxDigits] + "…"
	}
	return s
}
