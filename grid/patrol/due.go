package patrol

import (
	"slices"
	"sort"
	"strconv"
	"time"
)

// DueState is how a subject stands by a plan.
type DueState string

// The states of what is to be checked.
const (
	DueNow  DueState = "due"     // 待检: its slot is open, and nobody has checked it in it
	Overdue DueState = "overdue" // 逾期: a slot has passed without any check since, and there is none in the one that is open
	DueDone DueState = "done"    // 已检: checked in the slot that is open
	Later   DueState = "later"   // 未到: nothing is missed and the next slot has not begun
)

// MaxMissed is how far missed slots are counted.
const MaxMissed = 99

// Beat is how a plan stands at a time, for any subject.
type Beat struct {
	Slot Slot // the one that is open, or the next; zero where none comes any more
	Open bool
	// Missed are the beginnings of the slots that have ended, the latest first.
	Missed []time.Time
}

// Beat tells how the plan stands at a time. zone is the city's.
func (p *Plan) Beat(at time.Time, zone *time.Location) Beat {
	var b Beat
	slot, found := p.Slot(at, zone)
	if found {
		b.Slot, b.Open = slot, slot.Has(at)
	}
	for _, s := range p.Past(at, zone, MaxMissed) {
		b.Missed = append(b.Missed, s.From)
	}
	return b
}

// Stands tells how a subject stands: last is its last check at any hour, zero for none; counts whether there is one in the open slot that the plan's
// hours let count; since is when the subject came into the record: what it was not there for it did not miss. missed are the slots without a check since
// the last one. A check between two slots makes good what was missed before it.
func (b Beat) Stands(last time.Time, counts bool, since time.Time) (state DueState, missed int) {
	missed = sort.Search(len(b.Missed), func(i int) bool { return !b.Missed[i].After(last) || b.Missed[i].Before(since) })
	switch {
	case b.Open && counts:
		return DueDone, missed
	case missed > 0:
		return Overdue, missed
	case b.Open:
		return DueNow, 0
	}
	return Later, 0
}

// DueItem is one subject that one plan wants checked.
type DueItem struct {
	ID        string     `json:"id"` // plan/kind/id
	Plan      string     `json:"plan"`
	Title     string     `json:"title"`
	TitleEn   string     `json:"title_en"`
	Subject   DueSubject `json:"subject"`
	Checklist string     `json:"checklist"`
	Edition   string     `json:"edition"` // the latest
	Grid      *DueGrid   `json:"grid"`    // of the officer's, that it lies in; null for what the officer has by itself
	State     DueState   `json:"state"`
	From      *time.Time `json:"from"` // of the slot that is open or next; null where none comes
	To        *time.Time `json:"to"`
	Missed    int        `json:"missed"` // 99 and more are 99
	Last      *DueLast   `json:"last"`
	Since     time.Time  `json:"since" doc:"对象入库时刻：此前开始的不计漏检"`
	DistanceM *float64   `json:"distance_m"` // along the walk of a list in that order, else straight from the caller
}

// DueSubject is a subject as people find it.
type DueSubject struct {
	Kind   string  `json:"kind"`
	ID     int64   `json:"id"`
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	Status string  `json:"status"`
}

// DueGrid is a grid of the officer's.
type DueGrid struct {
	Scheme string `json:"scheme"`
	Code   string `json:"code"`
	Name   string `json:"name,omitempty"`
}

// DueLast is the last check with the plan's checklist.
type DueLast struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Result Result    `json:"result"`
}

// DueCounts are how many subjects of a list stand how; overdue ones are not among the due.
type DueCounts struct {
	Due     int `json:"due"`
	Overdue int `json:"overdue"`
	Done    int `json:"done"`
}

// Due is what a holder is to check at a time.
type Due struct {
	MadeAt  time.Time
	Holder  int64
	GridIDs []int64 // the holder's own grids of the day, whose role counts or not, in the order of Grids
	Grids   []DueGrid
	Counts  DueCounts
	Items   []DueItem // by urgency: overdue first, then by the end of the slot
}

// Stand fills in how the subject stands: its identity and its last check are there already. counts and since are those of Beat.Stands.
func (d *DueItem) Stand(b Beat, counts bool, since time.Time) {
	d.ID = d.Plan + "/" + d.Subject.Kind + "/" + strconv.FormatInt(d.Subject.ID, 10)
	d.Since = since.UTC()
	var last time.Time
	if d.Last != nil {
		last = d.Last.At
	}
	d.State, d.Missed = b.Stands(last, counts, since)
	if !b.Slot.From.IsZero() {
		from, to := b.Slot.From.UTC(), b.Slot.To.UTC()
		d.From, d.To = &from, &to
	}
}

// Add counts one more.
func (c *DueCounts) Add(s DueState) {
	switch s {
	case DueNow:
		c.Due++
	case Overdue:
		c.Overdue++
	case DueDone:
		c.Done++
	}
}

// Order is the place of a state in a list: the most urgent is 0.
func (s DueState) Order() int {
	return slices.Index([]DueState{Overdue, DueNow, Later, DueDone}, s)
}
