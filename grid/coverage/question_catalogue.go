package coverage

import (
	"fmt"
	"slices"
	"strings"
)

// Questions describes the questions there are, in the order of showing. Some have a column for each item of a checklist of the city.
func Questions(src Sources) []QuestionText {
	var all []QuestionText
	for _, q := range questions(src) {
		all = append(all, q.QuestionText)
	}
	return all
}

// questions is the catalogue.
func questions(src Sources) []*question {
	return []*question{
		rampsAtCrossings(), rampsAtEntrances(), rampCompliance(), parkingSupply(), alleysServed(), siteMeasures(src.SiteMeasures), roadDensity(),
		lifeCircle(), ungridded(), vacantGrids(), loadOfPeople(), slogan(),
	}
}

func findQuestion(id string, src Sources) (*question, error) {
	if service, is := strings.CutPrefix(id, measuresOf); is {
		return measures(service)
	}
	all := questions(src)
	if i := slices.IndexFunc(all, func(q *question) bool { return q.ID == id }); i >= 0 {
		return all[i], nil
	}
	return nil, fmt.Errorf("%w: %q", ErrNoQuestion, id)
}

// houseThresholds are those that hold where the profile in force has none: no question is without its threshold. Nobody has held them against the standards.
func houseThresholds() []Threshold {
	house := func(layer, metric, appliesTo, comparator string, value float64, unit, standard, edition, clause string) Threshold {
		return Threshold{Layer: layer, Metric: metric, AppliesTo: appliesTo, Value: value, Comparator: comparator, Unit: unit, Standard: standard, Edition: edition, Clause: clause}
	}
	const own = "本系统约定"
	return []Threshold{
		house(layerRamp, "crossing_distance_m", "kerb", "<=", 15, "m", own, "", ""),
		house(layerRamp, "entrance_distance_m", "wheelchair", "<=", 15, "m", own, "", ""),
		house(layerRamp, "flat_slope", "", "<=", 0.05, "1", "GB 50763", "2012", ""),
		house(layerParking, "lot_over", "class_1", ">", 500, "1", "JGJ 100", "2015", ""),
		house(layerParking, "lot_over", "class_2", ">", 300, "1", "JGJ 100", "2015", ""),
		house(layerParking, "lot_over", "class_3", ">", 50, "1", "JGJ 100", "2015", ""),
		house(layerParking, "accessible_share", "class_1", ">=", 0.02, "1", "GB 50763", "2012", "8.10"),
		house(layerParking, "accessible_share", "class_2", ">=", 0.02, "1", "GB 50763", "2012", "8.10"),
		house(layerParking, "accessible_share", "class_3", ">=", 0.02, "1", "GB 50763", "2012", "8.10"),
		house(layerParking, "accessible_min", "class_2", ">=", 2, "1", "GB 50763", "2012", "8.10"),
		house(layerParking, "accessible_min", "class_3", ">=", 2, "1", "GB 50763", "2012", "8.10"),
		house(layerParking, "accessible_min", "class_4", ">=", 1, "1", "GB 50763", "2012", "8.10"),
		house(layerAlley, "lit_share", "", ">=", 1, "1", "背街小巷路灯安装率", "", ""),
		house(layerSite, "measures_share", "", ">=", 1, "1", "施工扬尘“六个百分之百”", "", ""),
		house(layerRoad, "density", "", ">=", 8, UnitRoad, "GB/T 51328", "2018", ""),
		house(layerToilet, "service_radius_m", "", "<=", 300, "m", "GB 55013", "2021", ""),
		house(layerToilet, "spacing_m", "", "<=", 800, "m", "GB 50337", "2003", ""),
		house(layerParking, "service_radius_m", "", "<=", 300, "m", "GB 50220", "1995", ""),
		house(circleKey, circleReach, "circle_5/public_toilet/all", "<=", 300, "m", "GB 50180", "2018", ""),
		house(circleKey, circleReach, "circle_10/public_toilet/all", "<=", 500, "m", "GB 50180", "2018", ""),
		house(circleKey, circleReach, "circle_15/public_toilet/all", "<=", 1000, "m", "GB 50180", "2018", ""),
		house(circleKey, circleReach, "circle_15/parking_space/motor", "<=", 1000, "m", "GB 50180", "2018", ""),
		house(peopleKey, "load_ratio", "over", ">", 1.5, "1", own, "", ""),
		house(peopleKey, "load_ratio", "under", "<", 0.5, "1", own, "", ""),
		house(peopleKey, "load_weight", "km", "=", 1, "1/km", own, "", ""),
		house(peopleKey, "load_weight", "facility", "=", 0.1, "1", own, "", ""),
	}
}

// The layers that questions read.
const (
	layerRoad    = "road"
	layerAlley   = "back_alley"
	layerToilet  = "public_toilet"
	layerRamp    = "barrier_free_ramp"
	layerParking = "parking_space"
	layerSite    = "construction_site"
)
