package grid

import (
	"cmp"
	"slices"
	"sync"
)

// Roster is who is responsible for what, in memory: holders, their duties and absences, what is required, and the targets that the net does not
// have. It is immutable and safe for concurrent use; what it answers must not be changed. Decisions:
//
//   - It holds all duties of all times, so that any day can be asked. Whoever asks about a day gives the net of that day (Net.At): a duty for a
//     grid that is not in force then says nothing.
//   - A duty is in force on a day if its term covers it and its holder is in post. It counts if its holder is not absent either. A substitute's
//     duty counts only while the duty that it stands for is in force and its holder away, so that the two never count together.
//   - Roads, alleys and places have no history: they are taken to have been always as they are.
type Roster struct {
	rows         RosterRows
	holders      []*Holder // by code
	holderByID   map[int64]*Holder
	holderByCode map[string]*Holder
	duties       map[int64]*Duty
	byTarget     map[Target][]*Duty // by first day and number
	byHolder     map[int64][]*Duty  // the same
	absences     map[int64][]*Absence
	roles        []*Role // in the order of showing
	requirements []*Requirement
	limits       []*LoadLimit
	lines        []*Line // by kind, code and number
	spots        []*Spot // by code
	targets      map[Target]any
	departments  []*Department // by code
	turns        []Day         // days on which anything of this may be otherwise than the day before, ascending

	ways  *waySlot // all roads and alleys, once somebody asked
	known *figureCache
}

// RosterRows are the rows that a roster is made of.
type RosterRows struct {
	Holders      []Holder
	Duties       []Duty
	Absences     []Absence
	Roles        []Role
	Requirements []Requirement
	Limits       []LoadLimit
	Lines        []Line
	Spots        []Spot
	Departments  []Department
}

// NewRoster makes a roster of rows, which it keeps. before, where it is not nil, is the roster that it replaces and that had the same roads and
// alleys: what was read of these is used again.
func NewRoster(rows RosterRows, before *Roster) *Roster {
	r := &Roster{rows: rows, ways: &waySlot{}, known: &figureCache{}}
	if before != nil {
		r.ways = before.ways
	}
	r.addHolders(rows)
	r.addDuties(rows)
	r.roles = pointers(rows.Roles, func(a, b *Role) int { return cmp.Or(cmp.Compare(a.Ordinal, b.Ordinal), cmp.Compare(a.Code, b.Code)) })
	r.requirements = pointers(rows.Requirements, func(a, b *Requirement) int { return cmp.Compare(a.ID, b.ID) })
	r.limits = pointers(rows.Limits, func(a, b *LoadLimit) int { return cmp.Compare(a.ID, b.ID) })
	r.departments = pointers(rows.Departments, func(a, b *Department) int { return cmp.Compare(a.Code, b.Code) })
	r.addTargets(rows)
	r.addTurns()
	return r
}

// pointers puts rows in order.
func pointers[T any](rows []T, compare func(a, b *T) int) []*T {
	out := make([]*T, len(rows))
	for i := range rows {
		out[i] = &rows[i]
	}
	slices.SortFunc(out, compare)
	return out
}

func (r *Roster) addHolders(rows RosterRows) {
	r.holders = pointers(rows.Holders, func(a, b *Holder) int { return cmp.Compare(a.Code, b.Code) })
	r.holderByID = make(map[int64]*Holder, len(r.holders))
	r.holderByCode = make(map[string]*Holder, len(r.holders))
	for _, h := range r.holders {
		r.holderByID[h.ID], r.holderByCode[h.Code] = h, h
	}
	r.absences = map[int64][]*Absence{}
	for _, a := range pointers(rows.Absences, func(a, b *Absence) int {
		return cmp.Or(cmp.Compare(a.Term.From, b.Term.From), cmp.Compare(a.ID, b.ID))
	}) {
		r.absences[a.Holder] = append(r.absences[a.Holder], a)
	}
}

func (r *Roster) addDuties(rows RosterRows) {
	r.duties = make(map[int64]*Duty, len(rows.Duties))
	r.byTarget, r.byHolder = map[Target][]*Duty{}, map[int64][]*Duty{}
	for _, d := range pointers(rows.Duties, func(a, b *Duty) int {
		return cmp.Or(cmp.Compare(a.Term.From, b.Term.From), cmp.Compare(a.ID, b.ID))
	}) {
		r.duties[d.ID] = d
		r.byTarget[d.Target] = append(r.byTarget[d.Target], d)
		r.byHolder[d.Holder] = append(r.byHolder[d.Holder], d)
	}
}

