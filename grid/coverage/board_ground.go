package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
	"wangge/grid"
)

// Resolutions of hexagons, and the mean area of units below which they are fine.
const (
	usualRes    = 11
	fineRes     = 12
	coarsestRes = 7
	fineAreaM2  = 40_000
)

// schemePrefix begins the kinds of areas that are grids; regionPrefix, followed by a code, is one region; cityAreas is what the whole city is made of.
const (
	schemePrefix = "grid:"
	regionPrefix = "region:"
	cityAreas    = ""
)

// Res is the resolution of hexagons that fits a kind of areas: 11, or 12 where they are small.
func (b *Board) Res(by string) int {
	list, err := areaList(b.city.Net(), by)
	if err != nil || len(list) == 0 {
		return usualRes
	}
	sum := 0.0
	for _, a := range list {
		sum += a.AreaM2
	}
	if sum/float64(len(list)) < fineAreaM2 {
		return fineRes
	}
	return usualRes
}

// areaList is the areas of a kind, by code. Errors: ErrNoArea.
func areaList(net *grid.Net, by string) (list []Area, err error) {
	if scheme, ok := strings.CutPrefix(by, schemePrefix); ok {
		if net.Scheme(scheme) == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, by)
		}
		return gridAreas(net.Grids(scheme)), nil
	}
	var regions []*grid.Region
	switch code, one := strings.CutPrefix(by, regionPrefix); {
	case one && net.Region(code) != nil:
		regions = []*grid.Region{net.Region(code)}
	case by == cityAreas:
		return wholeCity(net), nil
	case one || net.Kind(by) == nil:
		return nil, fmt.Errorf("%w: %q", ErrNoArea, by)
	default:
		regions = net.RegionsBy(by, "")
	}
	return regionAreas(regions), nil
}

func regionAreas(regions []*grid.Region) (list []Area) {
	for _, r := range regions {
		list = append(list, Area{Code: r.Code, Name: r.Name, NameEn: r.NameEn, Shape: r.Shape, Bound: r.Bound, AreaM2: r.AreaM2})
	}
	slices.SortFunc(list, func(a, b Area) int { return strings.Compare(a.Code, b.Code) })
	return list
}

func gridAreas(grids []*grid.Grid) (list []Area) {
	for _, g := range grids {
		list = append(list, Area{Code: g.Code, Name: g.Name, Shape: g.Shape, Bound: g.Bound, AreaM2: g.AreaM2})
	}
	return list
}

// wholeCity is the areas that the city is made of: its widest divisions; where there are none with a shape its zones; or else the grids of its
// main scheme.
func wholeCity(net *grid.Net) []Area {
	var divisions, zones []*grid.Region
	for _, r := range net.Regions("") {
		if len(r.Shape) == 0 {
			continue
		}
		if k := net.Kind(r.Kind); k == nil || !k.Division {
			zones = append(zones, r)
		} else if !shapedAbove(net, r) {
			divisions = append(divisions, r)
		}
	}
	switch {
	case len(divisions) > 0:
		return regionAreas(divisions)
	case len(zones) > 0:
		return regionAreas(zones)
	}
	return gridAreas(net.Grids(net.MainScheme()))
}

// shapedAbove tells whether a region lies in one that has a shape.
func shapedAbove(net *grid.Net, r *grid.Region) bool {
	path := net.Path(r.Code)
	return slices.ContainsFunc(path[:len(path)-1], func(a *grid.Region) bool { return len(a.Shape) > 0 })
}

// exclusive tells whether no position is in two areas of a kind.
func exclusive(net *grid.Net, by string) bool {
	if scheme, ok := strings.CutPrefix(by, schemePrefix); ok {
		s := net.Scheme(scheme)
		return s != nil && s.Exclusive
	}
	k := net.Kind(by)
	return k != nil && k.Division
}

// ground is a sheet and the net that it was made for.
type ground struct {
	net    *grid.Net
	shapes []orb.MultiPolygon
	sheet  *Sheet
}

// Sheet is the hexagons over the city: coarser ones than asked for where they would be too many.
func (b *Board) Sheet(ctx context.Context, res int) (*Sheet, error) {
	g, err := b.ground(ctx, res)
	if err != nil {
		return nil, err
	}
	return g.sheet, nil
}

func (b *Board) ground(ctx context.Context, res int) (*ground, error) {
	if res < coarsestRes || res > fineRes {
		return nil, fmt.Errorf("%w: resolution %d", ErrTooLarge, res)
	}
	return b.grounds.get(ctx, res, func(ctx context.Context, before *ground, had bool) (*ground, error) {
		net := b.city.Net()
		if had && before.net == net {
			return before, nil
		}
		g := &ground{net: net, shapes: cityShapes(net)}
		if had && slices.EqualFunc(g.shapes, before.shapes, orb.MultiPolygon.Equal) {
			g.sheet = before.sheet
			return g, nil
		}
		var err error
		for ; res >= coarsestRes; res-- {
			if g.sheet, err = NewSheet(ctx, g.shapes, res, MaxHexagons); !errors.Is(err, ErrTooLarge) {
				break
			}
		}
		return g, err
	})
}

