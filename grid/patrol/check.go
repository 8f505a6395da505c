package patrol

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
	Flags   []Flag // all of them, sorted
	Grid    GridRef
	Problem string // UUID of a problem reported with it
}

// Effect is what an answer does to the inventory, as data of the checklist: the field of the subject's layer that takes a value.
// Officers may write fields that a checklist names so; everything else of theirs is a proposal.
type Effect struct {
	Field string `json:"field"`
	Value any    `json:"value"`
	// When, where it is not empty, names the values that the field must have now for the effect to be: an open toilet is intact only if it was closed.
	When []any `json:"when,omitempty"`
}
