package ingest

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// assemble makes the area of a multipolygon's ways. Roles are not believed: a ring within an odd number of others is a hole.
func (o *osmReader) assemble(members []member) (orb.Geometry, error) {
	var ways [][]int64
	missing := 0
	for _, m := range members {
		if m.kind != wayKind {
			continue
		}
		if refs := o.parts[m.ref]; len(refs) > 1 {
			ways = append(ways, refs)
		} else {
			missing++
		}
	}
	if missing > 0 || len(ways) == 0 {
		return nil, refuse(MissingMembers, fmt.Sprintf("%d of %d", missing, len(members)))
	}
	closed, open := joinRings(ways)
	if open > 0 {
		return nil, refuse(BrokenRings, fmt.Sprintf("%d", open))
	}
	rings := make([]orb.Ring, len(closed))
	for i, refs := range closed {
		line, missing := o.nodes.line(refs)
		if missing > 0 {
			return nil, refuse(MissingNodes, fmt.Sprintf("%d of %d", missing, len(refs)))
		}
		rings[i] = orb.Ring(line)
	}
	return nest(rings), nil
}

// joinRings joins ways at their ends until they close. open counts the chains that do not.
func joinRings(ways [][]int64) (rings [][]int64, open int) {
	ends := map[int64][]int{} // node -> the ways that end there
	for i, w := range ways {
		ends[w[0]] = append(ends[w[0]], i)
		ends[w[len(w)-1]] = append(ends[w[len(w)-1]], i)
	}
	used := make([]bool, len(ways))
	for i, w := range ways {
		if used[i] {
			continue
		}
		used[i] = true
		chain := slices.Clone(w)
		for chain[0] != chain[len(chain)-1] {
			next := follow(chain[len(chain)-1], ends, used)
			if next < 0 {
				open++
				break
			}
			used[next] = true
			chain = appendWay(chain, ways[next])
		}
		if chain[0] == chain[len(chain)-1] {
			rings = append(rings, chain)
		}
	}
	return rings, open
}

// follow finds an unused way that ends at a node, or -1.
func follow(node int64, ends map[int64][]int, used []bool) int {
	for _, i := range ends[node] {
		if !used[i] {
			return i
		}
	}
	return -1
}

// appendWay continues a chain with a way, in the direction that fits.
func appendWay(chain, way []int64) []int64 {
	if way[0] == chain[len(chain)-1] {
		return append(chain, way[1:]...)
	}
	for i := len(way) - 2; i >= 0; i-- {
		chain = append(chain, way[i])
	}
	return chain
}

// nest makes polygons of rings: outer rings are those within an even number of others, and a hole belongs to the smallest
// outer ring around it. One polygon is a Polygon.
func nest(rings []orb.Ring) orb.Geometry {
	slices.SortStableFunc(rings, func(a, b orb.Ring) int { // large ones first: a ring lies only within earlier ones
		x, y := size(a), size(b)
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	var polygons orb.MultiPolygon
	outerOf := make([]int, len(rings)) // polygon of an outer ring, -1 for a hole
	for i, ring := range rings {
		depth, around := 0, -1
		for j := range i {
			if within(ring, rings[j]) {
				if depth++; outerOf[j] >= 0 {
					around = outerOf[j]
				}
			}
		}
		if outerOf[i] = -1; depth%2 == 1 && around >= 0 {
			polygons[around] = append(polygons[around], ring)
		} else {
			outerOf[i] = len(polygons)
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	if len(polygons) == 1 {
		return polygons[0]
	}
	return polygons
}

func size(r orb.Ring) float64 { return max(planar.Area(r), -planar.Area(r)) }

// within tells whether ring a lies inside ring b: by the first of its corners that is not one of b's, else by the middle of its
// first edge.
func within(a, b orb.Ring) bool {
	if !b.Bound().Intersects(a.Bound()) {
		return false
	}
	for _, p := range a {
		if !slices.Contains(b, p) {
			return planar.RingContains(b, p)
		}
	}
	return len(a) > 1 && planar.RingContains(b, orb.Point{(a[0][0] + a[1][0]) / 2, (a[0][1] + a[1][1]) / 2})
}
