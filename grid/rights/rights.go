package rights

import (
	"errors"
	"fmt"
	"strings"
)

// Why somebody may not.
var (
	// ErrSignIn: nobody is signed in, and this needs somebody. HTTP 401.
	ErrSignIn = errors.New("sign in first")
	// ErrForbidden: who is signed in may not. HTTP 403.
	ErrForbidden = errors.New("not allowed")
)

// Role is what an account is for.
type Role string

// The roles. Nobody is who has not signed in.
const (
	Nobody     Role = ""
	Admin      Role = "admin"      // 管理员: accounts and settings; sees no personal data
	Auditor    Role = "auditor"    // 审计: reads the logs
	Bureau     Role = "bureau"     // 主管局: everything of the grid and the inventory, everywhere
	Street     Role = "street"     // 街道: the same in the own region
	Department Role = "department" // 部门: the own people and the own department's inventory
	Planner    Role = "planner"    // 规划: reads figures and inventory, no personal data
	Officer    Role = "officer"    // 网格员: the own grids
	Viewer     Role = "viewer"     // 查看
)

// Roles are those that an account can have.
func Roles() []Role {
	return []Role{Admin, Auditor, Bureau, Street, Department, Planner, Officer, Viewer}
}

// Actor is who is calling.
type Actor struct {
	Account int64  // 0: nobody
	Name    string // of the account, as the change log has it
	Title   string
	Role    Role
	Region  string // the right reaches this region and all below; "" everywhere for roles that are not bound to an area
	Dept    string // the right reaches this department; "" any
	Holder  int64  // the person behind the account; 0 for none
	Token   bool   // by an API token, not by a browser's session
}

// SignedIn tells whether anybody is calling.
func (a Actor) SignedIn() bool { return a.Account != 0 }

// Action is one thing that one can want to do.
type Action string

// The actions.
const (
	ReadOpen       Action = "read_open"       // what everybody may read
	ReadMetrics    Action = "read_metrics"    // /metrics from another machine
	CheckMemory    Action = "check_memory"    // hold memory against the record
	SignIn         Action = "sign_in"         // the ways in
	OwnAccount     Action = "own_account"     // the own profile, password and tokens
	ReadPeople     Action = "read_people"     // people and duties, masked
	ReadPersonal   Action = "read_personal"   // full names and phones
	ReadFigures    Action = "read_figures"    // vacancies, figures of the slogan, certificates
	EditGrid       Action = "edit_grid"       // split, merge, redraw, retire, proposals
	EditScheme     Action = "edit_scheme"     // schemes, requirements, load limits
	EditPeople     Action = "edit_people"     // holders, duties, absences, hand-over
	Certify        Action = "certify"         // issue a certificate
	ReadAudit      Action = "read_audit"      // change log and access log
	ReadAccounts   Action = "read_accounts"   // the list of accounts
	ManageAccounts Action = "manage_accounts" // make, change, lock, unlock
	EditInventory  Action = "edit_inventory"  // features of the inventory
	Propose        Action = "propose"         // an edit that staff accept
	Report         Action = "report"          // a problem, anywhere (宁可交叉)
)

// Actions are all actions.
func Actions() []Action {
	return []Action{
		ReadOpen, ReadMetrics, CheckMemory, SignIn, OwnAccount, ReadPeople, ReadPersonal, ReadFigures, EditGrid, EditScheme, EditPeople, Certify,
		ReadAudit, ReadAccounts, ManageAccounts, EditInventory, Propose, Report,
	}
}

// Place is where the target of an action lies.
type Place struct {
	Region string // code of the narrowest division it lies in; "" for none or many
	Dept   string // code of the department it belongs to; "" for none
	Own    bool   // the actor's own: the holder behind the account, or a grid that it is responsible for
}

// reach is how far a role may do an action.
type reach int

const (
	nowhere reach = iota
	own           // the own person, the own grids
	dept          // what belongs to the own department
	area          // the own region and below; own too
	everywhere
)

// rules has a row for every action and a column for every role that may do it. What is not in it is refused.
func rules() map[Action]map[Role]reach {
	signedIn := map[Role]reach{}
	for _, r := range Roles() {
		signedIn[r] = everywhere
	}
	open := map[Role]reach{Nobody: everywhere}
	for r := range signedIn {
		open[r] = everywhere
	}
	return map[Action]map[Role]reach{
		ReadOpen:       open,
		SignIn:         open,
		ReadMetrics:    {Admin: everywhere, Auditor: everywhere, Bureau: everywhere},
		CheckMemory:    {Admin: everywhere, Auditor: everywhere, Bureau: everywhere},
		OwnAccount:     signedIn,
		ReadPeople:     signedIn,
		ReadFigures:    signedIn,
		ReadPersonal:   {Bureau: everywhere, Street: area, Department: dept, Officer: own, Auditor: own, Admin: own, Planner: own, Viewer: own},
		EditGrid:       {Bureau: everywhere, Street: area},
		EditScheme:     {Bureau: everywhere, Admin: everywhere},
		EditPeople:     {Bureau: everywhere, Street: area, Department: dept},
		Certify:        {Bureau: everywhere, Street: area},
		ReadAudit:      {Auditor: everywhere, Admin: everywhere},
		ReadAccounts:   {Auditor: everywhere, Admin: everywhere},
		ManageAccounts: {Admin: everywhere},
		EditInventory:  {Bureau: everywhere, Street: area, Department: dept},
		Propose:        {Bureau: everywhere, Street: area, Department: dept, Officer: own},
		Report:         signedIn,
	}
}

// May tells whether an actor may do something at a place: nil, ErrSignIn or ErrForbidden.
func (a Actor) May(do Action, at Place) error {
	r := rules()[do][a.Role]
	if a.reaches(r, at) {
		return nil
	}
	if !a.SignedIn() {
		return ErrSignIn
	}
	return fmt.Errorf("%w: %s for %s", ErrForbidden, do, a.Role)
}

// Might tells whether there is any place at which an actor may do something: what a route asks before it knows the target.
func (a Actor) Might(do Action) error {
	switch {
	case rules()[do][a.Role] != nowhere:
		return nil
	case !a.SignedIn():
		return ErrSignIn
	}
	return fmt.Errorf("%w: %s for %s", ErrForbidden, do, a.Role)
}

func (a Actor) reaches(r reach, at Place) bool {
	switch r {
	case everywhere:
		return true
	case area:
		return at.Own || a.Region != "" && strings.HasPrefix(at.Region, a.Region)
	case dept:
		return at.Own || a.Dept != "" && at.Dept == a.Dept
	case own:
		return at.Own
	}
	return false
}
