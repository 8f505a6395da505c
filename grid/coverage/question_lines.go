package coverage

import (
	"context"
	"strings"

	"wangge/grid"
)

// alleysServed: kilometres of alley that are hardened, lit, drained, cleaned and looked after.
func alleysServed() *question {
	column := func(id string, title, num Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Numerator: num, NumeratorUnit: unitOfLength, DenominatorUnit: unitOfLength, Additive: true,
			Denominator: Words{"在用背街小巷长度，按所在区域内的长度分摊", "length of back alleys in use, dealt out by the length inside"}}
	}
	q := &question{QuestionText: QuestionText{ID: "alleys", Title: Words{"背街小巷", "Back alleys"}, Unit: unitOfLength, Layers: []string{layerAlley}, Columns: []ColumnText{
		column("hardened", Words{"已硬化", "Hardened"}, Words{"登记为已硬化的长度；未登记的不算", "length recorded as hardened; what is not recorded is not counted"}),
		column("lit", Words{"有照明", "Lit"}, Words{"登记为有照明的长度；未登记的不算", "length recorded as lit; what is not recorded is not counted"}),
		column("drained", Words{"有排水", "Drained"}, Words{"登记为有排水的长度；未登记的不算", "length recorded as drained; what is not recorded is not counted"}),
		column("cleaned", Words{"有人保洁", "Cleaned"}, Words{"登记了保洁单位或保洁等级的长度", "length with somebody who cleans it, or a cleaning grade, in the record"}),
		column("all", Words{"四项齐备", "All four"}, Words{"已硬化、有照明、有排水、有人保洁的长度", "length hardened, lit, drained and cleaned"}),
		column("chief", Words{"有巷长", "With an alley head"}, Words{"当日有在岗巷长的长度", "length with an alley head there on the day"}),
		column("manned", Words{"有人负责", "With somebody responsible"}, Words{"当日有任一角色在岗责任人的长度（所在网格的责任人不计）", "length with anybody responsible for the alley itself on the day; people of its grid do not count"}),
	}}}
	q.Columns[1].Judge = ThresholdKey{layerAlley, "lit_share", ""}
	q.Columns[5].People, q.Columns[6].People = true, true
	q.collect = collectAlleys
	return q
}

// alleyHead is the role of who answers for an alley, 巷长.
const alleyHead = "alley_head"

func collectAlleys(ctx context.Context, a *asking) ([]fact, error) {
	var out []fact
	err := a.each(ctx, layerAlley, []string{"name", "status", "code", "hardened", "lit", "drained", "cleaning_grade", "cleaned_by"}, func(f Feature, v values) {
		if !v.usable() {
			return
		}
		parts := []portion{recorded(v[3], "硬化", "hardened"), recorded(v[4], "照明", "lit"), recorded(v[5], "排水", "drained"), cleaned(v.text(7), v.text(6))}
		var lack, lackEn []string
		for i, p := range parts {
			if !p.met {
				lack, lackEn = append(lack, [...]string{"硬化", "照明", "排水", "保洁"}[i]), append(lackEn, [...]string{"hardened", "lit", "drained", "cleaned"}[i])
			}
		}
		all := &Words{"四项齐备", "all four"}
		if len(lack) > 0 {
			all = &Words{"缺：" + strings.Join(lack, "、"), "lacks: " + strings.Join(lackEn, ", ")}
		}
		parts = append(parts, one(len(lack) == 0, all))
		parts = append(parts, a.lookedAfter(grid.Target{Kind: grid.TargetAlley, ID: f.ID})...)
		out = append(out, fact{layer: layerAlley, id: f.ID, code: v.text(2), name: v.text(0), at: placeOn(f.Shape), lines: coursesOf(f.Shape), parts: parts})
	})
	return out, err
}

// recorded judges what is recorded as true, false or not at all.
func recorded(v any, zh, en string) portion {
	is, known := v.(bool)
	switch {
	case is:
		return one(true, &Words{"有" + zh, en})
	case known:
		return one(false, &Words{"无" + zh, "not " + en})
	}
	return one(false, &Words{zh + "未登记", "not recorded whether " + en})
}

func cleaned(by, grade string) portion {
	switch {
	case by != "":
		return one(true, &Words{"保洁单位：" + by, "cleaned by " + by})
	case grade != "":
		return one(true, &Words{"保洁等级：" + strings.TrimPrefix(grade, "grade_") + " 级", "cleaning " + strings.ReplaceAll(grade, "_", " ")})
	}
	return one(false, &Words{"没有登记保洁单位与等级", "nobody who cleans it in the record"})
}

// lookedAfter tells whether an alley has a head, and anybody.
func (a *asking) lookedAfter(t grid.Target) []portion {
	head := a.roster.Have(t, alleyHead, a.Day).There > 0
	anybody := a.roster.Manned(t, a.Day)
	say := func(has bool, zh, en string) portion {
		if has {
			return one(true, &Words{"有" + zh + "在岗", en + " is there"})
		}
		return one(false, &Words{"没有" + zh + "在岗", "no " + en + " is there"})
	}
	return []portion{say(head, "巷长", "alley head"), say(anybody, "责任人", "person responsible")}
}

// roadDensity: kilometres of road a square kilometre, by class.
func roadDensity() *question {
	column := func(id string, title, num Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitRoad, Title: title, Numerator: num, NumeratorUnit: unitOfLength, DenominatorUnit: unitOfArea, Additive: true,
			Denominator: Words{"区域面积（椭球面）", "area on the ellipsoid"}}
	}
	class := func(id, zh, en string) ColumnText {
		return column(id, Words{zh, en}, Words{"在用" + zh + "中心线长度，按区域内的长度分摊", "length of the centre lines in use of class: " + en + ", dealt out by the length inside"})
	}
	q := &question{QuestionText: QuestionText{ID: "road_density", Title: Words{"路网密度", "Road density"}, Unit: unitOfLength, Layers: []string{layerRoad}, Columns: []ColumnText{
		column("all", Words{"路网密度", "All roads"}, Words{"在用的快速路、主干路、次干路、支路中心线长度；步行道不计；双向分幅道路按各幅中心线计", "length of expressways, arterials, secondary and branch roads in use, by centre lines (each carriageway has its own); footpaths stand outside"}),
		class("expressway", "快速路", "expressway"), class("arterial", "主干路", "arterial"), class("secondary", "次干路", "secondary"), class("branch", "支路", "branch"),
		class("footpath", "步行道", "footpath"),
	}}}
	q.Columns[0].Judge = ThresholdKey{layerRoad, "density", ""}
	q.collect = collectRoads
	return q
}

func collectRoads(ctx context.Context, a *asking) ([]fact, error) {
	classes := roadDensity().Columns
	whys := make([]*Words, len(classes))
	for i := range whys {
		whys[i] = &Words{classes[i].Title.Zh, classes[i].Title.En}
	}
	var out []fact
	err := a.each(ctx, layerRoad, []string{"name", "status", "code", "class"}, func(f Feature, v values) {
		i := 1
		for i < len(classes) && classes[i].ID != v.text(3) {
			i++
		}
		if !v.usable() || i == len(classes) {
			return
		}
		parts := make([]portion, len(classes))
		parts[i] = portion{num: 1, met: true, why: whys[i]}
		if v.text(3) != "footpath" {
			parts[0] = parts[i]
		}
		out = append(out, fact{layer: layerRoad, id: f.ID, code: v.text(2), name: v.text(0), at: placeOn(f.Shape), lines: coursesOf(f.Shape), parts: parts})
	})
	return out, err
}
