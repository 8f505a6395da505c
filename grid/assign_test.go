package grid

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCleanPhone(t *testing.T) {
	for in, want := range map[string]string{
		"13812345678": "13812345678", "+86 138-1234-5678": "13812345678", "８６１３８１２３４５６７８": "13812345678", "0086 13812345678": "13812345678",
		"0532-82280000": "0532-82280000", "053282280000": "0532-82280000", "(0532) 8228 0000": "0532-82280000", "+86 532 82280000": "0532-82280000",
		"010-62345678": "010-62345678", "82280000": "82280000", "0532-82280000转8001": "0532-82280000-8001", "8228000": "8228000",
		"12812345678": "", "1381234567": "", "138123456789": "", "0532": "", "abc": "", "138123456７x": "", "": "", "+1 212 5551234": "", "0532-82280000转": "",
	} {
		got, ok := CleanPhone(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %t, want %q", in, got, ok, want)
		}
	}
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("王", 65)
	for in, want := range map[string]string{
		"王 小明": "王小明", "　王　小明　": "王小明", "John  Smith": "John Smith", "买买提·艾山": "买买提·艾山", "王\u200b小明": "王小明",
		"": "", "  ": "", "123": "", long: "", "\x00": "",
	} {
		got, ok := CleanName(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %t, want %q", in, got, ok, want)
		}
	}
}

func TestCleanHours(t *testing.T) {
	for in, want := range map[string]string{
		"8:00-18:00": "08:00-18:00", "08：00－18：00": "08:00-18:00", "22:00~06:00": "22:00-06:00", "8:00至24:00": "08:00-24:00", "工作日": "工作日", "": "",
	} {
		if got, ok := CleanHours(in); !ok || got != want {
			t.Errorf("%q: %q %t, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"25:00-26:00", "08:60-09:00", "08:00-24:30", strings.Repeat("长", 65)} {
		if got, ok := CleanHours(in); ok {
			t.Errorf("%q was taken as %q", in, got)
		}
	}
}

// What is cleaned once is clean: nothing changes a second time.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"王 小明", "+86 138-1234-5678", "0532-82280000转8001", "8:00-18:00", "\xff", "　", "Ａ１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p := Plain(s); Plain(p) != p {
			t.Errorf("Plain: %q, then %q", p, Plain(p))
		}
		for what, clean := range map[string]func(string) (string, bool){"name": CleanName, "phone": CleanPhone, "hours": CleanHours} {
			once, ok := clean(s)
			if !ok {
				continue
			}
			if twice, ok := clean(once); !ok || twice != once {
				t.Errorf("%s of %q: %q, then %q %t", what, s, once, twice, ok)
			}
		}
	})
}

func TestCheckDuty(t *testing.T) {
	roles := []Role{{Code: "street_head"}, {Code: "site_leader"}}
	needs := []Requirement{{Kind: TargetRoad, Applies: "arterial", Role: "street_head", AtLeast: 1}}
	good := Post{Duty: Duty{Role: "street_head", Rank: Primary, Target: Target{TargetRoad, 1}, Term: Term{From: 100}}}
	for name, c := range map[string]struct {
		change func(*Post)
		field  string
	}{
		"good":                           {func(*Post) {}, ""},
		"one day":                        {func(p *Post) { p.Duty.Term.To = 100 }, ""},
		"a role without rules fits":      {func(p *Post) { p.Duty.Role, p.Duty.Target.Kind = "site_leader", TargetZone }, ""},
		"ends before it starts":          {func(p *Post) { p.Duty.Term.To = 99 }, "/valid_to"},
		"no first day":                   {func(p *Post) { p.Duty.Term.From = 0 }, "/valid_from"},
		"unknown role":                   {func(p *Post) { p.Duty.Role = "king" }, "/role"},
		"role of another kind of target": {func(p *Post) { p.Duty.Target.Kind = TargetGrid }, "/role"},
		"unknown rank":                   {func(p *Post) { p.Duty.Rank = "boss" }, "/rank"},
		"before the post":                {func(p *Post) { p.Holder.Term.From = 101 }, "/holder"},
		"without end, out of post later": {func(p *Post) { p.Holder.Term.To = 200 }, "/holder"},
		"last day in post":               {func(p *Post) { p.Holder.Term.To, p.Duty.Term.To = 200, 199 }, ""},
		"on the day away":                {func(p *Post) { p.Holder.Term.To, p.Duty.Term.To = 200, 200 }, "/holder"},
		"target no more in force":        {func(p *Post) { p.TargetTerm.To = 200 }, "/target"},
		"target in force all the time":   {func(p *Post) { p.TargetTerm.To, p.Duty.Term.To = 200, 199 }, ""},
	} {
		p := good
		c.change(&p)
		err := CheckDuty(p, roles, needs, nil)
		var bad Refusals
		if errors.As(err, &bad) != (c.field != "") || c.field != "" && bad[0].Field != c.field {
			t.Errorf("%s: %v, want %q", name, err, c.field)
		}
	}
}

func TestFitKinds(t *testing.T) {
	needs := []Requirement{{Kind: TargetGrid, Role: "head"}, {Kind: TargetGrid, Applies: "street", Role: "head"}}
	limits := []LoadLimit{{Kind: TargetRegion, Role: "head"}}
	if d := cmp.Diff([]TargetKind{TargetGrid, TargetRegion}, FitKinds("head", needs, limits)); d != "" {
		t.Error(d)
	}
	if got := FitKinds("any", needs, limits); len(got) != len(TargetKinds()) {
		t.Errorf("a role without rules fits %v", got)
	}
}

// Uncovered gives, day for day, what lies in the term and in none of the others.
func TestUncovered(t *testing.T) {
	terms := []Term{{From: 1, To: 3}, {From: 2, To: 2}, {From: 5}, {From: 4, To: 9}, {From: 9, To: 9}, {From: 3}}
	const last = 12
	for _, whole := range terms {
		for _, a := range terms {
			for _, b := range terms {
				pieces := Uncovered(whole, []Term{a, b})
				for d := Day(1); d <= last; d++ {
					in := 0
					for _, p := range pieces {
						if p.Through(d) {
							in++
						}
					}
					want := whole.Through(d) && !a.Through(d) && !b.Through(d)
					if in > 1 || (in == 1) != want {
						t.Fatalf("%v without %v and %v is %v: day %d is in %d pieces", whole, a, b, pieces, d, in)
					}
				}
			}
		}
	}
}

func TestBelow(t *testing.T) {
	err := Below("/items/3", Refuse("/role", "无", "none"))
	var bad Refusals
	if !errors.As(err, &bad) || bad[0].Field != "/items/3/role" || err.Error() != "/items/3/role: none" {
		t.Errorf("%v", err)
	}
	if plain := errors.New("other"); !errors.Is(Below("/x", plain), plain) {
		t.Error("another error changed")
	}
}
