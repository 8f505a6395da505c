package patrol

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func always(time.Time) bool { return true }

func trackRules(onDuty func(time.Time) bool) TrackRules {
	return TrackRules{Enabled: true, Oldest: noon.AddDate(0, 0, -30), Newest: noon.Add(time.Hour), OnDuty: onDuty}
}

func TestTrackIsFiltered(t *testing.T) {
	at := func(lon, seconds float64) TrackPoint {
		return TrackPoint{At: orb.Point{lon, 36}, Time: noon.Add(time.Duration(seconds * float64(time.Second)))}
	}
	rough := at(120.0001, 3)
	rough.AccuracyM = 900
	tr := &Track{Points: []TrackPoint{
		at(120, 0), at(120.0001, 2), rough, at(121, 4), at(120.0002, 4), at(120.0003, 4), at(120.0003, 1), at(0, 5), at(200, 6),
		{Time: noon.Add(7 * time.Second)}, at(120, -31*86400), at(120, 7200), at(120.0004, 10), at(120.0005, 1800),
	}}
	kept := tr.Keep(trackRules(func(at time.Time) bool { return at.Before(noon.Add(time.Minute)) }))
	if diff := cmp.Diff(map[DropReason]int{DropInaccurate: 1, DropJump: 2, DropOrder: 2, DropRange: 2, DropOld: 2, DropOffDuty: 1}, tr.Dropped); diff != "" {
		t.Error(diff)
	}
	if len(kept)+10 != len(tr.Points) {
		t.Errorf("%d kept", len(kept))
	}
	if off := tr.Keep(TrackRules{}); off != nil || tr.Dropped[DropOff] != len(tr.Points) {
		t.Errorf("kept %d although nobody wants tracks: %v", len(off), tr.Dropped)
	}
}

// Whatever the points: each is kept or dropped for a reason, those kept go forward in time and nobody flies.
func TestKeptTracksAreWalked(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		tr := &Track{Moment: Moment{At: noon, Device: noon.Add(time.Duration(r.IntN(7200)-3600) * time.Second)}}
		for range r.IntN(60) {
			tr.Points = append(tr.Points, TrackPoint{At: orb.Point{120 + r.NormFloat64()*0.01, 36 + r.NormFloat64()*0.01}, Time: noon.Add(time.Duration(r.IntN(7200)-3600) * time.Second), AccuracyM: r.Float64() * 250})
		}
		kept := tr.Keep(trackRules(always))
		dropped := 0
		for reason, n := range tr.Dropped {
			if dropped += n; reason == "" || n <= 0 {
				t.Fatalf("%v", tr.Dropped)
			}
		}
		if len(kept)+dropped != len(tr.Points) {
			t.Fatalf("%d kept, %d dropped of %d", len(kept), dropped, len(tr.Points))
		}
		for i := 1; i < len(kept); i++ {
			if after(kept[i-1], kept[i]) != "" {
				t.Fatalf("%v follows %v", kept[i], kept[i-1])
			}
		}
	}
}

func TestReadTrackPoints(t *testing.T) {
	got, err := ReadTrackPoints([][]float64{{120, 36, 1000}, {120, 36, 2000, 7}})
	if err != nil || len(got) != 2 || got[1].AccuracyM != 7 || !got[1].Time.Equal(time.Unix(2, 0)) {
		t.Errorf("%v %v", got, err)
	}
	for name, raw := range map[string][][]float64{
		"none": {}, "too many": make([][]float64, MaxTrackPoints+1), "two numbers": {{120, 36}}, "five": {{1, 2, 3, 4, 5}}, "not a number": {{math.NaN(), 36, 0}}, "no such year": {{120, 36, 1e18}},
	} {
		if _, err := ReadTrackPoints(raw); !errors.Is(err, ErrBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHoursOfDuty(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	morning, night := Window{480, 720}, Window{1320, 1560}
	duties := []DutyHours{{morning, day("2026-03-02")}, {morning, day("2026-03-04")}, {night, day("2026-03-04")}, {night, day("2026-02-28")}}
	for text, want := range map[string]bool{
		"2026-03-01 09:00": false, "2026-03-02 07:59": false, "2026-03-02 08:00": true, "2026-03-03 08:00": false, "2026-03-01 01:59": true, "2026-02-28 01:59": false, "2026-03-04 11:59": true, "2026-03-04 12:00": false, "2026-03-05 09:00": false,
		"2026-03-04 22:00": true, "2026-03-05 01:59": true, "2026-03-05 02:00": false, "2026-03-04 01:00": false,
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := OnDuty(duties, at, zone); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
