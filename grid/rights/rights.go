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
	// ErrChangePassword: the own password has to be changed before anything else. HTTP 403.
	ErrChangePassword = errors.New("change the password first")
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
	// MustChange: the password was chosen by somebody else and has to be changed before anything else.
	MustChange bool
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
	OwnAccount     Action = "own_account"     // the own profile, signing out
	OwnPassword    Action = "own_password"    // change the own password
	OwnTokens      Action = "own_tokens"      // make, list and revoke the own tokens
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
	SetPasswords   Action = "set_passwords"   // of others
	ReadInternal   Action = "read_internal"   // internal fields of the inventory
	EditInventory  Action = "edit_inventory"  // features of the inventory
	Propose        Action = "propose"         // an edit that staff accept
	Report         Action = "report"          // a problem, anywhere (宁可交叉)
	Plan           Action = "plan"            // keep scenarios of coverage: the own ones
	Patrol         Action = "patrol"          // record checks, confirm the ledger, the own day
	ReadPatrol     Action = "read_patrol"     // checks, problems, visits, rates
	Dispatch       Action = "dispatch"        // hand a problem over, refuse, merge, suspend it
	Rectify        Action = "rectify"         // handle a problem that was handed over
	Verify         Action = "verify"          // check what was rectified, look back
	ReadTracks     Action = "read_tracks"     // where officers went
	EditPatrol     Action = "edit_patrol"     // plans, checklists, classes, kinds of places
)

// Actions are all actions.
func Actions() []Action {
	list := make([]Action, len(table))
	for i := range table {
		list[i] = table[i].do
	}
	return list
}

// Allowed are the actions that an actor might do somewhere: what a page offers.
func (a Actor) Allowed() []Action {
	list := []Action{}
	for i := range table {
		if a.Might(table[i].do) == nil {
			list = append(list, table[i].do)
		}
	}
	return list
}

// Place is where the target of an action lies.
type Place struct {
	Region string // code of the narrowest division it lies in; "" for none or many
	Dept   string // code of the department it belongs to; "" for none
	Own    bool   // the actor's own: the holder behind the account, or a grid that it is responsible for
}

// May tells whether an actor may do something at a place: nil, ErrSignIn, ErrForbidden or ErrChangePassword.
func (a Actor) May(do Action, at Place) error {
	r, err := a.reach(do)
	if err == nil && !a.reaches(r, at) {
		err = a.refusal(do)
	}
	return err
}

// Might tells whether there is any place at which an actor may do something: what a route asks before it knows the target.
func (a Actor) Might(do Action) error {
	_, err := a.reach(do)
	return err
}

// reach is how far an actor may do something; an error where it is nowhere.
func (a Actor) reach(do Action) (reach, error) {
	if a.Role == operator {
		return all, nil
	}
	line, column := rowOf(do), a.Role.column()
	switch {
	case line == nil || column == columns || line.reach(column) == none || line.not&token != 0 && a.Token:
		return none, a.refusal(do)
	case line.not&pending != 0 && a.MustChange:
		return none, ErrChangePassword
	}
	return line.reach(column), nil
}

func (a Actor) refusal(do Action) error {
	if !a.SignedIn() {
		return ErrSignIn
	}
	if a.Token {
		return fmt.Errorf("%w: %s for a token of %s", ErrForbidden, do, a.Role)
	}
	return fmt.Errorf("%w: %s for %s", ErrForbidden, do, a.Role)
}

func (a Actor) reaches(r reach, at Place) bool {
	switch r {
	case all:
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

// operator is the role of the server's own commands.
const operator Role = "operator"

// Operator is whoever runs a command on the server, under the name that the change log is to have: the record is in such hands anyway.
func Operator(name string) Actor { return Actor{Account: -1, Name: name, Role: operator} }

// Operates tells whether it is a command of the server that asks.
func (a Actor) Operates() bool { return a.Role == operator }

// Lacks names what an account of a role must have and lacks: role, region, dept or holder; "" for nothing. Without it the role would reach nowhere.
func (r Role) Lacks(region, dept, holder bool) string {
	switch {
	case r == Nobody || r.column() == columns:
		return "role"
	case r == Street && !region:
		return "region"
	case r == Department && !dept:
		return "dept"
	case r == Officer && !holder:
		return "holder"
	}
	return ""
}
