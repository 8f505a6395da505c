package patrol

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/grid"
)

func chinaZone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// planOf makes a plan that is right but for what a test changes.
func planOf(period Period, times int, windows ...string) Plan {
	p := Plan{Code: "p", Title: "巡", TitleEn: "Walk", SubjectKind: "public_toilet", Checklist: "public_toilet", Role: "grid_officer", Period: period, Times: times,
		Weekdays: "1234567", Enabled: true, Term: grid.Term{From: day("2025-01-01")}}
	for _, text := range windows {
		w, err := ParseWindow(text)
		if err != nil {
			panic(err)
		}
		p.Windows = append(p.Windows, w)
	}
	return p
}

func day(s string) grid.Day {
	d, err := grid.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, chinaZone())
	if err != nil {
		panic(err)
	}
	return t
}

func TestWindows(t *testing.T) {
	for _, good := range []string{"06:00-22:00", "00:00-24:00", "22:00-05:00", "08:30-08:31", "00:00-00:01", "23:59-24:00", "22:00-22:00"} {
		if w, err := ParseWindow(good); err != nil || w.String() != good || w.To <= w.From || w.To > w.From+minutesPerDay {
			t.Errorf("%s: %v, %v", good, w, err)
		}
	}
	for _, bad := range []string{"", "6:00-22:00", "06:00", "06:00-25:00", "24:00-25:00", "06:60-07:00", "06:00-07:60", "06:00–22:00", "06:00-22:00 ", "-6:00-22:00", "06:00-24:01", "99:00-99:00", "0６:00-22:00"} {
		if w, err := ParseWindow(bad); !errors.Is(err, ErrBody) {
			t.Errorf("%q is read as %v", bad, w)
		}
	}
}

