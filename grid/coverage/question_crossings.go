package coverage

import (
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// rampsAtCrossings: crossings and junctions with a compliant kerb ramp that nothing stands on.
func rampsAtCrossings() *question {
	q := &question{QuestionText: QuestionText{ID: "ramps_at_crossings", Title: Words{"路口、过街处有无缘石坡道", "Kerb ramps at crossings"}, Unit: "crossing", Layers: []string{layerRoad, layerRamp},
		Columns: []ColumnText{
			crossingColumn("all", Words{"全部过街处", "All crossings"}, Words{"路口与步行道过街处", "junctions and footpath crossings"}),
			crossingColumn("junctions", Words{"路口", "Junctions"}, Words{"同一层上三条及以上支路以上街道相接的节点（步行道不计；各节点计一处）", "nodes at which three or more streets of class branch and above meet on one level (footpaths not counted), each node once"}),
			crossingColumn("footpaths", Words{"步行道过街处", "Footpath crossings"}, Words{"步行道穿过支路以上街道、与其同层且共有节点之处，不是路口的", "places where a footpath crosses a street of class branch and above at a common node of one level, and that are no junction"}),
		}},
		uses: []ThresholdKey{{layerRamp, "crossing_distance_m", "kerb"}}}
	q.collect = collectCrossings
	return q
}

func crossingColumn(id string, title, den Words) ColumnText {
	return ColumnText{ID: id, Unit: UnitShare, Title: title, Denominator: den, NumeratorUnit: "crossing", DenominatorUnit: "crossing", Additive: true,
		Numerator: Words{"其中在规定距离内有达标、未被占用、在用的缘石坡道的", "of these, with a kerb ramp in use, compliant and clear, within the distance of the threshold"}}
}

func collectCrossings(ctx context.Context, a *asking) ([]fact, error) {
	limit := a.limit(layerRamp, "crossing_distance_m", "kerb")
	all, err := a.ramps(ctx)
	if err != nil {
		return nil, err
	}
	crossings, err := a.crossings(ctx)
	if err != nil {
		return nil, err
	}
	kerb := func(r *aRamp) bool { return r.kind == "kerb" }
	out := make([]fact, 0, len(crossings))
	for _, c := range crossings {
		v := all.near(c.at, limit, kerb)
		parts := make([]portion, 3)
		parts[0] = one(v.met, v.why)
		kind := 2
		if c.junction {
			kind = 1
		}
		parts[kind] = parts[0]
		out = append(out, fact{layer: "crossing", name: c.name, at: c.at, parts: parts})
	}
	return out, nil
}

// crossing is a place where people cross streets.
type crossing struct {
	at       orb.Point
	junction bool
	name     string // of the streets that meet, where they have names
}

// meet is a place on a level that streets and paths go through.
type meet struct {
	at    orb.Point
	level int64
}

// arms is how many ways lead away from a place.
type arms struct{ streets, paths uint8 }

// aStreet is a road as crossings are made of it.
type aStreet struct {
	name  string
	path  bool
	level int64
	lines orb.MultiLineString
}

// crossings finds where streets of class branch and above meet, and where footpaths cross them: at vertices that are the same on one level.
func (a *asking) crossings(ctx context.Context) ([]crossing, error) {
	var streets []aStreet
	err := a.each(ctx, layerRoad, []string{"name", "status", "class", "level", "walkable"}, func(f Feature, v values) {
		class := v.text(2)
		if walkable, known := v[4].(bool); !v.usable() || class == "expressway" || known && !walkable {
			return
		}
		level, _ := v[3].(int64)
		streets = append(streets, aStreet{v.text(0), class == "footpath", level, coursesOf(f.Shape)})
	})
	if err != nil {
		return nil, err
	}
	known := map[meet]arms{}
	for i := range streets {
		streets[i].addArms(known)
	}
	names := map[meet][]string{}
	for at, n := range known {
		if n.streets >= 3 || n.streets >= 2 && n.paths >= 2 {
			names[at] = nil
		}
	}
	for i := range streets {
		streets[i].addName(names)
	}
	out := make([]crossing, 0, len(names))
	for at, called := range names {
		slices.Sort(called)
		out = append(out, crossing{at.at, known[at].streets >= 3, strings.Join(called, " / ")})
	}
	return out, nil // in order of facts later
}

// addArms counts the ways that lead away from each vertex: one at an end, two on the way.
func (s *aStreet) addArms(known map[meet]arms) {
	for _, l := range s.lines {
		for i, at := range l {
			if i > 0 && at == l[i-1] {
				continue
			}
			ways := uint8(2)
			if i == 0 || i == len(l)-1 {
				ways = 1
			}
			n := known[meet{at, s.level}]
			if s.path {
				n.paths = min(n.paths+ways, 200)
			} else {
				n.streets = min(n.streets+ways, 200)
			}
			known[meet{at, s.level}] = n
		}
	}
}

// addName adds the name of a street to the crossings that it goes through.
func (s *aStreet) addName(names map[meet][]string) {
	if s.name == "" {
		return
	}
	for _, l := range s.lines {
		for _, at := range l {
			called, is := names[meet{at, s.level}]
			if is && !slices.Contains(called, s.name) {
				names[meet{at, s.level}] = append(called, s.name)
			}
		}
	}
}

// rampsAtEntrances: doors that a wheelchair should get through.
func rampsAtEntrances() *question {
	column := func(id string, title, den Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Denominator: den, NumeratorUnit: "feature", DenominatorUnit: "feature", Additive: true,
			Numerator: Words{"其中在规定距离内有达标、未被占用、在用的轮椅坡道，或坡度不大于平坡出入口限值的坡道的", "of these, with a wheelchair ramp, or a ramp no steeper than a flat entrance, in use, compliant and clear within the distance of the threshold"}}
	}
	q := &question{QuestionText: QuestionText{ID: "ramps_at_entrances", Title: Words{"出入口有无轮椅坡道", "Ramps at entrances"}, Unit: "feature", Layers: []string{layerToilet, layerParking, layerRamp}, Columns: []ColumnText{
		column("all", Words{"全部出入口", "All entrances"}, Words{"台账没有出入口：以在用公厕与设无障碍泊位的在用停车场代表", "entrances are not in the record: toilets in use and car parks in use with accessible bays stand for them"}),
		column("toilets", Words{"公厕", "Toilets"}, Words{"在用公厕；原本平进平出而未登记坡道的也计为没有", "toilets in use; one that is level with the street and has no ramp in the record counts as without"}),
		column("parking", Words{"停车场", "Car parks"}, Words{"设无障碍泊位的在用机动车停车场", "car parks in use with accessible bays"}),
	}}, uses: []ThresholdKey{{layerRamp, "entrance_distance_m", "wheelchair"}, {layerRamp, "flat_slope", ""}}}
	q.collect = collectEntrances
	return q
}

func collectEntrances(ctx context.Context, a *asking) ([]fact, error) {
	limit := a.limit(layerRamp, "entrance_distance_m", "wheelchair")
	all, err := a.ramps(ctx)
	if err != nil {
		return nil, err
	}
	serves := func(r *aRamp) bool { return r.kind == "wheelchair" || r.flat }
	var out []fact
	add := func(layer string, column int, f Feature, v values) {
		at := placeOn(f.Shape)
		near := all.near(f.Shape, limit, serves)
		parts := make([]portion, 3)
		parts[0] = one(near.met, near.why)
		parts[column] = parts[0]
		out = append(out, fact{layer: layer, id: f.ID, code: v.text(2), name: v.text(0), at: at, parts: parts})
	}
	err = a.each(ctx, layerToilet, []string{"name", "status", "code"}, func(f Feature, v values) {
		if v.usable() {
			add(layerToilet, 1, f, v)
		}
	})
	if err != nil {
		return nil, err
	}
	err = a.each(ctx, layerParking, []string{"name", "status", "code", "kind", "accessible_capacity"}, func(f Feature, v values) {
		if v.usable() && v.text(3) == "motor" && v.number(4) > 0 {
			add(layerParking, 2, f, v)
		}
	})
	return out, err
}
