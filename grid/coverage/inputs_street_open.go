package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// openReachMM is how far an end of a street that a scenario opens may be from the street that it joins.
const openReachMM = 25_000

// open adds the lines along which a scenario opens new streets to the streets in use, in the order of the scenario: a later one may join an earlier.
func (s *streets) open(ctx context.Context) error {
	for i, c := range s.changes {
		if c.Op != OpOpenStreet || c.Street != "" {
			continue
		}
		line := slices.Clone(c.Line)
		for range 2 { // one end, then the other
			joint, joins, err := s.joint(ctx, line)
			if err != nil {
				return err
			}
			if joins {
				line = append(line, joint)
			}
			slices.Reverse(line)
		}
		s.lines = append(s.lines, walk.Street{Key: -1 - int64(i), Shape: orb.MultiLineString{line}})
	}
	s.sortLines()
	return nil
}

// joint is where the last position of a line joins the nearest street on the ground that no barrier parts it from. It is false where there is none, where the
// line meets a street so near its end that there is nothing to join, where the way there runs back along it, and where the end is so near that the network
// joins it by itself.
func (s *streets) joint(ctx context.Context, line orb.LineString) (orb.Point, bool, error) {
	end, opts := line[len(line)-1], walk.DefaultOptions()
	opts.IslandNodes = 0 // a street that is opened may be what an island lacked
	around := padded(end.Bound(), openReachMM)
	var lines []walk.Street
	for _, st := range s.lines {
		if st.Level == 0 && st.Shape.Bound().Intersects(around) {
			lines = append(lines, st)
		}
	}
	if len(lines) == 0 || meetsNear(line, lines) {
		return end, false, nil
	}
	var bars []walk.Barrier
	for _, b := range s.bars {
		if b.Shape.Bound().Intersects(around) {
			bars = append(bars, b)
		}
	}
	net, err := walk.Build(ctx, lines, bars, opts)
	if err != nil {
		return end, false, err
	}
	g := net.Graph(walk.Profile{})
	spot, found := g.Snap(end, openReachMM)
	if !found || spot.PerpMM <= opts.JoinMM {
		return end, false, nil
	}
	at := g.Point(spot)
	return at, !runsBack(line, at), nil
}

// backShare is how near the rest of a line may come to where its end joins, as a share of how far the end is: nearer, and the end would be led back
// along its own line.
const backShare = 0.7

// runsBack tells whether the way from the last position of a line to a place runs back along it.
func runsBack(line orb.LineString, at orb.Point) bool {
	x, y := planeAt(at[1])
	end := line[len(line)-1]
	most := backShare * math.Hypot((end[0]-at[0])*x, (end[1]-at[1])*y)
	for i := 1; i < len(line); i++ {
		ax, ay := (line[i-1][0]-at[0])*x, (line[i-1][1]-at[1])*y
		dx, dy := (line[i][0]-line[i-1][0])*x, (line[i][1]-line[i-1][1])*y
		if _, _, nearer := insideCircle(ax, ay, dx, dy, most); nearer {
			return true
		}
	}
	return false
}

// meetsNear tells whether a line meets streets within openReachMM of its last position, as one walks along it.
func meetsNear(line orb.LineString, streets []walk.Street) bool {
	left := uint32(openReachMM)
	for i := len(line) - 1; i > 0; i-- {
		a, b := line[i], line[i-1]
		mm := walk.DistanceMM(a, b)
		if mm > left {
			share := float64(left) / float64(mm)
			b = orb.Point{a[0] + (b[0]-a[0])*share, a[1] + (b[1]-a[1])*share}
		}
		if meets(a, b, streets) {
			return true
		}
		if mm >= left {
			break
		}
		left -= mm
	}
	return false
}

// meets tells whether the way from a to b meets streets.
func meets(a, b orb.Point, streets []walk.Street) bool {
	way := orb.MultiPoint{a, b}.Bound()
	var at []float64
	for _, st := range streets {
		for _, l := range st.Shape {
			for i := 1; i < len(l); i++ {
				if !(orb.MultiPoint{l[i-1], l[i]}).Bound().Intersects(way) {
					continue
				}
				if at = appendMeetings(at[:0], a, b, [2]orb.Point{l[i-1], l[i]}); len(at) > 0 {
					return true
				}
			}
		}
	}
	return false
}
