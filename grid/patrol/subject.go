package patrol

import "errors"

// What is refused. Each is a sentinel of one problem type of the API.
var (
	// ErrBody: a command or a body is not of the form it should be. HTTP 422. The error itself is a *Fault.
	ErrBody = errors.New("not of the form it should be")
	// ErrStep: the step is not possible in the state that the problem is in. HTTP 409. The error itself is a *StepError.
	ErrStep = errors.New("not possible in this state")
	// ErrPhotos: the class of the problem wants photos for this step. HTTP 422.
	ErrPhotos = errors.New("photos are compulsory")
	// ErrUnknown: plan, checklist, class or subject that the record does not know. HTTP 422.
	ErrUnknown = errors.New("not known")
)

// Fault is what is wrong with a body, at a JSON pointer. It is an ErrBody.
type Fault struct{ Pointer, Zh, En string }

// Error says it in English.
func (f *Fault) Error() string { return f.Pointer + ": " + f.En }

// Unwrap gives the sentinel.
func (f *Fault) Unwrap() error { return ErrBody }

// Subject is what is checked, or what a problem is about: a feature of a layer, a place, or a grid. Kind is the layer's id, "place" or "grid".
type Subject struct {
	Kind string
	ID   int64
}

// Kinds of subjects that are no layers.
const (
	KindPlace = "place"
	KindGrid  = "grid"
)

// GridRef names a grid by scheme and code.
type GridRef struct{ Scheme, Code string }

// Person is whoever did something: a holder of the roster and the account behind it. 0 and "" where there is none.
type Person struct {
	Holder  int64
	Account string
}
