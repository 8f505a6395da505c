package patrol

import (
	"time"

	"wangge/grid"
)

// Timetable is how a plan stands from a time on, worked out ahead: who has it tells how the plan stands on another day by comparing times, without a
// calendar, a zone or a network. A phone takes it along; testdata/timetable.json holds both sides to the same answers. 时刻表。
type Timetable struct {
	Plan  string    `json:"plan"`
	Until time.Time `json:"until" doc:"此后须重新取用"`
	// Missed are the beginnings of the slots that had ended when it was made, the latest first, MaxMissed at most.
	Missed []time.Time `json:"missed" doc:"生成前已结束各次的开始时刻，由近到远"`
	// Slots are those that end later: up to Until, and the next one after.
	Slots []Slot `json:"slots" doc:"此后各次"`
	// Hours are the times at which a check counts; none where any does.
	Hours []Slot `json:"hours" doc:"计入的时间；空表示不限"`
}

// Timetable works out the slots of the plan from a time until the end of a day. zone is the city's.
func (p *Plan) Timetable(from time.Time, last grid.Day, zone *time.Location) Timetable {
	t := Timetable{Plan: p.Code, Until: clock(last, minutesPerDay, zone).UTC(), Missed: []time.Time{}, Slots: []Slot{}, Hours: []Slot{}}
	for _, s := range p.Past(from, zone, MaxMissed) {
		t.Missed = append(t.Missed, s.From.UTC())
	}
	for at := from; !at.After(t.Until); {
		s, found := p.Slot(at, zone)
		if !found {
			break
		}
		t.Slots = append(t.Slots, Slot{s.From.UTC(), s.To.UTC()})
		at = s.To
	}
	if p.Period != Daily && len(p.Windows) > 0 && len(t.Slots) > 0 { // the slots of a day are its hours
		t.Hours = p.counting(dayAt(t.Slots[0].From, zone), last, zone)
	}
	return t
}

// counting are the hours of some days, the one that begins on the night before among them.
func (p *Plan) counting(first, last grid.Day, zone *time.Location) []Slot {
	var hours []Slot
	for d := first - 1; d <= last; d++ {
		for _, h := range p.Windows {
			hours = append(hours, Slot{clock(d, h.From, zone).UTC(), clock(d, h.To, zone).UTC()})
		}
	}
	return hours
}
