package patrol

import (
	"time"

	"wangge/grid"
)

// DutyHours are the hours of one duty on a day on which it counts.
type DutyHours struct {
	Window
	Day grid.Day
}

// OnDuty tells whether any of the duties has an instant within its hours. Hours over midnight belong to the day on which they begin.
func OnDuty(duties []DutyHours, at time.Time, zone *time.Location) bool {
	local := at.In(zone)
	today, minute := grid.DayOf(local), local.Hour()*60+local.Minute()
	for _, d := range duties {
		if now := minute + int(today-d.Day)*minutesPerDay; now >= d.From && now < d.To {
			return true
		}
	}
	return false
}
