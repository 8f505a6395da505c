package geo

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Code names a kind of fault. It is an error itself, the sentinel for errors.Is, and stable: it appears in reports and
// problem documents.
type Code string

// The kinds of fault.
const (
	Missing          Code = "missing"            // no geometry at all (nil)
	Empty            Code = "empty"              // a geometry without a position, or with an empty part
	NotFinite        Code = "not_finite"         // NaN or infinity
	OutOfRange       Code = "out_of_range"       // outside ±180, ±90
	Swapped          Code = "swapped"            // looks like latitude before longitude
	Metres           Code = "metres"             // looks like projected metres (Gauss-Krüger, Mercator)
	NullIsland       Code = "null_island"        // 0,0: a position nobody filled in
	LineTooShort     Code = "line_too_short"     // fewer than two distinct positions
	RingTooShort     Code = "ring_too_short"     // fewer than four positions, or three distinct ones
	RingNotClosed    Code = "ring_not_closed"    // first and last position differ
	SelfIntersection Code = "self_intersection"  // a ring meets itself, or rings cross or share an edge
	HoleOutside      Code = "hole_outside"       // a hole that is not inside its polygon's outer ring
	NestedRings      Code = "nested_rings"       // a hole within a hole, or a part within another part
	Disconnected     Code = "interior_in_pieces" // holes that cut the inside into pieces
	TooDeep          Code = "too_deep"           // collections nested too deeply
	TooManyVertices  Code = "too_many_vertices"  // more than MaxVertices
	TooComplex       Code = "too_complex"        // too many pairs of segments to compare
	UnknownKind      Code = "unknown_kind"       // not a kind of geometry this project knows
)

type title struct{ zh, en string }

// titleOf is a function over a constant table, so that nobody can change it.
func titleOf(c Code) title {
	switch c {
	case Missing:
		return title{"缺少几何", "geometry is missing"}
	case Empty:
		return title{"几何为空", "geometry is empty"}
	case NotFinite:
		return title{"坐标不是有限的数", "coordinate is not a finite number"}
	case OutOfRange:
		return title{"经纬度超出范围", "longitude or latitude out of range"}
	case Swapped:
		return title{"疑似经纬度颠倒", "longitude and latitude look swapped"}
	case Metres:
		return title{"疑似投影坐标（米），例如高斯-克吕格", "looks like projected metres (Gauss-Krüger), not degrees"}
	case NullIsland:
		return title{"坐标为 0,0", "position is 0,0"}
	case LineTooShort:
		return title{"线至少要有两个不同的点", "a line needs two distinct positions"}
	case RingTooShort:
		return title{"环至少要有四个点，其中三个互不相同", "a ring needs four positions, three of them distinct"}
	case RingNotClosed:
		return title{"环没有闭合", "ring is not closed"}
	case SelfIntersection:
		return title{"面的边界自相交", "boundary intersects itself"}
	case HoleOutside:
		return title{"洞不在外环之内", "hole lies outside its outer ring"}
	case NestedRings:
		return title{"环相互嵌套", "rings are nested"}
	case Disconnected:
		return title{"面的内部不连通", "interior is not connected"}
	case TooDeep:
		return title{"几何集合嵌套过深", "collections are nested too deeply"}
	case TooManyVertices:
		return title{"顶点过多", "too many vertices"}
	case TooComplex:
		return title{"几何过于复杂，无法检查", "too complex to check"}
	case UnknownKind:
		return title{"不支持的几何类型", "unsupported kind of geometry"}
	}
	return title{string(c), string(c)}
}

// Error is the English title.
func (c Code) Error() string { return titleOf(c).en }

// Title is the fault in Chinese, 中文说明。
func (c Code) Title() string { return titleOf(c).zh }

// TitleEn is the fault in English.
func (c Code) TitleEn() string { return titleOf(c).en }

// Fault tells what is wrong with a geometry, and where. errors.Is(err, geo.RingNotClosed) asks for its code.
type Fault struct {
	Code Code
	// Path is the place in the GeoJSON coordinates as a JSON pointer relative to them ("/0/3": outer ring, fourth
	// position), preceded by "/geometries/i" within a collection. It is empty where the whole geometry is meant.
	Path string
	// At is the position of the fault, if HasAt.
	At    orb.Point
	HasAt bool
}

// Error gives title, place and position in English.
func (f *Fault) Error() string {
	s := f.Code.Error()
	if f.Path != "" {
		s += " at " + f.Path
	}
	if f.HasAt {
		s += fmt.Sprintf(" (%.9g, %.9g)", f.At[0], f.At[1])
	}
	return s
}

// Unwrap gives the code, so that errors.Is works with it.
func (f *Fault) Unwrap() error { return f.Code }

func faultAt(c Code, path string, p orb.Point) *Fault {
	return &Fault{Code: c, Path: path, At: p, HasAt: true}
}
