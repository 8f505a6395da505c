package export

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"
)

// rounded gives a geometry the decimals that its system keeps. It may change the geometry, which is the caller's own.
func rounded(g orb.Geometry, decimals int) orb.Geometry {
	if g == nil {
		return nil
	}
	scale := math.Pow10(decimals)
	return project.Geometry(g, func(p orb.Point) orb.Point { return orb.Point{round(p[0], scale), round(p[1], scale)} })
}

func round(x, scale float64) float64 { return math.Round(x*scale) / scale }

// appendPoint appends the coordinates of a point, or two empty cells.
func appendPoint(cells []any, g orb.Geometry, decimals int) []any {
	p, ok := g.(orb.Point)
	if !ok {
		return append(cells, nil, nil)
	}
	scale := math.Pow10(decimals)
	return append(cells, round(p[0], scale), round(p[1], scale))
}
