package patrol

import "time"

// Duplicate is another problem that may be the same: of the same class, near and found about the same time. Nothing is merged by itself. 疑似重复。
type Duplicate struct {
	ID, Number string
	DistanceM  float64
	At         time.Time
	State      State
}
