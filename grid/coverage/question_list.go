package coverage

import (
	"context"
	"fmt"
	"slices"
)

// Listing is which of the things behind a figure are wanted.
type Listing struct {
	Column string // id; "" for the first
	Which  ListedWhich
	Code   string // of an area of the kind asked for; "" for all that the question counts within its region
}

// List tells what is behind a figure: each thing with its place and why it is met or not. Errors: those of Answer, ErrNoColumn.
func (d *Desk) List(ctx context.Context, city City, id string, ask Asked, src Sources, l Listing) ([]ListedItem, error) {
	q, column, err := columnOf(id, src, l.Column)
	if err != nil {
		return nil, err
	}
	if q.list != nil {
		a, err := newAsking(ctx, q, city, ask, src, d)
		if err != nil {
			return nil, err
		}
		return q.list(ctx, a, q, column, l)
	}
	answer, err := d.Answer(ctx, city, id, ask, src)
	if err != nil {
		return nil, err
	}
	row, err := answer.row(l.Code)
	if err != nil || answer.dealings == nil {
		return nil, err
	}
	return answer.dealings.list(column, l.Which, row), nil
}

// FindQuestion finds a question and the place of one of its columns, "" the first. Errors: ErrNoQuestion, ErrNoColumn.
func FindQuestion(id string, src Sources, column string) (QuestionText, int, error) {
	q, at, err := columnOf(id, src, column)
	if err != nil {
		return QuestionText{}, 0, err
	}
	return q.QuestionText, at, nil
}

func columnOf(id string, src Sources, column string) (*question, int, error) {
	q, err := findQuestion(id, src)
	if err != nil || column == "" {
		return q, 0, err
	}
	at := q.column(column)
	if at < 0 {
		return nil, 0, fmt.Errorf("%w: %s has no column %q", ErrNoColumn, id, column)
	}
	return q, at, nil
}

// row is the place of an area in lots.
func (a *Answer) row(code string) (int32, error) {
	if code == "" {
		return inWhole, nil
	}
	i := slices.IndexFunc(a.Rows, func(r AnswerRow) bool { return r.Code == code })
	if i < 0 {
		return 0, fmt.Errorf("%w: %q", ErrNoArea, code)
	}
	return int32(i), nil
}

// list are the facts that a column counts in an area.
func (t *dealings) list(column int, which ListedWhich, row int32) []ListedItem {
	var out []ListedItem
	for i := range t.facts {
		p := t.facts[i].parts[column]
		if !p.counts() || which == ListMet && !p.met || which == ListUnmet && p.met {
			continue
		}
		at := slices.IndexFunc(t.lots[i], func(l lot) bool { return l.area == row })
		if at >= 0 {
			out = append(out, t.facts[i].listed(p, t.lots[i][at].weight))
		}
	}
	return out
}

// listed tells of a fact as lists do.
func (f *fact) listed(p portion, weight int64) ListedItem {
	item := ListedItem{Layer: f.layer, ID: f.id, Code: f.code, Name: f.name, At: f.at, Met: p.met, Why: *p.why}
	item.Amount, item.Of = float64(int64(p.num)*weight), float64(int64(p.den)*weight)
	if f.lines != nil {
		item.Amount, item.Of = item.Amount/1000, item.Of/1000
	}
	return item
}
