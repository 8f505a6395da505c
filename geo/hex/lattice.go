package hex

import (
	"math"
	"sync"

	"github.com/uber/h3-go/v4"

	"wangge/geo"
)

// vec is a direction from the middle of the Earth.
type vec struct{ x, y, z float64 }

func (a vec) dot(b vec) float64   { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) plus(b vec) vec      { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) times(k float64) vec { return vec{a.x * k, a.y * k, a.z * k} }
func (a vec) unit() vec           { return a.times(1 / math.Sqrt(a.dot(a))) }
func (a vec) cross(b vec) vec     { return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x} }
func direction(lat, lon float64) vec { // radians
	return vec{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// face is one of the icosahedron: its middle and, at right angles, the direction to one of its corners and the one to the left of
// that, as seen from outside. Which corner does not matter: the lattice looks the same from all three.
type face struct{ middle, ahead, left vec }

const faceCount = 20

// icosahedron finds the faces: three corners each of which is a neighbour of the two others.
var icosahedron = sync.OnceValue(func() *[faceCount]face {
	faces := new([faceCount]face)
	pentagons, err := h3.Pentagons(MaxRes)
	if err != nil {
		return faces // every Spot is doubtful then, and H3 is asked
	}
	var corners []vec
	for _, p := range pentagons {
		if at, err := p.LatLng(); err == nil {
			corners = append(corners, direction(at.Lat*math.Pi/halfTurn, at.Lng*math.Pi/halfTurn))
		}
	}
	near := func(i, j int) bool { return corners[i].dot(corners[j]) > 0.4 } // neighbours: 1/√5; others: negative
	n := 0
	for i := range corners {
		for j := range i {
			for k := range j {
				if n < faceCount && near(i, j) && near(j, k) && near(i, k) {
					faces[n] = newFace(corners[i], corners[j], corners[k])
					n++
				}
			}
		}
	}
	return faces
})

func newFace(a, b, c vec) face {
	f := face{middle: a.plus(b).plus(c).unit()}
	f.ahead = a.plus(f.middle.times(-a.dot(f.middle))).unit()
	f.left = f.middle.cross(f.ahead)
	return f
}

// Spot is a position prepared for Finders of any resolution.
type Spot struct {
	x, y     uint32
	face     uint8
	doubtful bool    // whether H3 must be asked
	u, v     float64 // on the plane that touches the globe in the middle of the face
}

const (
	// edgeDoubt: the difference of the distances to the middles of two faces, as cosines, at which either may be the nearer one.
	edgeDoubt = 1e-6
	// middleDoubt: the square of the distance from the middle of a face, in radians, below which H3's arc cosine loses digits.
	middleDoubt = 1e-8
)

// SpotOf prepares a position in world units.
func SpotOf(x, y uint32) Spot {
	const perUnit = 2 * math.Pi / (1 << 32)
	sin, cos := math.Sincos(float64(x)*perUnit - math.Pi)
	e := math.Exp(math.Pi - float64(y)*perUnit)
	r := 2 * e / (e*e + 1) // the cosine of the latitude
	p := vec{r * cos, r * sin, (e*e - 1) / (e*e + 1)}
	return p.spot(x, y)
}

func (a vec) spot(x, y uint32) Spot {
	faces := icosahedron()
	best, second, at := -2.0, -2.0, 0
	for i := range faces {
		d := a.dot(faces[i].middle)
		if d > best {
			best, second, at = d, best, i
		} else if d > second {
			second = d
		}
	}
	s := Spot{x: x, y: y, face: uint8(at)}
	s.u, s.v = a.dot(faces[at].ahead)/best, a.dot(faces[at].left)/best
	s.doubtful = !(best-second > edgeDoubt && s.u*s.u+s.v*s.v > middleDoubt)
	return s
}

// faceInradius is the distance of the edges of a face from its middle, on its plane: 1/φ². It is also the step of the lattice of
// resolution 0.
const faceInradius = 2 - math.Phi

// stepOf is the distance between the middles of neighbouring cells, on the plane of a face: for each resolution 1/√7 of the one before.
func stepOf(res int) float64 { return faceInradius * math.Pow(7, -float64(res)/2) }

// lattice is that of a resolution: it turns positions on a face's plane into two coordinates that are whole numbers in the middles of
// cells, and back. Its axes are at 60°, and those of odd resolutions are turned against those of even ones by the angle whose sine is √(3/28).
type lattice struct {
	step           float64
	au, av, bu, bv float64 // a = au u + av v
	ua, ub, va, vb float64 // u = ua a + ub b
}

func newLattice(res int) lattice {
	l := lattice{step: stepOf(res)}
	sin, cos := 0.0, 1.0
	if res%2 == 1 {
		sin, cos = math.Sqrt(3.0/28), math.Sqrt(25.0/28)
	}
	half, height := 0.5, math.Sqrt(3)/2 // the second axis
	l.ua, l.va = l.step*cos, l.step*sin
	l.ub, l.vb = l.step*(half*cos-height*sin), l.step*(half*sin+height*cos)
	det := l.ua*l.vb - l.ub*l.va
	l.au, l.av, l.bu, l.bv = l.vb/det, -l.ub/det, -l.va/det, l.ua/det
	return l
}

// height is how far the middle of a place is from the middle of the face, towards the nearest of its edges.
func (l *lattice) height(a, b int32) float64 {
	u, v := l.ua*float64(a)+l.ub*float64(b), l.va*float64(a)+l.vb*float64(b)
	h := math.Sqrt(3) / 2
	return max(-u, u/2+v*h, u/2-v*h)
}

// edgeMargin is how far from an edge of its cell, in steps of the lattice, a place must lie to be told without asking H3.
const edgeMargin = 1e-4

// place gives the numbers of the cell that a spot lies in, and whether that is certain.
func (l *lattice) place(s *Spot) (a, b int32, certain bool) {
	fa, fb := l.au*s.u+l.av*s.v, l.bu*s.u+l.bv*s.v
	ra, rb, rc := math.Round(fa), math.Round(fb), math.Round(-fa-fb)
	if ra+rb+rc != 0 { // the number that was rounded most follows from the others
		da, db, dc := math.Abs(ra-fa), math.Abs(rb-fb), math.Abs(rc+fa+fb)
		switch {
		case da > db && da > dc:
			ra = -rb - rc
		case db > dc:
			rb = -ra - rc
		}
	}
	// The distances from the middle towards the three pairs of edges, which lie at half a step.
	da, db := fa-ra, fb-rb
	far := max(math.Abs(2*da+db), math.Abs(2*db+da), math.Abs(da-db)) / 2
	return int32(ra), int32(rb), far < 0.5-edgeMargin && !s.doubtful
}

// Reach is how far, in world units along either axis, two positions in one cell of a resolution can be apart, if one of them lies
// between two world rows.
func Reach(res int, minY, maxY uint32) uint32 {
	// Cells are largest in the middles of faces: there the outer diameter is 2/√3 steps.
	diameter := 2 / math.Sqrt(3) * stepOf(res)
	lat := max(math.Abs(geo.Lat(minY)), math.Abs(geo.Lat(maxY)))*math.Pi/halfTurn + diameter
	if lat >= geo.MaxMercatorLat*math.Pi/halfTurn {
		return math.MaxUint32
	}
	return uint32(min(diameter/math.Cos(lat)/(2*math.Pi)*(1<<32)+2, math.MaxUint32))
}
