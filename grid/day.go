package grid

import (
	"errors"
	"fmt"
	"time"
)

// Day is a day of the calendar, counted from 1970-01-01, in the city's time zone. The zero Day stands for none: duties and grids that
// have no end, or of which nobody knows the beginning.
type Day int32

// ErrDay says that a text is no day.
var ErrDay = errors.New("not a day of the form 2026-01-31")

const secondsPerDay = 24 * 60 * 60

// The days that the product takes: a century around today is enough for any ledger, and a slip of the pen lies outside.
var (
	firstDay = DayOf(time.Date(1949, time.October, 1, 0, 0, 0, 0, time.UTC))
	lastDay  = DayOf(time.Date(2149, time.December, 31, 0, 0, 0, 0, time.UTC))
)

// DayOf is the calendar day that a time has in its own time zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDay reads a day of the form 2026-01-31 between 1949-10-01 and 2149-12-31. ErrDay otherwise.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrDay, clip(s))
	}
	d := DayOf(t)
	if d < firstDay || d > lastDay {
		return 0, fmt.Errorf("%w: %q", ErrDay, clip(s))
	}
	return d, nil
}

// Time is the day's midnight in UTC, as dates go to the record; the zero time for no day.
func (d Day) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d)*secondsPerDay, 0).UTC()
}

// String is the day as 2026-01-31; "" for none.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDay reads; an empty text is no day.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDay(string(text))
	return err
}

// Term is a time from one day to another. Which end a To is, is the owner's to say: duties and absences name their last day (Through),
// grids, regions and holders the first day on which they are no more (Until).
type Term struct {
	From Day `json:"valid_from"` // 0: as long as anybody knows
	To   Day `json:"valid_to"`   // 0: no end
}

// Through tells whether a day lies in a term whose To is its last day.
func (t Term) Through(d Day) bool { return t.From <= d && (t.To == 0 || d <= t.To) }

// Until tells whether a day lies in a term whose To is the first day after it.
func (t Term) Until(d Day) bool { return t.From <= d && (t.To == 0 || d < t.To) }