func TestSlots(t *testing.T) {
	for _, c := range []struct {
		name string
		plan Plan
		at   string
		want string // slot, or ""
	}{
		{"a day is one slot", planOf(Daily, 1), "2026-03-05 00:00", "2026-03-05 00:00 2026-03-06 00:00"},
		{"its last minute too", planOf(Daily, 1), "2026-03-05 23:59", "2026-03-05 00:00 2026-03-06 00:00"},
		{"halves", planOf(Daily, 2), "2026-03-05 12:00", "2026-03-05 12:00 2026-03-06 00:00"},
		{"hours of duty", planOf(Daily, 1, "06:00-22:00"), "2026-03-05 07:00", "2026-03-05 06:00 2026-03-05 22:00"},
		{"before the hours", planOf(Daily, 1, "06:00-22:00"), "2026-03-05 05:59", "2026-03-05 06:00 2026-03-05 22:00"},
		{"after the hours comes the next day", planOf(Daily, 1, "06:00-22:00"), "2026-03-05 22:00", "2026-03-06 06:00 2026-03-06 22:00"},
		{"one in each of two", planOf(Daily, 2, "06:00-10:00", "16:00-22:00"), "2026-03-05 11:00", "2026-03-05 16:00 2026-03-05 22:00"},
		{"two in each of two", planOf(Daily, 4, "06:00-10:00", "16:00-22:00"), "2026-03-05 09:00", "2026-03-05 08:00 2026-03-05 10:00"},
		{"night of the day before", planOf(Daily, 1, "22:00-05:00"), "2026-03-05 04:00", "2026-03-04 22:00 2026-03-05 05:00"},
		{"night to come", planOf(Daily, 1, "22:00-05:00"), "2026-03-05 05:00", "2026-03-05 22:00 2026-03-06 05:00"},
		{"a week from Monday", planOf(Weekly, 1), "2026-03-08 23:00", "2026-03-02 00:00 2026-03-09 00:00"},
		{"twice a week", planOf(Weekly, 2), "2026-03-05 12:00", "2026-03-05 00:00 2026-03-09 00:00"},
		{"a week across the year", planOf(Weekly, 1), "2026-01-01 12:00", "2025-12-29 00:00 2026-01-05 00:00"},
		{"a short month", planOf(Monthly, 1), "2026-02-28 23:59", "2026-02-01 00:00 2026-03-01 00:00"},
		{"a leap month", planOf(Monthly, 1), "2028-02-29 12:00", "2028-02-01 00:00 2028-03-01 00:00"},
		{"a long month", planOf(Monthly, 2), "2026-01-31 12:00", "2026-01-16 00:00 2026-02-01 00:00"},
		{"the last quarter", planOf(Quarterly, 1), "2026-12-31 23:59", "2026-10-01 00:00 2027-01-01 00:00"},
		{"months of a quarter", planOf(Quarterly, 3), "2026-05-05 12:00", "2026-05-01 00:00 2026-05-31 00:00"},
		{"nights of a month", planOf(Monthly, 1, "19:00-23:00"), "2026-02-10 12:00", "2026-02-01 19:00 2026-02-28 23:00"},
	} {
		got := ""
		if s, ok := c.plan.Slot(at(c.at), chinaZone()); ok {
			got = s.From.Format("2006-01-02 15:04 ") + s.To.Format("2006-01-02 15:04")
		}
		if err := c.plan.Check(); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestSlotsOfWeekdaysAndTerms(t *testing.T) {
	p := planOf(Daily, 1)
	p.Weekdays = "15"
	if s, ok := p.Slot(at("2026-03-03 12:00"), chinaZone()); !ok || !s.From.Equal(at("2026-03-06 00:00")) {
		t.Errorf("from Tuesday to Friday: %v %t", s, ok)
	}
	p.Term = grid.Term{From: day("2026-03-09"), To: day("2026-03-09")}
	if s, ok := p.Slot(at("2026-01-01 00:00"), chinaZone()); !ok || !s.From.Equal(at("2026-03-09 00:00")) {
		t.Errorf("long before its term: %v %t", s, ok)
	}
	if s, ok := p.Slot(at("2026-03-10 00:00"), chinaZone()); ok {
		t.Errorf("after its term: %v", s)
	}
	if past := p.Past(at("2026-06-01 00:00"), chinaZone(), 9); len(past) != 1 || !past[0].From.Equal(at("2026-03-09 00:00")) {
		t.Errorf("long after its term: %v", past)
	}
	if past := p.Past(at("2026-03-09 23:00"), chinaZone(), 9); len(past) != 0 {
		t.Errorf("before its first slot ended: %v", past)
	}
	q := planOf(Monthly, 1)
	q.Term = grid.Term{From: day("2026-03-10"), To: day("2026-04-05")}
	s, _ := q.Slot(at("2026-03-20 00:00"), chinaZone())
	if !s.From.Equal(at("2026-03-10 00:00")) || !s.To.Equal(at("2026-04-01 00:00")) {
		t.Errorf("a term that begins within a month: %v", s)
	}
}

// chancePlan is any plan that is right.
func chancePlan(r *rand.Rand) Plan {
	for {
		p := planOf([]Period{Daily, Weekly, Monthly, Quarterly}[r.IntN(4)], 1+r.IntN(6))
		p.Weekdays = ""
		for d := range 7 {
			if r.IntN(3) > 0 {
				p.Weekdays += string(rune('1' + d))
			}
		}
		for from := r.IntN(600); from < minutesPerDay && len(p.Windows) < r.IntN(5); from += 30 {
			to := from + 30 + r.IntN(600)
			p.Windows = append(p.Windows, Window{from, to})
			from = to + r.IntN(200)
		}
		p.Term.From = day("2025-12-01") + grid.Day(r.IntN(60))
		if r.IntN(2) == 0 {
			p.Term.To = p.Term.From + grid.Day(r.IntN(300))
		}
		if p.Check() == nil {
			return p
		}
	}
}

// No time belongs to two slots; every slot is found at every time of its own and is the next one before; Past and Slot tell of the same slots.
func TestSlotsAreApart(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 16))
	for range 300 {
		p := chancePlan(r)
		zone := []*time.Location{chinaZone(), time.UTC, time.FixedZone("", -5*60*60)}[r.IntN(3)]
		var slots []Slot
		for now := p.Term.From.Time().AddDate(0, 0, -3); now.Before(p.Term.From.Time().AddDate(0, 10, 0)); {
			s, ok := p.Slot(now, zone)
			if !ok {
				break
			}
			if !s.From.Before(s.To) || len(slots) > 0 && s.From.Before(slots[len(slots)-1].To) || !now.Before(s.To) {
				t.Fatalf("%+v in %s: after %v comes %v at %s", p, zone, slots[max(0, len(slots)-1):], s, now)
			}
			inside := s.From.Add(time.Duration(r.Int64N(int64(s.To.Sub(s.From)))))
			for _, probe := range []time.Time{s.From, inside, s.To.Add(-1)} {
				if again, ok := p.Slot(probe, zone); !ok || again != s {
					t.Fatalf("%+v: at %s it is %v, not %v", p, probe, again, s)
				}
			}
			slots = append(slots, s)
			now = s.To
		}
		if p.Term.To != 0 && len(slots) > 0 {
			end := slots[len(slots)-1].To
			past := p.Past(end, zone, len(slots)+5)
			slices.Reverse(past)
			if diff := cmp.Diff(slots[max(0, len(slots)-len(past)):], past); diff != "" || len(past) < len(slots) && end.Before(p.Term.From.Time().AddDate(0, 10, 0)) {
				t.Fatalf("%+v: %d slots, %d past: %s", p, len(slots), len(past), diff)
			}
		}
	}
}

