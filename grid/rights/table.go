package rights

// reach is how far a role may do an action.
type reach byte

// The marks of the table.
const (
	none reach = '-'
	own  reach = 'o' // the own person, the own grids
	dept reach = 'd' // what belongs to the own department; own too
	area reach = 'a' // the own region and below; own too
	all  reach = '*' // everywhere
)

// columns of the table, left to right.
const (
	colNobody = iota
	colAdmin
	colAuditor
	colBureau
	colStreet
	colDepartment
	colPlanner
	colOfficer
	colViewer
	columns
)

// Who an action is not for, whatever the role may.
type except int8

const (
	pending except = 1 << iota // those who must change their password first
	token                      // those who come by an API token
)

// row is a line of the table: a mark for each column, the action, and whom it is not for.
type row struct {
	marks string
	do    Action
	not   except
}

// table has every action once. What it does not grant is refused.
//
//	N nobody  A admin  U auditor  B bureau  S street  D department  P planner  O officer  V viewer
var table = [...]row{
	// N A U B S D P O V
	{"* * * * * * * * *", ReadOpen, 0},
	{"* * * * * * * * *", SignIn, 0},
	{"- * * * * * * * *", OwnAccount, 0},
	{"- * * * * * * * *", OwnPassword, token},
	{"- * * * * * * * *", OwnTokens, token | pending},
	{"- * * * * * * * *", Report, pending},
	{"- * * * * * * * *", ReadPeople, pending},
	{"- * * * * * * * *", ReadFigures, pending},
	{"- o o * a d o o o", ReadPersonal, pending},
	{"- - - * a - - - -", EditGrid, pending},
	{"- * - * - - - - -", EditScheme, pending},
	{"- - - * a d - - -", EditPeople, pending},
	{"- - - * a - - - -", Certify, pending},
	{"- - * * * * * - -", ReadInternal, pending},
	{"- - - * a d - - -", EditInventory, pending},
	{"- - - * a d - o -", Propose, pending},
	{"- * - * * * * - -", Plan, pending},
	{"- - - * a d - o -", Patrol, pending},
	{"- - * * a d - o -", ReadPatrol, pending},
	{"- - - * a - - - -", Dispatch, pending},
	{"- - - * a d - o -", Rectify, pending},
	{"- - - * a - - o -", Verify, pending},
	{"- - * * - - - o -", ReadTracks, pending},
	{"- * - * - - - - -", EditPatrol, pending},
	{"- * * - - - - - -", ReadAudit, pending},
	{"- * * - - - - - -", ReadAccounts, pending},
	{"- * - - - - - - -", ManageAccounts, pending},
	{"- * - - - - - - -", SetPasswords, pending | token},
	{"- * * * - - - - -", ReadMetrics, pending},
	{"- * * * - - - - -", CheckMemory, pending},
}

// reach is the mark of a column.
func (r *row) reach(column int) reach { return reach(r.marks[2*column]) }

// column is where a role stands in the table; columns for one that is none of ours.
func (r Role) column() int {
	switch r {
	case Nobody:
		return colNobody
	case Admin:
		return colAdmin
	case Auditor:
		return colAuditor
	case Bureau:
		return colBureau
	case Street:
		return colStreet
	case Department:
		return colDepartment
	case Planner:
		return colPlanner
	case Officer:
		return colOfficer
	case Viewer:
		return colViewer
	}
	return columns
}

// rowOf is the line of an action; nil for one that is not in the table.
func rowOf(do Action) *row {
	for i := range table {
		if table[i].do == do {
			return &table[i]
		}
	}
	return nil
}
