package grid

import "errors"

// ErrCode tells that a text is not a code of a pattern.
var ErrCode = errors.New("not a code of this scheme")

// CodePattern is how the codes of a scheme are made: segments of digits, one after the other.
type CodePattern []Segment

// Segment is a part of a code.
type Segment struct {
	Name       string `json:"name"`
	Length     int    `json:"length"`
	RegionKind string `json:"region_kind,omitempty"` // the digits are those a region of this kind adds to its parent's code
}
