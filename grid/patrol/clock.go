package patrol

import "time"

// What clocks of phones are allowed to be off, and when a record counts as late.
const (
	clockSlack = 2 * time.Minute
	lateAfter  = 24 * time.Hour
)

// Settle finds the server's time of what a device made at madeAt and sent at sentAt, both by its own clock, and the server received at received. A clock
// that is off is taken to have been off by as much when the record was made; where that cannot be (it was set in between), the record was made when it
// came. Nothing is ever later than its receipt.
func Settle(madeAt, sentAt, received time.Time) Moment {
	m := Moment{At: madeAt, Device: madeAt, Received: received}
	skew := received.Sub(sentAt)
	if skew.Abs() > clockSlack {
		m.At = madeAt.Add(skew)
		m.Flags = append(m.Flags, FlagClock)
	}
	if madeAt.Sub(sentAt) > clockSlack || received.Sub(m.At) > oldest {
		m.At = received
		m.Flags = []Flag{FlagClock}
	}
	if m.At.After(received) {
		m.At = received
	}
	if received.Sub(m.At) > lateAfter {
		m.Flags = append(m.Flags, FlagLate)
	}
	return m
}

// Dated tells whether a time that a device claims can be told in every zone: the years of RFC 3339 have four digits.
func Dated(at time.Time) bool {
	year := at.UTC().Year()
	return 0 < year && year < 9999
}

// oldest is how long a record may wait on a phone: an earlier time is a clock that was never set.
const oldest = 400 * 24 * time.Hour
