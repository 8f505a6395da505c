package patrol

import "time"

// Ratio is a share with what it is a share of; there is none of nothing.
type Ratio struct{ Part, Whole float64 }

// Share is the ratio as a number; nil where the whole is nothing.
func (r Ratio) Share() *float64 {
	if r.Whole == 0 {
		return nil
	}
	v := r.Part / r.Whole
	return &v
}

// Visits are what of an area somebody was in within some days: the fourth figure of the slogan. 到访。
//
// A grid was visited if anything was checked in it (from where the officer stood, or where the subject lies if the phone gave no position), or if it was
// checked itself. An alley or road was if it was checked; all of its length that lies in the area counts then.
type Visits struct {
	Code, Name string
	Grids      Ratio
	AreaM2     Ratio
	AlleyM     Ratio
	RoadM      Ratio
	Last       time.Time // zero for never within the days
}

// Load is how much of what is to be checked now is: of a grid, or of a holder. Due counts what is open and not overdue.
type Load struct {
	Code, Name         string
	Holder             int64 // 0 of a grid
	Due, Overdue, Done int
}

// Share is what is done of all that is to be checked now.
func (l Load) Share() Share { return ShareOf(int64(l.Done), int64(l.Due+l.Overdue+l.Done)) }

// MeasureShare is how many sites of an area meet one measure by their last check.
type MeasureShare struct {
	Code, Title, TitleEn string
	Sites                Share // among those whose last check says anything about it
}

// SiteMeasures is how sites of an area keep the measures. Ratios are of the sites that were checked at all.
type SiteMeasures struct {
	Code, Name string
	Sites      int // in the area
	Checked    int
	Measures   []MeasureShare
	All        Share // that meet all measures
}
