package param

import (
	"fmt"
	"time"
)

// maxInstant bounds the text of an instant, in bytes.
const maxInstant = 40

// Moment reads an RFC 3339 instant, or a day such as 2026-01-31, which is the last microsecond of that day in a zone: what the day ended
// with. The record knows no finer times.
func Moment(s string, zone *time.Location) (time.Time, bool) {
	if len(s) > maxInstant {
		return time.Time{}, false
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Microsecond), true
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	return at.Truncate(time.Microsecond), err == nil
}

// Instant reads a parameter as Moment does; it is zero where none was given.
func (q *Query) Instant(name string, zone *time.Location) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	at, ok := Moment(q.values.Get(name), zone)
	if !ok {
		const example = "2026-01-31, 2026-01-31T08:00:00Z, 2026-01-31T08:00:00%2B08:00"
		q.Fault(name, fmt.Sprintf("必须是日期或 RFC 3339 时刻，如 %s", example), fmt.Sprintf("must be a day or an RFC 3339 instant, such as %s", example))
		return time.Time{}
	}
	return at
}
