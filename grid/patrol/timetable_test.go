package patrol

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

const timetableGolden = "testdata/timetable.json"

// foretold is how a subject stands at a time, in words of what phones are told: the phone works out Want from all the rest (tests/unit/officer/ahead.test.ts).
type foretold struct {
	Name string      `json:"name"`
	Made time.Time   `json:"made_at"`
	At   time.Time   `json:"at"`
	Here []time.Time `json:"here"` // of checks that are only on the phone
	Item DueItem     `json:"item"` // as the pack has it
	Plan Timetable   `json:"timetable"`
	Want struct {
		State  DueState   `json:"state"`
		Missed int        `json:"missed"`
		From   *time.Time `json:"from"`
		To     *time.Time `json:"to"`
	} `json:"want"`
}

// scene is a line of the table: checks before Made are the server's, Here those of the phone.
type scene struct {
	name, made, at string
	plan           Plan
	last           string // check that the server knows of
	here           []string
	since          string
}

func scenes() []scene {
	daily, hours, nights := planOf(Daily, 1, "06:00-22:00"), planOf(Daily, 2, "06:00-10:00", "16:00-22:00"), planOf(Daily, 1, "22:00-05:00")
	weekly, working, thrice := planOf(Weekly, 1), planOf(Weekly, 1, "09:00-17:00"), planOf(Weekly, 3)
	late, monthly := planOf(Weekly, 1, "22:00-02:00"), planOf(Monthly, 2)
	weekdays, ending := planOf(Daily, 1, "08:00-18:00"), planOf(Daily, 1)
	weekdays.Weekdays, ending.Term.To = "12345", day("2026-11-23")
	return []scene{
		{name: "the same hour", plan: daily, made: "2026-11-22 09:00", at: "2026-11-22 09:30", last: "2026-11-22 08:00"},
		{name: "done today, due tomorrow", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 07:00", last: "2026-11-22 08:00"},
		{name: "before the first hour it is still to come", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 05:59", last: "2026-11-22 08:00"},
		{name: "left undone today, overdue tomorrow", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 07:00", last: "2026-11-21 08:00"},
		{name: "three nights without a network", plan: daily, made: "2026-11-22 09:00", at: "2026-11-25 12:00", last: "2026-11-22 08:00"},
		{name: "checked here yesterday", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 07:00", last: "2026-11-20 08:00", here: []string{"2026-11-22 21:00"}},
		{name: "checked here today", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 07:00", last: "2026-11-20 08:00", here: []string{"2026-11-23 06:00"}},
		{name: "checked here before the pack was made", plan: daily, made: "2026-11-22 09:00", at: "2026-11-22 10:00", last: "2026-11-20 08:00", here: []string{"2026-11-22 06:30"}},
		{name: "a check between two slots makes good and counts for none", plan: daily, made: "2026-11-22 09:00", at: "2026-11-22 23:30", last: "2026-11-20 08:00", here: []string{"2026-11-22 23:00"}},
		{name: "and on the next day it is due", plan: daily, made: "2026-11-22 09:00", at: "2026-11-23 08:00", last: "2026-11-20 08:00", here: []string{"2026-11-22 23:00"}},
		{name: "never checked, new in the record", plan: daily, made: "2026-11-22 09:00", at: "2026-11-24 09:00", since: "2026-11-22 08:00"},
		{name: "never checked, long in the record", plan: daily, made: "2026-11-22 09:00", at: "2026-11-24 09:00"},
		{name: "the second hours of the day", plan: hours, made: "2026-11-22 09:00", at: "2026-11-22 16:30", last: "2026-11-22 08:00"},
		{name: "night of the day before", plan: nights, made: "2026-11-22 23:00", at: "2026-11-23 04:00", last: "2026-11-21 23:00", here: []string{"2026-11-23 00:30"}},
		{name: "the next night", plan: nights, made: "2026-11-22 23:00", at: "2026-11-23 22:30", last: "2026-11-22 22:30"},
		{name: "still the same week", plan: weekly, made: "2026-11-16 09:00", at: "2026-11-22 23:59", last: "2026-11-16 08:00"},
		{name: "the next week", plan: weekly, made: "2026-11-20 09:00", at: "2026-11-23 00:00", last: "2026-11-16 08:00"},
		{name: "a check of the week counts at its hours", plan: working, made: "2026-11-23 08:00", at: "2026-11-24 12:00", last: "2026-11-17 12:00", here: []string{"2026-11-24 10:00"}},
		{name: "and at no other", plan: working, made: "2026-11-23 08:00", at: "2026-11-24 20:00", last: "2026-11-17 12:00", here: []string{"2026-11-24 19:00"}},
		{name: "the last minute is none of them", plan: working, made: "2026-11-23 08:00", at: "2026-11-24 20:00", last: "2026-11-17 12:00", here: []string{"2026-11-24 17:00"}},
		{name: "one at its hours, and one after", plan: working, made: "2026-11-23 08:00", at: "2026-11-24 20:00", last: "2026-11-17 12:00", here: []string{"2026-11-24 10:00", "2026-11-24 19:00"}},
		{name: "hours past midnight", plan: late, made: "2026-11-24 08:00", at: "2026-11-25 12:00", last: "2026-11-17 23:00", here: []string{"2026-11-25 01:30"}},
		{name: "the server's check counts, one here later does not undo it", plan: working, made: "2026-11-24 12:00", at: "2026-11-24 20:00", last: "2026-11-24 10:00", here: []string{"2026-11-24 19:00"}},
		{name: "the third run of a week", plan: thrice, made: "2026-11-23 09:00", at: "2026-11-28 09:00", last: "2026-11-24 09:00"},
		{name: "the second half of a month", plan: monthly, made: "2026-11-14 09:00", at: "2026-11-16 09:00", last: "2026-11-10 09:00"},
		{name: "a weekend is no time", plan: weekdays, made: "2026-11-20 09:00", at: "2026-11-22 12:00", last: "2026-11-20 08:30"},
		{name: "Monday is", plan: weekdays, made: "2026-11-20 09:00", at: "2026-11-23 08:00", last: "2026-11-20 08:30"},
		{name: "a plan that has ended", plan: ending, made: "2026-11-22 09:00", at: "2026-11-25 08:00", last: "2026-11-22 08:30"},
	}
}

// told works out both sides by the plan itself.
func (s *scene) told() foretold {
	zone := chinaZone()
	f := foretold{Name: s.name, Made: at(s.made).UTC(), At: at(s.at).UTC(), Here: []time.Time{}}
	since := at("2025-06-01 00:00")
	if s.since != "" {
		since = at(s.since)
	}
	f.Item = DueItem{Plan: s.plan.Code, Subject: DueSubject{Kind: s.plan.SubjectKind, ID: 7}, Checklist: s.plan.Checklist}
	var known, all []time.Time
	if s.last != "" {
		known = append(known, at(s.last))
		f.Item.Last = &DueLast{ID: "a", At: at(s.last).UTC(), Result: Normal}
	}
	for _, text := range s.here {
		f.Here = append(f.Here, at(text).UTC())
	}
	all = append(append(all, known...), f.Here...)
	made := s.plan.Beat(f.Made, zone)
	f.Item.Stand(made, s.counts(made, known), since)
	f.Plan = s.plan.Timetable(f.Made, dayAt(f.Made, zone)+7, zone)

	then := DueItem{Plan: s.plan.Code}
	if len(all) > 0 {
		last := all[0]
		for _, t := range all {
			if t.After(last) {
				last = t
			}
		}
		then.Last = &DueLast{At: last}
	}
	beat := s.plan.Beat(f.At, zone)
	then.Stand(beat, s.counts(beat, all), since)
	f.Want.State, f.Want.Missed, f.Want.From, f.Want.To = then.State, then.Missed, then.From, then.To
	return f
}

// counts tells what in_hours of the database tells: whether one of the checks is in the open slot at an hour at which it counts.
func (s *scene) counts(b Beat, checks []time.Time) bool {
	for _, check := range checks {
		if !b.Open || check.Before(b.Slot.From) {
			continue
		}
		if s.plan.Period == Daily || len(s.plan.Windows) == 0 {
			return true
		}
		t := check.In(chinaZone())
		minute := t.Hour()*60 + t.Minute()
		for _, h := range s.plan.Windows {
			if minute >= h.From && minute < h.To || minute+minutesPerDay < h.To {
				return true
			}
		}
	}
	return false
}

func TestATimetableTellsAPhoneHowAPlanStands(t *testing.T) {
	var lines []string
	for _, s := range scenes() {
		s.plan.Term.From = day("2026-11-01")
		line, err := json.Marshal(s.told())
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	want := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	if *update {
		if err := os.WriteFile(timetableGolden, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(timetableGolden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s is not what the plans say (-update writes it anew):\n%s", timetableGolden, diff)
	}
}

func TestATimetableHasWhatThePlanHas(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		p := chancePlan(r)
		made := at("2026-01-01 00:00").Add(time.Duration(r.IntN(365*24*60)) * time.Minute)
		table := p.Timetable(made, dayAt(made, chinaZone())+7, chinaZone())
		then := made.Add(time.Duration(r.Int64N(int64(table.Until.Sub(made)))))
		if want, got := p.Beat(then, chinaZone()), table.beat(then); !got.equal(want) {
			t.Fatalf("%+v made at %s, at %s: %+v, the plan says %+v", p, made, then, got, want)
		}
	}
}

// beat reads a timetable as a phone does.
func (t *Timetable) beat(then time.Time) (b Beat) {
	b.Missed = t.Missed
	for _, s := range t.Slots {
		if then.Before(s.To) {
			b.Slot, b.Open = s, s.Has(then)
			break
		}
		b.Missed = append([]time.Time{s.From}, b.Missed...)
	}
	b.Missed = b.Missed[:min(len(b.Missed), MaxMissed)]
	return b
}

func (b Beat) equal(o Beat) bool {
	same := b.Open == o.Open && b.Slot.From.Equal(o.Slot.From) && b.Slot.To.Equal(o.Slot.To) && len(b.Missed) == len(o.Missed)
	for i := range b.Missed {
		same = same && b.Missed[i].Equal(o.Missed[i])
	}
	return same
}
