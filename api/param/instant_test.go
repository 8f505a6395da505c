package param

import (
	"strings"
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for s, want := range map[string]string{
		"2026-01-31":                       "2026-01-31T15:59:59.999999Z",
		"2024-02-29":                       "2024-02-29T15:59:59.999999Z",
		"2026-01-31T08:00:00Z":             "2026-01-31T08:00:00Z",
		"2026-01-31T08:00:00%2B08:00":      "2026-01-31T00:00:00Z",
		"2026-01-31T08:00:00.123456789Z":   "2026-01-31T08:00:00.123456Z",
		"9999-12-31T23:59:59.9999999Z":     "9999-12-31T23:59:59.999999Z",
		"0001-01-01T00:00:00.5-00:00":      "0001-01-01T00:00:00.5Z",
		"2026-01-31T08:00:00.000000-11:30": "2026-01-31T19:30:00Z",
	} {
		q := Parse("datetime="+s, "datetime")
		if got := q.Instant("datetime", zone); q.Err() != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%s is %v, %v", s, got.UTC(), q.Err())
		}
	}
	for _, s := range []string{"", "now", "2026", "2026-02-30", "2026-1-31", "2026-01-31T08:00:00", "2026-01-31T25:00:00Z", "2026-01-31T08:00:00+08:00",
		"2026-01-31T08:00Z", "2026-01-31%2008:00:00Z", "2026-01-31T08:00:60Z", "%00", "20260131", "-2026-01-31", strings.Repeat("1", 50), "2026-01-01/2026-01-02"} {
		q := Parse("datetime="+s, "datetime")
		if got := q.Instant("datetime", zone); q.Err() == nil || !got.IsZero() {
			t.Errorf("%q is %v", s, got)
		}
	}
	q := Parse("", "datetime")
	if got := q.Instant("datetime", zone); !got.IsZero() || q.Err() != nil {
		t.Errorf("none is %v, %v", got, q.Err())
	}
}
