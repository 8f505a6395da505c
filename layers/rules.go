package layers

// Rules are the data by which derived fields are computed: rows of the current threshold profile and of the checklists.
type Rules struct {
	ProfileVersion int
	Thresholds     []Threshold
	SiteMeasures   []string // item codes of the current checklist of construction sites
}

// Threshold is one requirement of a profile: Metric Comparator Value, for what AppliesTo names (kind/form, kind, or all).
type Threshold struct {
	Layer, Metric, AppliesTo string
	Value                    float64
	Comparator               string // <=, >=, <, >, =
	Unit                     string
	Standard, Edition        string // edition is the year of the standard; "" for not told
	Clause                   string
	Verified                 bool
}

// Met tells whether a value meets the threshold.
func (t Threshold) Met(value float64) bool {
	switch t.Comparator {
	case "<=":
		return value <= t.Value
	case ">=":
		return value >= t.Value
	case "<":
		return value < t.Value
	case ">":
		return value > t.Value
	default:
		return value == t.Value
	}
}

// For finds the threshold of a metric for the first of the given subjects that has one; subjects go from narrow to wide.
func (r *Rules) For(layer, metric string, subjects ...string) (Threshold, bool) {
	for _, subject := range subjects {
		for _, t := range r.Thresholds {
			if t.Layer == layer && t.Metric == metric && t.AppliesTo == subject {
				return t, true
			}
		}
	}
	return Threshold{}, false
}