func (r *Roster) addTargets(rows RosterRows) {
	r.lines = pointers(rows.Lines, func(a, b *Line) int {
		return cmp.Or(cmp.Compare(a.Target.Kind, b.Target.Kind), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Target.ID, b.Target.ID))
	})
	r.spots = pointers(rows.Spots, func(a, b *Spot) int { return cmp.Compare(a.Code, b.Code) })
	r.targets = make(map[Target]any, len(r.lines)+len(r.spots))
	for _, l := range r.lines {
		r.targets[l.Target] = l
	}
	for _, s := range r.spots {
		r.targets[Target{TargetPlace, s.ID}] = s
	}
}

// addTurns notes the days between which nothing changes.
func (r *Roster) addTurns() {
	through := func(t Term) {
		r.turns = append(r.turns, t.From)
		if t.To != 0 {
			r.turns = append(r.turns, t.To+1)
		}
	}
	for _, d := range r.duties {
		through(d.Term)
	}
	for _, of := range r.absences {
		for _, a := range of {
			through(a.Term)
		}
	}
	for _, h := range r.holders {
		r.turns = append(r.turns, h.Term.From, h.Term.To)
	}
	for _, s := range r.spots {
		r.turns = append(r.turns, s.To)
	}
	slices.Sort(r.turns)
	r.turns = slices.Compact(r.turns)
}

// Stretch numbers the stretch of days, all alike, that a day lies in.
func (r *Roster) Stretch(day Day) int {
	n, _ := slices.BinarySearch(r.turns, day+1)
	return n
}

// Rows are what the roster was made of; they must not be changed.
func (r *Roster) Rows() RosterRows { return r.rows }

// Holder finds a holder of any time by the record's number, or nil.
func (r *Roster) Holder(id int64) *Holder { return r.holderByID[id] }

// HolderByCode finds a holder of any time, or nil.
func (r *Roster) HolderByCode(code string) *Holder { return r.holderByCode[code] }

// Holders lists the holders of all times by code.
func (r *Roster) Holders() []*Holder { return r.holders }

// Duty finds a duty of any time, or nil.
func (r *Roster) Duty(id int64) *Duty { return r.duties[id] }

// AllDutiesOf lists the duties that a holder has, had or will have, by first day.
func (r *Roster) AllDutiesOf(holder int64) []*Duty { return r.byHolder[holder] }

// AllDuties lists the duties that there are, were or will be for a target, by first day.
func (r *Roster) AllDuties(t Target) []*Duty { return r.byTarget[t] }

// Absences lists the absences of a holder by first day.
func (r *Roster) Absences(holder int64) []*Absence { return r.absences[holder] }

// Roles lists the roles in the order of showing.
func (r *Roster) Roles() []*Role { return r.roles }

// Role finds a role, or nil.
func (r *Roster) Role(code string) *Role {
	if i := slices.IndexFunc(r.roles, func(x *Role) bool { return x.Code == code }); i >= 0 {
		return r.roles[i]
	}
	return nil
}

// AllRequirements lists the requirements as the record has them.
func (r *Roster) AllRequirements() []*Requirement { return r.requirements }

// Limits lists the load limits as the record has them.
func (r *Roster) Limits() []*LoadLimit { return r.limits }

// Lines lists the roads and alleys that people are or should be responsible for.
func (r *Roster) Lines() []*Line { return r.lines }

// Spots lists the places, those of former times too, by code.
func (r *Roster) Spots() []*Spot { return r.spots }

// Departments lists the departments by code.
func (r *Roster) Departments() []*Department { return r.departments }

// Department finds a department, or nil.
func (r *Roster) Department(code string) *Department {
	i, ok := slices.BinarySearchFunc(r.departments, code, func(d *Department, c string) int { return cmp.Compare(d.Code, c) })
	if !ok {
		return nil
	}
	return r.departments[i]
}

// Bytes is the memory of the roster, roughly.
func (r *Roster) Bytes() int64 {
	const perHolder, perDuty, perLine, perPosition = 400, 300, 400, 16
	return int64(len(r.holders))*perHolder + int64(len(r.duties))*perDuty + int64(len(r.targets))*perLine + r.ways.positions()*perPosition
}

// waySlot keeps the roads and alleys that figures are made of from the first time that somebody asks.
type waySlot struct {
	mu   sync.Mutex
	ways *Ways
}

func (s *waySlot) positions() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ways == nil {
		return 0
	}
	return s.ways.positions
}
