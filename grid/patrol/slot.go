package patrol

import (
	"fmt"
	"time"

	"wangge/grid"
)

// Slot is a time in which a subject is to be checked once: from From until before To.
type Slot struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Has tells whether a time lies in the slot.
func (s Slot) Has(at time.Time) bool { return !at.Before(s.From) && at.Before(s.To) }

// Window is a part of every day, in minutes from midnight. One that goes past midnight ends after 24 × 60.
type Window struct{ From, To int }

const minutesPerDay = 24 * 60

// ParseWindow reads 06:00-22:00, 00:00-24:00, and 22:00-05:00, which ends on the day after. A *Fault without a pointer otherwise.
func ParseWindow(s string) (Window, error) {
	var h Window
	var fromHour, fromMinute, toHour, toMinute int
	_, err := fmt.Sscanf(s, "%02d:%02d-%02d:%02d", &fromHour, &fromMinute, &toHour, &toMinute)
	h = Window{fromHour*60 + fromMinute, toHour*60 + toMinute}
	if err != nil || fromHour < 0 || fromMinute < 0 || toHour < 0 || toMinute < 0 || fromMinute > 59 || toMinute > 59 || h.From >= minutesPerDay || h.To > minutesPerDay || s != h.String() {
		return Window{}, &Fault{"", "时段须如 06:00-22:00", "hours are like 06:00-22:00"}
	}
	if h.To <= h.From {
		h.To += minutesPerDay
	}
	return h, nil
}

// String is the form that ParseWindow reads.
func (h Window) String() string {
	to := h.To
	if to > minutesPerDay {
		to -= minutesPerDay
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, to/60, to%60)
}

// Slot is the slot of the plan that contains a time or, where none does, the next one; false where no more comes. zone is the city's.
func (p *Plan) Slot(at time.Time, zone *time.Location) (Slot, bool) {
	start := p.Period.before(p.Period.start(dayAt(at, zone))) // hours that go past midnight belong to the period before
	for range maxEmptyPeriods {
		if p.Term.To != 0 && start > p.Term.To {
			return Slot{}, false
		}
		for _, s := range p.slots(start, zone) {
			if at.Before(s.To) {
				return s, true
			}
		}
		start = p.Period.next(start)
		if start <= p.Term.From {
			start = p.Period.start(p.Term.From)
		}
	}
	return Slot{}, false
}

// Past are the last slots that ended before or at a time, the latest first, at most n of them.
func (p *Plan) Past(at time.Time, zone *time.Location, n int) []Slot {
	var out []Slot
	start := p.Period.start(dayAt(at, zone))
	if last := p.Term.To; last != 0 && start > last {
		start = p.Period.start(last)
	}
	for empty := 0; len(out) < n && empty < maxEmptyPeriods && p.Period.next(start) > p.Term.From; start = p.Period.before(start) {
		slots := p.slots(start, zone)
		empty++
		for i := len(slots) - 1; i >= 0 && len(out) < n; i-- {
			if !slots[i].To.After(at) {
				out = append(out, slots[i])
				empty = 0
			}
		}
	}
	return out
}

// maxEmptyPeriods is more than periods without a slot can follow on one another: a day a week is the least that a plan has.
const maxEmptyPeriods = 12

// slots are those of the period that begins on a day, in order. They share no time with one another, nor with those of other periods.
func (p *Plan) slots(start grid.Day, zone *time.Location) []Slot {
	var days []grid.Day
	for d := start; d < p.Period.next(start); d++ {
		if p.on(d) {
			days = append(days, d)
		}
	}
	if p.Period == Daily {
		return p.parts(days, zone)
	}
	hours := p.hours()
	var out []Slot
	for i := range p.Times {
		run := p.inForce(days[i*len(days)/p.Times : (i+1)*len(days)/p.Times])
		if len(run) > 0 {
			out = append(out, Slot{clock(run[0], hours[0].From, zone), clock(run[len(run)-1], hours[len(hours)-1].To, zone)})
		}
	}
	return out
}

// parts are the slots of a day: its hours, each in as many equal parts as it takes for the number of times.
func (p *Plan) parts(days []grid.Day, zone *time.Location) []Slot {
	var out []Slot
	hours := p.hours()
	each := max(1, p.Times/len(hours))
	for _, d := range p.inForce(days) {
		for _, h := range hours {
			for i := range each {
				out = append(out, Slot{clock(d, h.From+i*(h.To-h.From)/each, zone), clock(d, h.From+(i+1)*(h.To-h.From)/each, zone)})
			}
		}
	}
	return out
}

// hours are those of the plan in order; the whole day where it names none.
func (p *Plan) hours() []Window {
	if len(p.Windows) == 0 {
		return []Window{{0, minutesPerDay}}
	}
	return p.Windows
}

// inForce are those of some days in a row on which the plan is in force.
func (p *Plan) inForce(days []grid.Day) []grid.Day {
	for len(days) > 0 && !p.Term.Through(days[0]) {
		days = days[1:]
	}
	for len(days) > 0 && !p.Term.Through(days[len(days)-1]) {
		days = days[:len(days)-1]
	}
	return days
}

// on tells whether the plan has checks on the weekday of a day.
func (p *Plan) on(d grid.Day) bool {
	nth := (int(d.Time().Weekday())+6)%7 + 1 // Monday is 1
	for _, c := range p.Weekdays {
		if int(c-'0') == nth {
			return true
		}
	}
	return false
}

// clock is a minute of a day by the city's clock.
func clock(d grid.Day, minute int, zone *time.Location) time.Time {
	y, m, day := d.Time().Date()
	return time.Date(y, m, day, 0, minute, 0, 0, zone)
}

func dayAt(at time.Time, zone *time.Location) grid.Day { return grid.DayOf(at.In(zone)) }

// start is the first day of the period that a day lies in.
func (p Period) start(d grid.Day) grid.Day {
	t := d.Time()
	switch p {
	case Weekly:
		return d - grid.Day((int(t.Weekday())+6)%7)
	case Monthly:
		return grid.DayOf(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC))
	case Quarterly:
		return grid.DayOf(time.Date(t.Year(), t.Month()-(t.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC))
	}
	return d
}

// next is the first day of the period after the one that begins on a day; before of the one before.
func (p Period) next(start grid.Day) grid.Day {
	switch p {
	case Weekly:
		return start + 7
	case Monthly:
		return p.start(start + 31)
	case Quarterly:
		return p.start(start + 95)
	}
	return start + 1
}

func (p Period) before(start grid.Day) grid.Day { return p.start(start - 1) }