// Every period of a plan that is in force has as many slots as it says.
func TestSlotsOfAPeriod(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := chancePlan(r)
		p.Term = grid.Term{From: day("2020-01-01")}
		start := p.Period.start(day("2026-01-01") + grid.Day(r.IntN(400)))
		n := len(p.slots(start, chinaZone()))
		if p.Period == Daily && !p.on(start) {
			continue
		}
		if n != p.Times {
			t.Fatalf("%+v has %d slots in the period of %s", p, n, start)
		}
		if next := p.Period.next(start); p.Period.before(next) != start || p.Period.start(next-1) != start || next <= start {
			t.Fatalf("%s: %s, %s", p.Period, start, next)
		}
	}
}

func TestPlansAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Plan)
		at     string
	}{
		"code":             {func(p *Plan) { p.Code = "Täglich" }, "/code"},
		"long code":        {func(p *Plan) { p.Code = strings.Repeat("a", 41) }, "/code"},
		"no title":         {func(p *Plan) { p.Title = "" }, "/title"},
		"two lines":        {func(p *Plan) { p.TitleEn = "a\nb" }, "/title_en"},
		"period":           {func(p *Plan) { p.Period = "year" }, "/period"},
		"never":            {func(p *Plan) { p.Times = 0 }, "/times"},
		"too often":        {func(p *Plan) { p.Times = 25 }, "/times"},
		"eight a week":     {func(p *Plan) { p.Period, p.Times = Weekly, 8 }, "/times"},
		"no day":           {func(p *Plan) { p.Weekdays = "" }, "/weekdays"},
		"days in disorder": {func(p *Plan) { p.Weekdays = "21" }, "/weekdays"},
		"eighth day":       {func(p *Plan) { p.Weekdays = "8" }, "/weekdays"},
		"term":             {func(p *Plan) { p.Term.To = p.Term.From - 1 }, "/valid_to"},
		"overlap":          {func(p *Plan) { p.Times, p.Windows = 2, []Window{{0, 120}, {60, 180}} }, "/windows/0"},
		"overlap at night": {func(p *Plan) { p.Times, p.Windows = 2, []Window{{60, 120}, {1200, 1530}} }, "/windows/1"},
		"not a multiple":   {func(p *Plan) { p.Times, p.Windows = 3, []Window{{0, 120}, {180, 240}} }, "/times"},
		"no time":          {func(p *Plan) { p.Times, p.Windows = 7, []Window{{0, 60}} }, "/times"},
	} {
		p := planOf(Daily, 1)
		c.change(&p)
		var fault *Fault
		if err := p.Check(); !errors.As(err, &fault) || !errors.Is(err, ErrBody) || fault.Pointer != c.at {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the last check, what is missed are the slots that ended with none since it, and a check in the open slot is what makes it done.
func TestStanding(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		p := chancePlan(r)
		now := p.Term.From.Time().Add(time.Duration(r.IntN(200*24*60)) * time.Minute)
		b := p.Beat(now, chinaZone())
		last := now.Add(-time.Duration(r.IntN(60*24*60)) * time.Minute)
		since := now.Add(-time.Duration(r.IntN(90*24*60)) * time.Minute)
		counts := b.Open && !last.Before(b.Slot.From)
		want := 0
		for _, s := range p.Past(now, chinaZone(), MaxMissed) {
			if s.From.After(last) && !s.From.Before(since) {
				want++
			}
		}
		state, missed := b.Stands(last, counts, since)
		wantState := Later
		switch {
		case counts:
			wantState = DueDone
		case want > 0:
			wantState = Overdue
		case b.Open:
			wantState = DueNow
		}
		if missed != want || state != wantState {
			t.Fatalf("%+v at %s, last %s, since %s: %s %d, want %s %d", p, now, last, since, state, missed, wantState, want)
		}
	}
}

func ExamplePlan_Slot() {
	p := planOf(Daily, 2, "06:00-10:00", "16:00-22:00")
	slot, _ := p.Slot(time.Date(2026, 3, 5, 11, 0, 0, 0, chinaZone()), chinaZone())
	fmt.Println(slot.From.Format(time.Kitchen), slot.To.Format(time.Kitchen))
	// Output: 4:00PM 10:00PM
}
