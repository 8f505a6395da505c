package city

import (
	"math"
	"testing"
	"time"
)

func TestMomentsAsText(t *testing.T) {
	for _, c := range []struct {
		days int64
		want string
	}{{0, "2000-01-01"}, {-1, "1999-12-31"}, {9821, "2026-11-21"}, {math.MaxInt32, "infinity"}, {math.MinInt32, "-infinity"}} {
		var m moment
		for range 2 {
			if got := string(m.of(c.days, math.MaxInt32, 24*time.Hour, time.DateOnly)); got != c.want {
				t.Errorf("day %d is %s, want %s", c.days, got, c.want)
			}
		}
	}
	for _, c := range []struct {
		micros int64
		want   string
	}{
		{0, "2000-01-01T00:00:00.000000Z"}, {1, "2000-01-01T00:00:00.000001Z"}, {-1, "1999-12-31T23:59:59.999999Z"},
		{848534400000000, "2026-11-21T00:00:00.000000Z"}, {math.MaxInt64, "infinity"}, {math.MinInt64, "-infinity"},
	} {
		var m moment
		if got := string(m.of(c.micros, math.MaxInt64, time.Microsecond, timeLayout)); got != c.want {
			t.Errorf("microsecond %d is %s, want %s", c.micros, got, c.want)
		}
	}
}
