package patrol

import (
	"fmt"
	"time"
)

// Hours are hours of duty within a day: minutes after midnight. Where To is not after From they go on into the next day.
type Hours struct{ From, To int }

// ReadHours reads hours as duties have them: 08:00-18:00. ok is false for other words, and for none.
func ReadHours(s string) (h Hours, ok bool) {
	var a, b, c, d int
	if n, err := fmt.Sscanf(s, "%2d:%2d-%2d:%2d", &a, &b, &c, &d); n != 4 || err != nil || s != fmt.Sprintf("%02d:%02d-%02d:%02d", a, b, c, d) {
		return h, false
	}
	h = Hours{From: a*60 + b, To: c*60 + d}
	return h, a >= 0 && a < 24 && b >= 0 && b < 60 && c >= 0 && d >= 0 && d < 60 && h.To <= dayMinutes
}

const dayMinutes = 24 * 60

// DutyHours are the hours of one duty on the days on which it is in force, both counted; a zero day has no bound.
type DutyHours struct {
	Hours
	First, Last time.Time // midnights in UTC; Last is the last day
}

// OnDuty tells whether any of the duties has an instant within its hours. Hours over midnight belong to the day on which they begin.
func OnDuty(duties []DutyHours, at time.Time, zone *time.Location) bool {
	local := at.In(zone)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	minute := local.Hour()*60 + local.Minute()
	for _, d := range duties {
		if d.has(today, minute) || d.has(today.AddDate(0, 0, -1), minute+dayMinutes) {
			return true
		}
	}
	return false
}

// has tells whether a minute after the midnight of a day is within the hours.
func (d DutyHours) has(day time.Time, minute int) bool {
	if !d.First.IsZero() && day.Before(d.First) || !d.Last.IsZero() && day.After(d.Last) {
		return false
	}
	to := d.To
	if to <= d.From {
		to += dayMinutes
	}
	return minute >= d.From && minute < to
}
