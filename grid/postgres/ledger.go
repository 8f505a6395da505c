package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/ledger"
	"wangge/grid/rights"
)

// LedgerCounts tell what became of the duties of a ledger.
type LedgerCounts struct {
	Inserted  int `json:"inserted"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// LedgerResult tells what an import of people did: counts of people, of their duties, and what is to be said of rows.
type LedgerResult struct {
	Read      int           `json:"read" doc:"有数据的行数"`
	Inserted  int           `json:"inserted" doc:"新增人数"`
	Updated   int           `json:"updated"`
	Unchanged int           `json:"unchanged"`
	Rejected  int           `json:"rejected" doc:"未导入的行数"`
	Duties    LedgerCounts  `json:"duties"`
	Rows      []ledger.Note `json:"rows"`
}

const (
	// ledgerTargetsSQL are all things that a ledger can mean. Of grids and regions those in force; of roads what people answer for.
	ledgerTargetsSQL = `
SELECT 'grid', id, code, coalesce(name, ''), scheme, coalesce(region_code, ''), valid_from, valid_to FROM grid WHERE valid_to IS NULL
UNION ALL SELECT 'road', id, coalesce(code, ''), coalesce(name, ''), '', coalesce(region_code, ''), NULL, NULL FROM road WHERE class <> 'footpath' AND (code IS NOT NULL OR name IS NOT NULL)
UNION ALL SELECT 'back_alley', id, coalesce(code, ''), coalesce(name, ''), '', coalesce(region_code, ''), NULL, NULL FROM back_alley
UNION ALL SELECT 'place', id, code, name, '', coalesce(region_code, ''), NULL, valid_to FROM place WHERE valid_to IS NULL
UNION ALL SELECT 'region', r.id, r.code, r.name, CASE WHEN k.is_division THEN '' ELSE 'zone' END, r.code, r.valid_from, r.valid_to
FROM region r JOIN region_kind k ON k.id = r.kind WHERE r.valid_to IS NULL
ORDER BY 1, 2`

	ledgerSchemesSQL = `SELECT code, title FROM grid_scheme`

	// ledgerPeopleSQL are the people in post.
	ledgerPeopleSQL = holdersSQL + ` WHERE kind = 'person' AND (valid_to IS NULL OR valid_to > $1) ORDER BY id`

	// lockLedgerSQL lets one ledger in after the other: two at once would make the same people twice.
	lockLedgerSQL = `SELECT pg_advisory_xact_lock(hashtext('wangge.ledger'))`
)

// importer takes a ledger into the record.
type importer struct {
	*clerk
	directory *ledger.Directory
	scheme    string
	result    *LedgerResult
	counted   map[*ledger.Known]bool        // whom the counts have: once, however many rows a person has
	touched   map[*ledger.Known]grid.Holder // whom the row at hand changes, as they were
}

// ImportLedger takes the people of a ledger and their duties. Each row goes in whole or not at all; a second time the same ledger changes nothing.
// scheme, a code or "", says of which net grids are that the ledger names by name alone.
func (t *Tx) ImportLedger(ctx context.Context, l ledger.Ledger, scheme string) (LedgerResult, error) {
	result := LedgerResult{Read: l.Read, Rows: slices.Clone(l.Notes)}
	if err := t.Caller.Actor.Might(rights.EditPeople); err != nil {
		return result, err
	}
	if _, err := t.tx.Exec(ctx, lockLedgerSQL); err != nil {
		return result, err
	}
	c, err := t.clerk(ctx)
	if err != nil {
		return result, err
	}
	m := importer{clerk: c, scheme: scheme, result: &result, counted: map[*ledger.Known]bool{}}
	if m.directory, err = c.directory(ctx, scheme); err != nil {
		return result, err
	}
	for start := 0; start < len(l.Entries); {
		end := start
		for end < len(l.Entries) && l.Entries[end].Sheet == l.Entries[start].Sheet && l.Entries[end].Row == l.Entries[start].Row {
			end++
		}
		if err := m.row(ctx, l.Entries[start:end]); err != nil {
			return result, err
		}
		start = end
	}
	for _, n := range result.Rows {
		if n.Rejected {
			result.Rejected++
		}
	}
	if result.Rows == nil {
		result.Rows = []ledger.Note{}
	}
	slices.SortStableFunc(result.Rows, func(a, b ledger.Note) int {
		if a.Sheet != b.Sheet {
			return 0 // sheets stay in their order
		}
		return a.Row - b.Row
	})
	return result, nil
}

// directory reads what the names of a ledger can mean.
func (c *clerk) directory(ctx context.Context, scheme string) (*ledger.Directory, error) {
	targets, err := query(ctx, c.tx, ledgerTargetsSQL, nil, readLedgerTarget)
	if err != nil {
		return nil, err
	}
	schemes := map[string]string{}
	titles, err := query(ctx, c.tx, ledgerSchemesSQL, nil, pgx.RowToStructByPos[struct{ Code, Title string }])
	if err != nil {
		return nil, err
	}
	for _, s := range titles {
		schemes[s.Code] = s.Title
	}
	if _, known := schemes[scheme]; scheme != "" && !known {
		return nil, ErrNoScheme
	}
	var depts []grid.Department
	for _, d := range c.depts {
		depts = append(depts, d)
	}
	d := ledger.NewDirectory(targets, schemes, c.roles, depts)
	people, err := query(ctx, c.tx, ledgerPeopleSQL, []any{c.Day.Time()}, readHolder)
	for _, h := range people {
		d.Add(&ledger.Known{Holder: h})
	}
	return d, err
}

func readLedgerTarget(row pgx.CollectableRow) (t ledger.Target, err error) {
	var from, to *time.Time
	err = row.Scan(&t.Kind, &t.ID, &t.Code, &t.Name, &t.Scheme, &t.Region, &from, &to)
	t.Term = termOf(from, to)
	return t, err
}

// refusal is why a row is set aside.
type refusal struct{ reason, reasonEn string }

func (r *refusal) Error() string { return r.reasonEn }

// row takes one row, whole or not at all.
func (m *importer) row(ctx context.Context, people []ledger.Entry) error {
	before := *m.result
	m.touched = map[*ledger.Known]grid.Holder{}
	var made []*ledger.Known
	err := m.inSavepoint(ctx, func() error {
		for _, e := range people {
			known, err := m.entry(ctx, e)
			if err != nil {
				return err
			}
			made = append(made, known)
		}
		return nil
	})
	if err == nil {
		for _, k := range made {
			if k != nil {
				m.directory.Add(k)
				m.counted[k] = true
			}
		}
		for k := range m.touched {
			m.counted[k] = true
		}
		return nil
	}
	reason, reasonEn, known := reasonOf(err)
	if !known {
		return err
	}
	*m.result = before
	for k, was := range m.touched {
		k.Holder = was
	}
	m.result.Rows = append(m.result.Rows, ledger.Note{Sheet: people[0].Sheet, Row: people[0].Row, Reason: reason, ReasonEn: reasonEn, Rejected: true})
	return nil
}

// inSavepoint runs a part that can be undone by itself.
func (m *importer) inSavepoint(ctx context.Context, do func() error) error {
	outer := m.tx
	inner, err := outer.Begin(ctx)
	if err != nil {
		return err
	}
	m.tx = inner
	err = do()
	m.tx = outer
	if err != nil {
		return errors.Join(err, inner.Rollback(ctx))
	}
	return inner.Commit(ctx)
}

// reasonOf says why a row was refused; known is false for what is no refusal of the row but the end of the import.
func reasonOf(err error) (reason, reasonEn string, known bool) {
	var refused *refusal
	var bad grid.Refusals
	switch {
	case errors.As(err, &refused):
		return refused.reason, refused.reasonEn, true
	case errors.As(err, &bad):
		return bad[0].Detail, bad[0].Field[min(1, len(bad[0].Field)):] + ": " + bad[0].DetailEn, true
	case errors.Is(err, rights.ErrForbidden):
		return "无权为此人或此对象定人", "outside your rights", true
	case errors.Is(err, ErrHolderCode):
		return "工号已被使用", "the staff number is another's", true
	case errors.Is(err, ErrDutyTwice):
		return "与已有的同样职责时间重叠", "overlaps such a duty that is there already", true
	}
	return "", "", false
}

// entry takes one person with the duties of the row. made is somebody new.
func (m *importer) entry(ctx context.Context, e ledger.Entry) (made *ledger.Known, err error) {
	duties, err := m.wanted(e)
	if err != nil {
		return nil, err
	}
	dept, deptKnown := m.directory.Dept(e.Dept)
	if !deptKnown {
		m.say(e, "部门表中没有“"+e.Dept+"”，未填部门", "no department is called "+e.Dept+": none was set")
	}
	who, reason, reasonEn := m.directory.Person(e, dept)
	if reason != "" {
		return nil, &refusal{reason, reasonEn}
	}
	if who == nil {
		made, err = m.newPerson(ctx, e, dept, duties)
		who = made
	} else {
		err = m.samePerson(ctx, e, dept, who)
	}
	if err != nil {
		return nil, err
	}
	for _, d := range duties {
		if err := m.duty(ctx, d, who.Holder); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func (m *importer) say(e ledger.Entry, reason, reasonEn string) {
	m.result.Rows = append(m.result.Rows, ledger.Note{Sheet: e.Sheet, Row: e.Row, Reason: reason, ReasonEn: reasonEn})
}

// wantedDuty is a duty of a row with what it is for.
type wantedDuty struct {
	grid.Duty
	target ledger.Target
}

// wanted finds out what the row means by its roles and targets.
func (m *importer) wanted(e ledger.Entry) (duties []wantedDuty, err error) {
	for _, w := range e.Wants {
		role, ok := m.directory.Role(w.Role)
		if !ok {
			return nil, &refusal{"没有这个角色：" + w.Role, "no such role: " + w.Role}
		}
		targets, reason, reasonEn := m.directory.Find(w, m.scheme)
		if reason != "" {
			return nil, &refusal{reason, reasonEn}
		}
		for _, target := range targets {
			if target.Kind == grid.TargetRegion && target.Scheme == "zone" {
				target.Kind = grid.TargetZone
			}
			duties = append(duties, wantedDuty{grid.Duty{Role: role, Target: target.Target, Rank: w.Rank, Hours: w.Hours, Term: grid.Term{From: w.From, To: w.To}}, target})
		}
	}
	return duties, nil
}

// newPerson makes somebody new: of the caller's own department, or for targets in the caller's area.
func (m *importer) newPerson(ctx context.Context, e ledger.Entry, dept string, duties []wantedDuty) (*ledger.Known, error) {
	err := m.mayPeople("", dept)
	if err != nil && len(duties) > 0 {
		err = nil
		for _, d := range duties {
			err = errors.Join(err, m.mayPeople(d.target.Region, dept))
		}
	}
	if err != nil {
		return nil, err
	}
	h, err := grid.Holder{Kind: grid.Person, Code: e.Code, Name: e.Name, Phone: e.Phone, Dept: dept, Title: e.Title}.Clean()
	if err != nil {
		return nil, err
	}
	m.result.Inserted++
	err = m.insertHolder(ctx, &h)
	return &ledger.Known{Holder: h, Fresh: true}, err
}

// samePerson fills in what the ledger knows more or newer of somebody.
func (m *importer) samePerson(ctx context.Context, e ledger.Entry, dept string, who *ledger.Known) error {
	now := who.Holder
	m.touched[who] = who.Holder
	for _, x := range []struct {
		to   *string
		from string
	}{{&now.Phone, e.Phone}, {&now.Title, e.Title}, {&now.Dept, dept}} {
		if x.from != "" && (!who.Fresh || *x.to == "") { // within one ledger the first row counts
			*x.to = x.from
		}
	}
	if now == who.Holder {
		if !m.counted[who] {
			m.result.Unchanged++
		}
		return nil
	}
	h, err := m.ChangeHolder(ctx, grid.Person, who.Code, 0, func(h *grid.Holder) { h.Phone, h.Title, h.Dept = now.Phone, now.Title, now.Dept })
	if errors.Is(err, rights.ErrForbidden) {
		m.say(e, "无权修改此人资料，只处理职责", "may not change this person: only duties are taken")
		return nil
	}
	if err != nil {
		return err
	}
	if !m.counted[who] {
		m.result.Updated++
	}
	who.Holder = h
	return nil
}

// duty gives a duty, or corrects the one that is there.
func (m *importer) duty(ctx context.Context, d wantedDuty, who grid.Holder) error {
	d.Holder = who.ID
	asked := d.Term
	if d.Term.From == 0 {
		d.Term.From = m.Day
	}
	same, err := query(ctx, m.tx, sameDutiesSQL, []any{d.Holder, d.Role, d.Target.Kind, d.Target.ID}, readDuty)
	if err != nil {
		return err
	}
	for _, old := range same {
		if _, both := old.Term.Both(d.Term); both {
			return m.correct(ctx, old, d, asked)
		}
	}
	m.result.Duties.Inserted++
	_, err = m.give(ctx, d.Duty, who, TargetRow{Target: d.Target, Code: d.target.Code, Name: d.target.Name, Region: d.target.Region, Term: d.target.Term})
	return err
}

// correct makes a duty of the record what the ledger says of it. What the ledger leaves open stays.
func (m *importer) correct(ctx context.Context, old grid.Duty, want wantedDuty, asked grid.Term) error {
	now := old
	if asked.From != 0 {
		now.Term.From = asked.From
	}
	if asked.To != 0 {
		now.Term.To = asked.To
	}
	if want.Hours != "" {
		now.Hours = want.Hours
	}
	now.Rank = want.Rank
	if now == old {
		m.result.Duties.Unchanged++
		return nil
	}
	m.result.Duties.Updated++
	if _, err := m.ChangeDuty(ctx, old.ID, 0, func(d *grid.Duty) { d.Term, d.Hours, d.Rank = now.Term, now.Hours, now.Rank }); err != nil {
		return fmt.Errorf("duty %d: %w", old.ID, err)
	}
	return nil
}
