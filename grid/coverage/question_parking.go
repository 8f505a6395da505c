package coverage

import (
	"context"
	"fmt"
	"math"
)

// parkingSupply: bays by who may use them, and whether lots have the accessible bays that they should.
func parkingSupply() *question {
	bays := func(id string, title, num Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Numerator: num, NumeratorUnit: "bay", DenominatorUnit: "bay", Additive: true,
			Denominator: Words{"在用机动车泊位，按泊位数计；没有泊位数的停车点不计", "bays for motor vehicles in use, by capacity; places without a capacity are left out"}}
	}
	lots := func(id string, title, num, den Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Numerator: num, Denominator: den, NumeratorUnit: "feature", DenominatorUnit: "feature", Additive: true}
	}
	q := &question{QuestionText: QuestionText{ID: "parking_supply", Title: Words{"停车供给", "Parking supply"}, Unit: "bay", Layers: []string{layerParking}, Columns: []ColumnText{
		bays("public", Words{"公共泊位", "Public bays"}, Words{"公共开放的泊位；未注明开放方式的视为公共", "bays open to all; those that say nothing are public"}),
		bays("off_hours", Words{"错时开放泊位", "Off-hours bays"}, Words{"错时开放的泊位", "bays open off hours"}),
		bays("private", Words{"专用泊位", "Private bays"}, Words{"专用泊位", "private bays"}),
		bays("accessible", Words{"无障碍泊位", "Accessible bays"}, Words{"无障碍泊位，不多于该处泊位数", "accessible bays, no more than the place has bays"}),
		bays("charging", Words{"充电泊位", "Charging bays"}, Words{"带充电的泊位，不多于该处泊位数", "bays with a charger, no more than the place has bays"}),
		lots("lots_accessible", Words{"无障碍泊位达标的停车场", "Car parks with enough accessible bays"}, Words{"其中无障碍泊位的比例与个数达到所属规模等级要求的", "of these, with the share and number of accessible bays that lots of their size need"},
			Words{"在用的公共、错时机动车停车场（布置为停车场，泊位数已知）", "car parks in use, public or off-hours, laid out as lots, of known capacity"}),
		lots("known", Words{"泊位数已知", "Capacity known"}, Words{"其中有泊位数的", "of these, with a capacity"}, Words{"在用的机动车停车设施", "places for motor vehicles in use"}),
	}}, uses: lotThresholds()}
	q.collect = collectParking
	return q
}

// lotThresholds are what lots are held against.
func lotThresholds() (keys []ThresholdKey) {
	for _, class := range []string{"class_1", "class_2", "class_3"} {
		keys = append(keys, ThresholdKey{layerParking, "lot_over", class}, ThresholdKey{layerParking, "accessible_share", class})
	}
	for _, class := range []string{"class_2", "class_3", "class_4"} {
		keys = append(keys, ThresholdKey{layerParking, "accessible_min", class})
	}
	return keys
}

func collectParking(ctx context.Context, a *asking) ([]fact, error) {
	rules := a.lotRules()
	var out []fact
	fields := []string{"name", "status", "code", "kind", "access", "capacity", "accessible_capacity", "charging_capacity", "layout"}
	err := a.each(ctx, layerParking, fields, func(f Feature, v values) {
		if v.usable() && v.text(3) == "motor" {
			out = append(out, fact{layer: layerParking, id: f.ID, code: v.text(2), name: v.text(0), at: placeOn(f.Shape), parts: rules.parts(v)})
		}
	})
	return out, err
}

// lotRules are the thresholds of lots, by class from the largest down.
type lotRules [4]struct {
	name             Words
	over             Threshold // bays from which a lot is of the class; none for the smallest
	share, atLeast   Threshold
	hasShare, hasMin bool
}

func (a *asking) lotRules() (r lotRules) {
	names := [4]Words{{"特大型（Ⅰ类）", "class I"}, {"大型（Ⅱ类）", "class II"}, {"中型（Ⅲ类）", "class III"}, {"小型（Ⅳ类）", "class IV"}}
	for i := range r {
		class := fmt.Sprintf("class_%d", i+1)
		r[i].name = names[i]
		r[i].over, _ = a.threshold(ThresholdKey{layerParking, "lot_over", class})
		r[i].share, r[i].hasShare = a.threshold(ThresholdKey{layerParking, "accessible_share", class})
		r[i].atLeast, r[i].hasMin = a.threshold(ThresholdKey{layerParking, "accessible_min", class})
	}
	return r
}

// parts judges a place for motor vehicles.
func (r *lotRules) parts(v values) []portion {
	parts := make([]portion, 7)
	capacity := int32(min(v.number(5), math.MaxInt32/2))
	if v[5] == nil || capacity <= 0 {
		parts[6] = one(false, &Words{"没有泊位数", "no capacity in the record"})
		return parts
	}
	parts[6] = one(true, &Words{fmt.Sprintf("泊位 %d", capacity), fmt.Sprintf("%d bays", capacity)})
	access, called := 0, Words{"公共", "public"}
	switch v.text(4) {
	case "off_hours":
		access, called = 1, Words{"错时开放", "off hours"}
	case "private":
		access, called = 2, Words{"专用", "private"}
	}
	why := &Words{fmt.Sprintf("泊位 %d，%s", capacity, called.Zh), fmt.Sprintf("%d bays, %s", capacity, called.En)}
	for i := range 3 {
		parts[i] = portion{den: capacity, why: why}
	}
	parts[access].num, parts[access].met = capacity, true
	for i, n := range [2]float64{v.number(6), v.number(7)} {
		some := int32(min(max(n, 0), float64(capacity)))
		parts[3+i] = portion{num: some, den: capacity, met: some > 0, why: &Words{fmt.Sprintf("泊位 %d，其中 %d", capacity, some), fmt.Sprintf("%d of %d bays", some, capacity)}}
	}
	if access < 2 && v.text(8) == "lot" {
		parts[5] = r.judge(float64(capacity), max(v.number(6), 0))
	}
	return parts
}

// judge holds a lot's accessible bays against what its class needs.
func (r *lotRules) judge(capacity, accessible float64) portion {
	class := len(r) - 1
	for i := range r[:class] {
		if r[i].over.meets(capacity) {
			class = i
			break
		}
	}
	c := &r[class]
	met := (!c.hasShare || c.share.meets(accessible/capacity)) && (!c.hasMin || c.atLeast.meets(accessible))
	return one(met, &Words{fmt.Sprintf("%s：%g 个泊位中无障碍 %g 个", c.name.Zh, capacity, accessible), fmt.Sprintf("%s: %g accessible of %g bays", c.name.En, accessible, capacity)})
}
