package layers

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// Finding is what somebody found out about a feature on the ground.
type Finding string

// The findings.
const (
	Exists  Finding = "exists"  // 有: it is there and as the record says
	Missing Finding = "missing" // 无: it is not there
	Differs Finding = "differs" // 不符: it is there, and not as the record says
	New     Finding = "new"     // 新增: it is there, and not in the record
)

// Findings are all findings.
func Findings() []Finding { return []Finding{Exists, Missing, Differs, New} }

// ProposalState is how far a proposal is.
type ProposalState string

// The states. Open is the only one that something may follow.
const (
	ProposalRecorded  ProposalState = "recorded"  // 已记录: nothing is asked for (Exists)
	ProposalOpen      ProposalState = "open"      // 待处理
	ProposalAccepted  ProposalState = "accepted"  // 已采纳: all of it
	ProposalPartly    ProposalState = "partly"    // 部分采纳
	ProposalRejected  ProposalState = "rejected"  // 未采纳
	ProposalWithdrawn ProposalState = "withdrawn" // 已撤回
)

// ProposalStates are all states.
func ProposalStates() []ProposalState {
	return []ProposalState{ProposalRecorded, ProposalOpen, ProposalAccepted, ProposalPartly, ProposalRejected, ProposalWithdrawn}
}

// Proposal is what somebody found out about a feature, and what the record should have of it. 台账建议。
type Proposal struct {
	ID      string // UUID, chosen by the device
	Layer   string // id
	Feature int64  // 0 for New
	Finding Finding
	Base    int64 // the revision of the feature that the finder had before the eyes; 0 for unknown: what stands when it comes is taken for it
	// Values are the fields as they should be, as a JSON document has them; nil or empty for none. Missing needs none: it means status missing.
	Values   map[string]any
	Geometry orb.Geometry // degrees of CGCS2000; nil for as it is
	Note     string

	At       time.Time  // when it was found, by the server's clock
	Received time.Time  // zero for now
	Holder   int64      // who found it; 0 for none
	Account  string     // and by which account
	Device   string     // UUID; "" for none
	Spot     *orb.Point // where the finder stood, degrees of CGCS2000; nil for unknown
	Accuracy float64    // of Spot, metres; 0 for unknown
	Flags    []string   // doubts, by the words of grid/patrol; more are added by who keeps it

	// What the record says of it once it is kept.
	Region         string          // code of the deepest division at the feature or at the proposed place; "" for none
	Depts          []string        // of the feature, or of the proposed values
	Grid           int64           // the duty grid at the place; 0 for none
	State          ProposalState   //
	Decisions      json.RawMessage // what was decided, part by part; see Decision
	DecidedBy      string          // account
	DecidedAt      time.Time       // zero where nothing was decided
	Reason         string          //
	ResultID       int64           // the feature that was made or changed; 0 for none
	ResultRevision int64           // its revision then
	Revision       int64           //
	Ordinal        int64           // in the order in which proposals came
}

// Decision is what staff decide about a proposal, part by part. What is not named is not taken.
type Decision struct {
	Fields   map[string]bool // by name of the field
	Geometry bool
	Values   map[string]any // typed: what is written instead of what was proposed, or besides
	Reason   string         // wanted where nothing is taken
	Seen     int64          // the revision of the feature that the decision rests on; 0 for any
	NewArea  bool           // take what lies outside every known region
	Shifted  bool           // take what looks like GCJ-02
}

// Doubts about proposals that this package knows of, by the words of grid/patrol.
const (
	FlagOutside = "outside" // outside every known region
	FlagShifted = "shifted" // looks as if it were GCJ-02
	FlagGone    = "gone"    // the feature was deleted
)

// By tells whether a holder or an account found it.
func (p *Proposal) By(holder int64, account string) bool {
	return holder != 0 && p.Holder == holder || account != "" && p.Account == account
}