// cityShapes is the ground that figures are given for: the whole city, and what of zones and of grids in no region sticks out of it. Shapes that lie
// over one another would blur how much of a hexagon at the rim is inside.
func cityShapes(net *grid.Net) (shapes []orb.MultiPolygon) {
	city := wholeCity(net)
	for _, a := range city {
		shapes = append(shapes, a.Shape)
	}
	whole := newPlacer(city, true)
	for _, r := range net.Regions("") {
		if len(r.Shape) > 0 && !shapedAbove(net, r) && whole.lacks(r.Shape) {
			shapes = append(shapes, r.Shape)
		}
	}
	for _, g := range net.Grids("") {
		r := net.Region(g.Region)
		if (r == nil || len(r.Shape) == 0 && !shapedAbove(net, r)) && whole.lacks(g.Shape) {
			shapes = append(shapes, g.Shape)
		}
	}
	return shapes
}

// lacks tells whether a corner of a shape lies in none of the areas.
func (p *placer) lacks(shape orb.MultiPolygon) bool {
	var in []uint32
	for _, poly := range shape {
		for _, ring := range poly {
			for _, at := range ring {
				if in = p.in(in[:0], at); len(in) == 0 {
					return true
				}
			}
		}
	}
	return false
}

type areasKey struct {
	res int
	by  string
}

// Areas is how hexagons lie in the areas of a kind: of regions, grid:<scheme>, region:<code> for one region, "" for what the whole city is made of.
// Errors: ErrNoArea.
func (b *Board) Areas(ctx context.Context, res int, by string) (*Areas, error) {
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	w, err := b.weights.get(ctx, areasKey{res, by}, func(ctx context.Context, before *weighing, had bool) (*weighing, error) {
		net := b.city.Net()
		if had && before.net == net && before.sheet == sheet {
			return before, nil
		}
		list, err := areaList(net, by)
		if err != nil {
			return nil, err
		}
		w := &weighing{net: net, sheet: sheet}
		if had && before.sheet == sheet && slices.EqualFunc(list, before.areas.List, equalAreas) {
			w.areas = before.areas
			return w, nil
		}
		w.areas, err = sheet.Weigh(ctx, by, list)
		return w, err
	})
	if err != nil {
		return nil, err
	}
	return w.areas, nil
}

type weighing struct {
	net   *grid.Net
	sheet *Sheet
	areas *Areas
}

func equalAreas(a, b Area) bool {
	return a.Code == b.Code && a.Name == b.Name && a.NameEn == b.NameEn && a.AreaM2 == b.AreaM2 && a.Shape.Equal(b.Shape)
}

// Persons is how many people live in each hexagon, thousandths; nil where the city gives no population.
func (b *Board) Persons(ctx context.Context, res int) ([]uint32, error) {
	p, err := b.people(ctx, res, everybody)
	if err != nil {
		return nil, err
	}
	return p.byHexagon, nil
}

type crowdKey struct {
	res int
	who string
}

func (b *Board) people(ctx context.Context, res int, who string) (*people, error) {
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	return b.persons.get(ctx, crowdKey{res, who}, func(ctx context.Context, before *people, _ bool) (*people, error) {
		return peopleOf(ctx, b.city, who, sheet, before)
	})
}

// Network is the walking network of a profile, with the streets of the scenario. Errors: ErrNoService.
func (b *Board) Network(ctx context.Context, profile string) (*walk.Graph, error) {
	p, err := walkProfile(profile)
	if err != nil {
		return nil, err
	}
	s, err := b.streets(ctx)
	if err != nil {
		return nil, err
	}
	return s.graphs.get(ctx, p.ID, func(ctx context.Context, _ *walk.Graph, _ bool) (*walk.Graph, error) {
		return s.Graph(p), ctx.Err()
	})
}

func (b *Board) streets(ctx context.Context) (*streets, error) {
	return b.roads.get(ctx, true, func(ctx context.Context, before *streets, _ bool) (*streets, error) {
		return streetsOf(ctx, b.city, streetChangesOf(b.changes), before)
	})
}

// The ids of profiles.
const (
	walkProfileID = "walk"
	stepFree      = "step_free"
	nightProfile  = "night"
)

// walkProfile is what a profile does without.
func walkProfile(id string) (walk.Profile, error) {
	switch id {
	case "", walkProfileID:
		return walk.Profile{ID: walkProfileID}, nil
	case stepFree:
		return walk.Profile{ID: stepFree, Without: walk.Steps | walk.Narrow | walk.Steep}, nil
	case nightProfile:
		return walk.Profile{ID: nightProfile, Without: walk.Unlit}, nil
	}
	return walk.Profile{}, fmt.Errorf("%w: profile %q", ErrNoService, id)
}

type layKey struct {
	res     int
	profile string // "" in straight mode
}

// lay is how the hexagons of a sheet lie on a network.
func (b *Board) lay(ctx context.Context, res int, profile string) (*lay, error) {
	sheet, err := b.Sheet(ctx, res)
	if err != nil {
		return nil, err
	}
	g, err := b.Network(ctx, profile)
	if err != nil {
		return nil, err
	}
	return b.lays.get(ctx, layKey{res, g.Profile.ID}, func(ctx context.Context, before *lay, had bool) (*lay, error) {
		if had && before.sheet == sheet && before.graph == g {
			return before, nil
		}
		return layOn(ctx, sheet, g, before)
	})
}

// Spots is where each hexagon of a sheet joins the network; Edge is walk.None where it does not.
func (b *Board) Spots(ctx context.Context, res int, profile string) ([]walk.Spot, error) {
	l, err := b.lay(ctx, res, profile)
	if err != nil {
		return nil, err
	}
	return l.spots, nil
}
