package rights

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableIsWhole(t *testing.T) {
	seen := map[Action]bool{}
	for _, r := range table {
		if marks := strings.Split(r.marks, " "); len(marks) != columns || len(r.marks) != 2*columns-1 || strings.Trim(r.marks, "- oda*") != "" {
			t.Errorf("%s: %q", r.do, r.marks)
		}
		if seen[r.do] {
			t.Errorf("%s is there twice", r.do)
		}
		seen[r.do] = true
	}
	used := map[int]Role{}
	for _, role := range append(Roles(), Nobody) {
		if c := role.column(); c == columns || used[c] != "" {
			t.Errorf("%q has column %d", role, c)
		}
		used[role.column()] = role + "."
	}
	if Role("mayor").column() != columns || len(used) != columns {
		t.Error("columns and roles differ")
	}
}

// What each role may at all, written once more as a person would say it.
func TestWhoMightDoWhat(t *testing.T) {
	plus := func(list []Action, more ...Action) []Action { return slices.Concat(list, more) }
	everyone := []Action{ReadOpen, SignIn}
	signedIn := plus(everyone, OwnAccount, OwnPassword, OwnTokens, Report, ReadPeople, ReadFigures, ReadPersonal)
	staff := plus(signedIn, ReadInternal, EditPeople, EditInventory, Propose, Plan, Patrol, ReadPatrol, Rectify)
	want := map[Role][]Action{
		Nobody:     everyone,
		Viewer:     signedIn,
		Planner:    plus(signedIn, ReadInternal, Plan),
		Officer:    plus(signedIn, Propose, Patrol, ReadPatrol, Rectify, Verify, ReadTracks),
		Department: staff,
		Street:     plus(staff, EditGrid, Certify, Dispatch, Verify),
		Bureau:     plus(staff, EditGrid, Certify, Dispatch, Verify, EditScheme, EditPatrol, ReadTracks, ReadMetrics, CheckMemory),
		Auditor:    plus(signedIn, ReadInternal, ReadPatrol, ReadTracks, ReadAudit, ReadAccounts, ReadMetrics, CheckMemory),
		Admin:      plus(signedIn, ReadAudit, ReadAccounts, ReadMetrics, CheckMemory, EditScheme, ManageAccounts, SetPasswords, Plan, EditPatrol),
	}
	for role, actions := range want {
		may := map[Action]bool{}
		for _, do := range actions {
			may[do] = true
		}
		got := map[Action]bool{}
		for _, do := range (Actor{Account: account(role), Role: role}).Allowed() {
			got[do] = true
		}
		if diff := cmp.Diff(may, got); diff != "" {
			t.Errorf("%q: %s", role, diff)
		}
	}
}

func account(r Role) int64 {
	if r == Nobody {
		return 0
	}
	return 1
}

func TestPlaces(t *testing.T) {
	street := Actor{Account: 1, Role: Street, Region: "370281001"}
	works := Actor{Account: 1, Role: Department, Dept: "D1"}
	officer := Actor{Account: 1, Role: Officer, Holder: 5}
	for _, c := range []struct {
		who  Actor
		do   Action
		at   Place
		want error
	}{
		{Actor{Account: 1, Role: Bureau}, EditGrid, Place{}, nil},
		{street, EditGrid, Place{Region: "370281001001"}, nil},
		{street, EditGrid, Place{Region: "370281001"}, nil},
		{street, EditGrid, Place{Region: "370281002001"}, ErrForbidden},
		{street, EditGrid, Place{Region: "370281"}, ErrForbidden},
		{street, EditGrid, Place{}, ErrForbidden},
		{street, ReadPersonal, Place{Own: true}, nil},
		{Actor{Account: 1, Role: Street}, EditGrid, Place{Region: "370281001001"}, ErrForbidden},
		{Actor{Account: 1, Role: Street}, EditGrid, Place{}, ErrForbidden},
		{works, EditPeople, Place{Dept: "D1"}, nil},
		{works, EditPeople, Place{Dept: "D2", Region: "370281001"}, ErrForbidden},
		{works, EditPeople, Place{}, ErrForbidden},
		{Actor{Account: 1, Role: Department}, EditPeople, Place{}, ErrForbidden},
		{works, EditGrid, Place{Dept: "D1"}, ErrForbidden},
		{officer, ReadPersonal, Place{Own: true}, nil},
		{officer, ReadPersonal, Place{Region: "370281001001"}, ErrForbidden},
		{officer, Propose, Place{Own: true}, nil},
		{officer, Propose, Place{}, ErrForbidden},
		{officer, EditInventory, Place{Own: true}, ErrForbidden},
		{Actor{Account: 1, Role: Admin}, ReadPersonal, Place{Region: "370281001001"}, ErrForbidden},
		{Actor{}, EditGrid, Place{}, ErrSignIn},
		{Actor{}, ReadPersonal, Place{Own: true}, ErrSignIn},
		{Actor{}, ReadOpen, Place{}, nil},
		{Actor{Account: 1, Role: "mayor"}, ReadOpen, Place{}, ErrForbidden},
		{Actor{Account: 1, Role: Bureau}, "launch", Place{}, ErrForbidden},
		{Operator("x"), EditPeople, Place{}, nil},
	} {
		if err := c.who.May(c.do, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s of %+v at %+v: %v, want %v", c.do, c.who, c.at, err, c.want)
		}
	}
}

func TestTokensAndPasswordsOfOthers(t *testing.T) {
	token := Actor{Account: 1, Role: Admin, Token: true}
	fresh := Actor{Account: 1, Role: Admin, MustChange: true}
	for do, want := range map[Action][2]error{
		ReadOpen:       {nil, nil},
		SignIn:         {nil, nil},
		OwnAccount:     {nil, nil},
		OwnPassword:    {ErrForbidden, nil},
		OwnTokens:      {ErrForbidden, ErrChangePassword},
		SetPasswords:   {ErrForbidden, ErrChangePassword},
		ManageAccounts: {nil, ErrChangePassword},
		ReadPeople:     {nil, ErrChangePassword},
		EditGrid:       {ErrForbidden, ErrForbidden},
	} {
		if err := token.Might(do); !errors.Is(err, want[0]) {
			t.Errorf("%s by token: %v", do, err)
		}
		if err := fresh.Might(do); !errors.Is(err, want[1]) {
			t.Errorf("%s before the password is changed: %v", do, err)
		}
	}
}

func TestAskingAllocatesNothing(t *testing.T) {
	a, at := Actor{Account: 1, Role: Street, Region: "370281001"}, Place{Region: "370281001001"}
	if n := testing.AllocsPerRun(100, func() {
		if a.May(ReadPersonal, at) != nil {
			t.Fatal("refused")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMay(b *testing.B) {
	a, at := Actor{Account: 1, Role: Street, Region: "370281001"}, Place{Region: "370281001001"}
	for b.Loop() {
		if a.May(EditPeople, at) != nil {
			b.Fatal("wrong")
		}
	}
}
