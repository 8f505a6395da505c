package patrol

import (
	"slices"
	"testing"
	"time"
)

func TestSettle(t *testing.T) {
	now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	const h = time.Hour
	for name, c := range map[string]struct {
		made, sent time.Duration // before now, by the device
		want       time.Duration // before now
		flags      []Flag
	}{
		"right":                        {3 * h, 0, 3 * h, nil},
		"a minute off":                 {3 * h, time.Minute, 3 * h, nil},
		"an hour slow":                 {3 * h, h, 2 * h, []Flag{FlagClock}},
		"an hour fast":                 {h, -h, 2 * h, []Flag{FlagClock}},
		"in 2030 all the time":         {2*h - 4*365*24*h, -4 * 365 * 24 * h, 2 * h, []Flag{FlagClock}},
		"in 2030, set right then":      {-4 * 365 * 24 * h, 0, 0, []Flag{FlagClock}},
		"never set, then right":        {20 * 365 * 24 * h, 0, 0, []Flag{FlagClock}},
		"two days without a network":   {48 * h, 0, 48 * h, []Flag{FlagLate}},
		"two days, and an hour slow":   {49 * h, h, 48 * h, []Flag{FlagClock, FlagLate}},
		"made a moment after the send": {-time.Minute, 0, 0, nil},
	} {
		m := Settle(now.Add(-c.made), now.Add(-c.sent), now)
		if got := now.Sub(m.At); got != c.want || !slices.Equal(m.Flags, c.flags) {
			t.Errorf("%s: %v ago %v, want %v %v", name, got, m.Flags, c.want, c.flags)
		}
	}
}

func FuzzSettle(f *testing.F) {
	f.Add(int64(0), int64(0))
	f.Fuzz(func(t *testing.T, made, sent int64) {
		now := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
		m := Settle(time.UnixMilli(made%(1<<50)), time.UnixMilli(sent%(1<<50)), now)
		if m.At.After(now) || now.Sub(m.At) > oldest {
			t.Errorf("made %d, sent %d: %v", made, sent, m.At)
		}
	})
}
