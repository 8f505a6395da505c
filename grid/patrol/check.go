package patrol

import "time"

// Result of a check.
type Result string

// The results.
const (
	Normal   Result = "normal"   // 正常
	Abnormal Result = "abnormal" // 异常
)

// Answer to an item of a checklist.
type Answer string

// The answers.
const (
	Pass  Answer = "pass"
	Fail  Answer = "fail"
	Empty Answer = "na" // 不适用
)

// Check is one check of one subject, as it came; it is never changed.
type Check struct {
	ID        string // UUID, chosen by the device
	Plan      string // "" for one outside any plan
	Subject   Subject
	Checklist string
	Edition   string
	Result    Result
	Answers   map[string]Answer
	Note      string
	Fix       *Fix
	Photos    []PhotoRef
	// Seen is the revision of the subject that the officer had before the eyes; 0 for unknown. What the check would change (Effect) in fields that
	// others changed since is a conflict.
	Seen int64

	By      Person
	Device  string
	Moment  Moment
	Place   Place
	Flags   []Flag  // all of them, sorted
	Grid    GridRef // duty grid at the place, or of the subject where the place is not known; of several the officer's own
	GridID  int64   // its number; 0 for none
	Region  string  // narrowest division, the same way
	Problem string  // UUID of a problem reported with it

	Superseded *Superseded // nil unless flagged so
}

// FlagSuperseded says that a later check of the subject with the same checklist was here before this one came, so that this one changed nothing in the inventory.
const FlagSuperseded Flag = "superseded" // 已有更晚的检查

// Superseded is what a check would have done to the inventory, had not a later one been there before it.
type Superseded struct {
	By      string // account that made the later one
	At      time.Time
	Effects []Effect
}

// Effect is what an answer does to the inventory, as data of the checklist: the field of the subject's layer that takes a value.
// Officers may write fields that a checklist names so; everything else of theirs is a proposal.
type Effect struct {
	Field string `json:"field"`
	Value any    `json:"value"`
	// When, where it is not empty, names the values that the field must have now for the effect to be: an open toilet is intact only if it was closed.
	When []any `json:"when,omitempty"`
}
