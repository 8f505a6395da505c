package grid

import "errors"

// Why a net is not changed.
var (
	// ErrRetired: the grid is not in force any more.
	ErrRetired = errors.New("the grid is no more in force")
	// ErrOutside: the shape leaves the division that its code names.
	ErrOutside = errors.New("the shape leaves the division of its code")
	// ErrTwoDivisions: grids of two divisions cannot become one where codes name the division.
	ErrTwoDivisions = errors.New("grids of two divisions cannot become one")
	// ErrNoDivision: no division lies there in which the pattern could give a code.
	ErrNoDivision = errors.New("no division to give a code in")
	// ErrOverlap: the ground belongs to other grids of an exclusive scheme.
	ErrOverlap = errors.New("the ground belongs to other grids")
	// ErrMisnamed: the code names another place.
	ErrMisnamed = errors.New("the code names another place")
	// ErrCodeTaken: the code is that of another grid, or was.
	ErrCodeTaken = errors.New("the code was given before")
	// ErrMember: a grid of a net that is made of others would have no member left, or share one.
	ErrMember = errors.New("a grid made of this one stands in the way")
	// ErrNoMembers: no grids were named that a grid can be made of.
	ErrNoMembers = errors.New("no such members")
	// ErrLater: a later edit stands on the one to be undone.
	ErrLater = errors.New("a later edit stands on this one")
	// ErrUndone: the edit was undone before.
	ErrUndone = errors.New("undone before")
	// ErrNoRepair: the finding is no more, or nothing mends it.
	ErrNoRepair = errors.New("the finding is no more, or has no repair")
)

// EditKind is what an edit does to a net.
type EditKind string

// The kinds of edits.
const (
	EditCreate EditKind = "create"
	EditSplit  EditKind = "split"
	EditMerge  EditKind = "merge"
	EditRedraw EditKind = "redraw"
	EditRetire EditKind = "retire"
	EditRepair EditKind = "repair"
	EditLay    EditKind = "lay"
	EditImport EditKind = "import"
)

// Undo is the kind of the edit that undoes one of this kind.
func (k EditKind) Undo() EditKind {
	switch k {
	case EditSplit:
		return EditMerge
	case EditMerge:
		return EditSplit
	case EditRetire:
		return EditCreate
	case EditCreate, EditLay, EditImport:
		return EditRetire
	}
	return k
}
