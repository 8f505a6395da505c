package coverage

import (
	"errors"
	"fmt"
)

// Goal says what sites are chosen for.
type Goal string

// The goals of a Problem.
const (
	Most   Goal = "most"   // 覆盖最多: as much weight as K sites, or a budget, can cover
	Fewest Goal = "fewest" // 点位最少: as few sites as cover a share of all weight
	Each   Goal = "each"   // 逐区达标: as few sites as cover a share of every group
)

// Bounds of a Problem. What goes beyond is ErrTooLarge.
const (
	MaxCandidates = 200_000
	MaxSites      = 500
	MaxSetEntries = 32 << 20 // entries of all coverage sets together, 4 bytes each
)

// ErrProblem is a Problem, or a question, that contradicts itself: lengths that do not fit, numbers out of range, a share outside 0 … 1.
var ErrProblem = errors.New("the siting problem is not well formed")

// Problem asks which candidates to choose. Items are what is covered (hexagons, or pieces of hexagons); each has a weight and counts
// once, however many of the chosen cover it. Items that are covered already do not belong here. It is not changed by Solve.
type Problem struct {
	Goal   Goal
	Weight []int64 // by item, 0 or more
	// The items a candidate covers are Items[First[c]:First[c+1]], each once.
	First, Items []uint32
	K            int // sites beside the fixed ones at most; 0 for as many as useful, 500 at most

	// Target is the weight that must be covered for Fewest.
	Target int64
	// For Each: the group of every item (walk.None for none) and, by group, the weight that must be covered.
	Group   []uint32
	Targets []int64

	Fixed     []uint32 // candidates that are chosen first, in this order; they cost nothing and do not count in K
	Forbidden []uint32 // candidates that are never chosen

	Cost   []int64 // by candidate, 1 or more; nil for all alike
	Budget int64   // for Most: what the chosen may cost together; 0 for no limit

	Bound  bool     // whether to prove how far from the best the plan can be
	Reruns int      // how often to choose again with weights that are off by up to a tenth
	Errors []uint32 // by item: items of one number are off together; nil for each on its own
}

// Plan is the answer to a Problem: what to choose, in order of gain.
type Plan struct {
	Chosen []uint32 // candidates, without the fixed ones; earlier ones gain more (per cost where there is a budget)
	Gains  []int64  // by chosen: weight that it covers and those before it do not (for Fewest and Each: towards the targets)
	Fixed  int64    // weight that the fixed ones cover

	Value      int64   // fixed ones and gains together
	UpperBound int64   // no choice of as many sites, or within the budget, has a greater value; Value where it is proven best
	LowerBound int     // Fewest and Each: no fewer sites reach the targets; 0 where nobody can tell
	Gap        float64 // how far from the best the plan can be: of the bound, or of the sites where targets are reached; 0 is proven best
	Reached    bool    // the K sites were found, or the targets reached
	Spent      int64   // cost of the chosen

	Often []int // by chosen: in how many of the reruns it was chosen too

	Swaps       int // exchanges that the swap pass made
	Evaluations int // gains that were worked out again
	Iterations  int // steps of the bound
}

// Refusal is an error with sentences that whoever asked may read.
type Refusal struct {
	Err    error
	Zh, En string
}

func (r *Refusal) Error() string { return r.Err.Error() + ": " + r.En }

// Unwrap is the sentinel: ErrTooLarge and others.
func (r *Refusal) Unwrap() error { return r.Err }

// tooLarge is ErrTooLarge in both languages; both formats take the same values.
func tooLarge(zh, en string, values ...any) error {
	return &Refusal{Err: ErrTooLarge, Zh: fmt.Sprintf(zh, values...), En: fmt.Sprintf(en, values...)}
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProblem, fmt.Sprintf(format, args...))
}
