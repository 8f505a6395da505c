package patrol

import (
	"slices"
	"time"
)

// Source is where a problem came from. The five of an inspection "4+1" are data of the record (table problem.source), told apart in every figure.
type Source string

// The sources.
const (
	FromOfficer     Source = "officer"     // 网格员巡查
	FromDepartment  Source = "department"  // 责任单位自查
	FromSupervision Source = "supervision" // 督查组
	FromSpotCheck   Source = "spot_check"  // 抽查
	FromCitizen     Source = "citizen"     // 市民上报
)

// Sources are all of them, in the order that figures list them in.
func Sources() []Source {
	return []Source{FromOfficer, FromDepartment, FromSupervision, FromSpotCheck, FromCitizen}
}

// Title of a source in both languages; "" for none of ours.
func (s Source) Title() (zh, en string) {
	switch s {
	case FromOfficer:
		return "网格员巡查", "Grid officer"
	case FromDepartment:
		return "责任单位自查", "Department's own check"
	case FromSupervision:
		return "督查组督查", "Supervision team"
	case FromSpotCheck:
		return "抽查", "Spot check"
	case FromCitizen:
		return "市民上报", "Citizen"
	}
	return "", ""
}

// State is where a problem stands.
type State string

// The states. Absent is before the report; Closed, Void and Merged are ends.
const (
	Absent     State = ""
	Found      State = "found"      // 待交办
	Dispatched State = "dispatched" // 待接办
	Handling   State = "handling"   // 整改中
	Returned   State = "returned"   // 已退回, to be handed over to another
	Rectified  State = "rectified"  // 待核查
	Suspended  State = "suspended"  // 挂账
	Closed     State = "closed"     // 已销号
	Void       State = "void"       // 不予受理
	Merged     State = "merged"     // 已并案
)

// States are all that a problem of the record can be in, in the order of its life.
func States() []State {
	return []State{Found, Dispatched, Handling, Returned, Rectified, Suspended, Closed, Void, Merged}
}

// Title of a state in both languages; "" for none of ours.
func (s State) Title() (zh, en string) {
	switch s {
	case Found:
		return "待交办", "To be dispatched"
	case Dispatched:
		return "待接办", "Dispatched"
	case Handling:
		return "整改中", "Being rectified"
	case Returned:
		return "已退回", "Returned"
	case Rectified:
		return "待核查", "To be verified"
	case Suspended:
		return "挂账", "Suspended"
	case Closed:
		return "已销号", "Closed"
	case Void:
		return "不予受理", "Not accepted"
	case Merged:
		return "已并案", "Merged"
	}
	return "", ""
}

// Open tells whether something is still to be done.
func (s State) Open() bool {
	return s != Absent && s != Closed && s != Void && s != Merged
}

// Bounds of a report and of its steps.
const (
	MaxTitleRunes     = 100
	MaxNoteRunes      = 2000
	MaxPhotosOfRecord = 20
)

// Report is a problem as it is found. Everything but ID and Class may be missing; what is not right about position, clock or duty is a flag.
type Report struct {
	ID        string // UUID, chosen by whoever reports
	Class     string
	Source    Source // "" follows from the reporter's role
	Title     string // "" for the title of the class
	Note      string
	Fix       *Fix
	Subject   *Subject
	Photos    []PhotoRef
	OnTheSpot bool   // 当场整改: it is rectified already; wants the photo after where the class does
	CheckID   string // UUID of the check that found it
	Reopens   string // UUID of a closed problem that came back (回头看)
	By        Person
	Device    string
	Moment
	Place Place
}

// Problem is one problem as it stands: what its report and its steps so far have made of it.
type Problem struct {
	ID      string
	Number  string // 20261122-0001: day of receipt and sequence, given by the server
	Class   string
	Source  Source
	Title   string
	Note    string
	Place   Place
	Region  string   // narrowest division at the place; "" outside all
	Unit    *GridRef // unit grid at the place
	Duty    *GridRef // duty grid
	Subject *Subject

	State       State
	Dept        string    // department that is to rectify it
	Assignee    int64     // holder that is to; 0 for nobody in particular
	Deadline    time.Time // zero for none
	OnTheSpot   bool      // rectified when it was found, and nobody found that it was not
	Rectifier   Person    // who rectified it last, or said so
	RectifiedAt time.Time
	ClosedAt    time.Time
	Returns     int    // 退回 so far
	Reworks     int    // 返工 so far
	Reopens     string // problem that this one is again
	ReopenedBy  string // problem that is this one again
	DuplicateOf string // problem that it was merged into

	Reporter Person
	Device   string
	At       time.Time // found
	Received time.Time
	Flags    []Flag
	Revision int64 // rises by one with every step that changes something
}

// Flags puts lists of flags together: each once, sorted.
func Flags(lists ...[]Flag) []Flag {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Overdue tells whether a problem is still to be rectified after its deadline.
func (p *Problem) Overdue(now time.Time) bool {
	return !p.Deadline.IsZero() && p.Deadline.Before(now) && (p.State == Dispatched || p.State == Handling || p.State == Returned)
}
