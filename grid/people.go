package grid

import "github.com/paulmach/orb"

// HolderKind tells people from organisations.
type HolderKind string

// The kinds of holders.
const (
	Person       HolderKind = "person"
	Organisation HolderKind = "organisation"
)

// Holder is a person or an organisation that has duties. Name and Phone of a person are personal data: they leave the server only masked, or to
// those whose rights say so.
type Holder struct {
	ID    int64
	Code  string // staff number or the like, unique
	Kind  HolderKind
	Name  string
	Phone string
	Dept  string // department code; "" for none
	Title string // 职务
	Note  string
	// Sample marks a generated person, who does not exist.
	Sample   bool
	Term     Term // Until: To is the first day away for good
	Revision int64
}

// TargetKind is what a duty is for.
type TargetKind string

// The kinds of targets.
const (
	TargetGrid   TargetKind = "grid"
	TargetRoad   TargetKind = "road"
	TargetAlley  TargetKind = "back_alley"
	TargetPlace  TargetKind = "place"
	TargetRegion TargetKind = "region"
	TargetZone   TargetKind = "zone"
)

// TargetKinds are all kinds of targets.
func TargetKinds() []TargetKind {
	return []TargetKind{TargetGrid, TargetRoad, TargetAlley, TargetPlace, TargetRegion, TargetZone}
}

// Target is one thing that people are responsible for: a row of the table of its kind (a zone is a row of region).
type Target struct {
	Kind TargetKind
	ID   int64
}

// Rank tells who answers first.
type Rank string

// The ranks of a duty.
const (
	Primary Rank = "primary"
	Deputy  Rank = "deputy"
)

// Duty says that a holder is responsible for a target in a role for a time.
type Duty struct {
	ID       int64
	Holder   int64
	Role     string
	Target   Target
	Rank     Rank
	Hours    string // hours of duty as people write them, 08:00-18:00; "" where nothing is said
	Term     Term   // Through: To is the last day
	Stands   int64  // the duty of an absent holder that this one stands in for; 0 for none
	Note     string
	Revision int64
}

// Absence is a time in which a holder does not do any duty. Why somebody is ill is nobody's business: only kinds that are harmless are kept.
type Absence struct {
	ID, Holder int64
	Kind       string // leave, training, secondment, other
	Term       Term   // Through
	Revision   int64
}

// Role is a role in which one can be responsible, 网格长 and the like.
type Role struct {
	Code, Title, TitleEn string
	Ordinal              int // the order in which roles are shown
}

// Requirement says how many holders of a role each target of a kind must have.
type Requirement struct {
	ID      int64
	Kind    TargetKind
	Applies string // scheme of a grid, class of a road, kind of a region or place; "" for all
	Role    string
	AtLeast int
	AtMost  int // 0: as many as there are
}

// LoadLimit says of how many targets of a kind one holder can have a role before it is too many.
type LoadLimit struct {
	ID       int64
	Role     string
	Kind     TargetKind
	Applies  string // as of Requirement
	AtMost   int
	Standard string
	Verified bool
}

// Line is a road segment or a back alley as a target of duties.
type Line struct {
	Target     Target
	Code, Name string
	Class      string // of a road; "" for an alley
	Region     string // the narrowest division
	LengthM    float64
	At         orb.Point // on it, near its middle
	Bound      orb.Bound
}

// Spot is a place that people are attached to, 点位.
type Spot struct {
	ID                       int64
	Code, Name, Kind, Region string
	Lon, Lat                 float64
	To                       Day // Until; 0 in force
}

// Department is a row of the code table of departments.
type Department struct {
	Code, Name, NameEn, Kind, Parent string
}
