package city

import "github.com/paulmach/orb"

// Hit is a feature found by Search.
type Hit struct {
	Layer      string // tile layer
	ID         int64  // of the first feature, where several of a street have one name
	Code, Name string // empty where there is none
	Bound      orb.Bound
	Center     orb.Point // the middle of the bound
}

// Search finds features of the inventory by a part of their name or code, without regard to case: exact matches first, then those that begin
// with q, then the others; nothing for an empty q. Segments of a road or an alley with the same name are one hit.
func (v *View) Search(q string, limit int) []Hit { return nil }
