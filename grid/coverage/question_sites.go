package coverage

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// siteMeasures: construction sites that keep each measure of the checklist, and all.
func siteMeasures(checklist []SiteMeasure) *question {
	column := func(id string, title, num Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Numerator: num, NumeratorUnit: "feature", DenominatorUnit: "feature", Additive: true,
			Denominator: Words{"在建（完好、破损）且检查过的工地；没有检查结果的不计", "sites under way that were checked; those without a check are left out"},
			Judge:       ThresholdKey{layerSite, "measures_share", ""}}
	}
	q := &question{QuestionText: QuestionText{ID: "site_measures", Title: Words{"工地扬尘措施", "Measures of construction sites"}, Unit: "feature", Layers: []string{layerSite}}}
	q.Columns = append(q.Columns, column("all", Words{"全部达标", "All measures"}, Words{"现行清单各项措施均达标的工地", "sites that keep every measure of the checklist in force"}))
	for _, m := range checklist {
		q.Columns = append(q.Columns, column(m.Code, m.Title, Words{"该项措施达标的工地：" + m.Title.Zh, "sites that keep the measure: " + m.Title.En}))
	}
	checked := column("checked", Words{"检查过", "Checked"}, Words{"有检查结果的工地", "sites with a check"})
	checked.Denominator, checked.Judge = Words{"在建（完好、破损）工地", "sites under way"}, ThresholdKey{}
	q.Columns = append(q.Columns, checked)
	q.collect = func(ctx context.Context, a *asking) ([]fact, error) { return collectSites(ctx, a, checklist) }
	return q
}

func collectSites(ctx context.Context, a *asking, checklist []SiteMeasure) ([]fact, error) {
	var out []fact
	err := a.each(ctx, layerSite, []string{"name", "status", "code", "measures"}, func(f Feature, v values) {
		if v.usable() {
			out = append(out, fact{layer: layerSite, id: f.ID, code: v.text(2), name: v.text(0), at: placeOn(f.Shape), parts: siteParts(kept(v[3]), checklist)})
		}
	})
	return out, err
}

// kept reads the result of a site's check: which measure is kept. It is empty where nobody checked.
func kept(v any) map[string]bool {
	text, _ := v.(string)
	var members map[string]any
	if json.Unmarshal([]byte(text), &members) != nil {
		return nil
	}
	out := make(map[string]bool, len(members))
	for code, passed := range members {
		out[code], _ = passed.(bool)
	}
	return out
}

// siteParts judges a site: all, each measure, whether it was checked.
func siteParts(measures map[string]bool, checklist []SiteMeasure) []portion {
	parts := make([]portion, len(checklist)+2)
	last := len(parts) - 1
	if len(measures) == 0 {
		parts[last] = one(false, &Words{"没有检查结果", "no check in the record"})
		return parts
	}
	var lack, lackEn []string
	for i, m := range checklist {
		say := &Words{"达标", "kept"}
		if !measures[m.Code] {
			say = &Words{"未达标", "not kept"}
			lack, lackEn = append(lack, m.Title.Zh), append(lackEn, m.Title.En)
		}
		parts[1+i] = one(measures[m.Code], say)
	}
	met := len(checklist) - len(lack)
	all := &Words{fmt.Sprintf("%d 项均达标", met), fmt.Sprintf("all %d measures are kept", met)}
	if len(lack) > 0 {
		all = &Words{"未达标：" + strings.Join(lack, "、"), "not kept: " + strings.Join(lackEn, ", ")}
	}
	parts[0] = one(len(lack) == 0 && len(checklist) > 0, all)
	parts[last] = one(true, &Words{fmt.Sprintf("检查过，达标 %d/%d", met, len(checklist)), fmt.Sprintf("checked, %d of %d kept", met, len(checklist))})
	return parts
}

// SiteMeasures names the items of a checklist of construction sites; one that nobody has named is called by its code.
func SiteMeasures(codes []string) []SiteMeasure {
	known := map[string]Words{
		"hoarding": {"周边围挡", "Hoarding"}, "covered_piles": {"物料堆放覆盖", "Covered piles"}, "wet_work": {"湿法作业", "Wet work"},
		"hardened_road": {"路面硬化", "Hardened road"}, "wheel_wash": {"出入车辆清洗", "Wheel wash"}, "sealed_trucks": {"渣土车密闭运输", "Sealed trucks"},
	}
	out := make([]SiteMeasure, len(codes))
	for i, code := range codes {
		title, is := known[code]
		if !is {
			title = Words{code, code}
		}
		out[i] = SiteMeasure{code, title}
	}
	return out
}
