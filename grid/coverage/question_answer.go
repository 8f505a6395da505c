package coverage

import (
	"context"
	"errors"

	"github.com/paulmach/orb"

	"wangge/grid"
)

// ErrNoQuestion is the answer where there is no such question.
var ErrNoQuestion = errors.New("no such question")

// ErrNoColumn is the answer where the question has no such column.
var ErrNoColumn = errors.New("no such column")

// ErrNotBy is the answer where the question is not answered for areas of that kind.
var ErrNotBy = errors.New("not answered by such areas")

// Asked is what is asked of a question.
type Asked struct {
	By     string   // kind of areas: a kind of regions, or grid:<scheme>
	Within string   // code of a region; "" for everywhere
	Scheme string   // of the questions about people: the net of grids; "" for the main one
	Day    grid.Day // of the questions about people
	Radius uint32   // metres, of measures; 0 for the threshold
	Mode   Mode     // of measures and life circles; "" for walk
	// Profile of walkers, of measures and life circles; "" for walk.
	Profile string
}

// Answer is what a question's figures are, by area. It is shared: nobody may change it.
type Answer struct {
	Question   QuestionText
	Asked      Asked
	Revision   uint64       // of the record
	Judged     []*Threshold // by column: what its ratio is held against; nil for none
	Thresholds []Threshold  // all that were used, those of Judged too
	Areas      int
	Total      AnswerRow
	// Rest is what belongs to the whole and lies in none of the areas, so that parts sum to the whole; nil where it cannot be told apart.
	Rest *AnswerRow
	Rows []AnswerRow // by code

	dealings *dealings
}

// AnswerRow has the figures of one area.
type AnswerRow struct {
	Code, Name, NameEn string
	AreaM2             float64
	Values             []Value // by column
}

// Value is a figure: so much of so much. Ratio is nil for 0 of 0, and never 100 % then.
type Value struct {
	Numerator, Denominator float64
	Ratio                  *float64
	Met                    *bool // held against the column's threshold; nil where there is none, or no ratio
}

// ListedItem is one thing behind a figure.
type ListedItem struct {
	Layer      string // of the inventory, or crossing, grid, holder, ground
	ID         int64  // of the feature; 0 for what is no row
	Code, Name string
	At         orb.Point
	Met        bool
	Amount, Of float64 // what it adds to numerator and denominator
	Why        Words
}

// ListedWhich tells which of the things behind a figure are wanted.
type ListedWhich string

// What lists have.
const (
	ListMet   ListedWhich = "met"
	ListUnmet ListedWhich = "unmet"
	ListAll   ListedWhich = "all"
)

// question is a question and how it is answered.
type question struct {
	QuestionText
	uses    []ThresholdKey                                       // thresholds by which things are judged, besides those of columns
	collect func(ctx context.Context, a *asking) ([]fact, error) // for what is made of facts
	tell    func(ctx context.Context, a *asking, q *question) (*Answer, error)
	list    func(ctx context.Context, a *asking, q *question, column int, l Listing) ([]ListedItem, error)
}
