package grid

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"wangge/grid/lattice"
)

// Severity tells how bad a finding is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
)

// The kinds of findings: those of package lattice, and what only codes tell.
const (
	KindDuplicateCode lattice.Kind = "duplicate_code"
	KindMisnamed      lattice.Kind = "misnamed"
)

// FindingKinds are all kinds of findings.
func FindingKinds() []lattice.Kind {
	return []lattice.Kind{lattice.Gap, lattice.Overlap, lattice.Sliver, lattice.Outside, lattice.Invalid, KindDuplicateCode, KindMisnamed, lattice.Rectangle}
}

// Finding is something wrong with a net.
type Finding struct {
	lattice.Finding
	ID       string // the same as long as the same grids have it at the same place
	Severity Severity
	Grids    []string // codes, ascending
}

// Report is what is wrong with the net of a scheme. It is immutable.
type Report struct {
	Scheme   string
	Findings []Finding // errors first, then by kind and grids
	Checked  int       // grids
	form     lattice.Net
	raw      []lattice.Finding // of package lattice
	seen     map[int64]seen
}

// seen tells a grid from another, and from itself after a change.
type seen struct {
	revision int64
	code     string
	bound    orb.Bound
}

// inspections are the reports of a net, made when asked for, and those of nets before it, from which only what changed is checked again.
type inspections struct {
	busy chan struct{} // holds one while a report is made

	mu      sync.Mutex         // held for a moment only: whoever makes the next net does not wait for a report
	reports map[string]*Report // of this net, by scheme
	before  map[string]*Report // of a net before it
}

// atHand is a report that was made, and the one of a net before.
func (c *inspections) atHand(scheme string) (now, before *Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reports[scheme], c.before[scheme]
}

func (c *inspections) keep(r *Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports[r.Scheme] = r
	delete(c.before, r.Scheme)
}

// Integrity tells what is wrong with the net of a scheme: gaps, overlaps, slivers, grids outside their divisions, invalid shapes, codes that are
// given twice or name another place, rectangles that hold a place for a grid. The report is made once. A scheme that is not known has none: nil.
func (n *Net) Integrity(ctx context.Context, scheme string) (*Report, error) {
	s := n.Scheme(scheme)
	if s == nil {
		return nil, nil
	}
	if r, _ := n.checks.atHand(scheme); r != nil {
		return r, nil
	}
	select {
	case n.checks.busy <- struct{}{}:
		defer func() { <-n.checks.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r, before := n.checks.atHand(scheme)
	if r != nil {
		return r, nil
	}
	r, err := n.inspect(ctx, s, before)
	if err == nil {
		n.checks.keep(r)
	}
	return r, err
}

// Succeed tells a net, before anybody asks it, which one was before it: what did not change since need not be checked again.
func (n *Net) Succeed(old *Net) {
	old.checks.mu.Lock()
	defer old.checks.mu.Unlock()
	n.checks.before = maps.Clone(old.checks.before)
	maps.Copy(n.checks.before, old.checks.reports)
}

func newInspections() *inspections {
	return &inspections{busy: make(chan struct{}, 1), reports: map[string]*Report{}, before: map[string]*Report{}}
}

// maxChanged is up to how many changed grids only their surroundings are checked.
const maxChanged = 300

// inspect makes a report, from one before it if not much changed.
func (n *Net) inspect(ctx context.Context, s *Scheme, before *Report) (*Report, error) {
	r := &Report{Scheme: s.Code, form: n.form(s), seen: map[int64]seen{}}
	for _, g := range n.Grids(s.Code) {
		r.Checked++
		r.seen[g.ID] = seen{g.Revision, g.Code, g.Bound}
	}
	var err error
	if changed, few := r.changedSince(before); few {
		r.raw = before.raw
		if !changed.IsEmpty() {
			r.raw, err = lattice.CheckNear(ctx, r.form, before.raw, changed)
		}
	} else {
		r.raw, err = lattice.Check(ctx, r.form)
	}
	if err != nil {
		return nil, err
	}
	r.tell(n, s)
	return r, nil
}

// changedSince is the box of all grids that changed since another report; few is false where there is none, too much changed, or the ground itself.
func (r *Report) changedSince(before *Report) (changed orb.Bound, few bool) {
	nothing := orb.MultiPoint(nil).Bound()
	if before == nil || !sameShape(r.form.Extent, before.form.Extent) || !maps.EqualFunc(r.form.Regions, before.form.Regions, sameShape) || r.form.Within != before.form.Within {
		return nothing, false
	}
	var boxes []orb.Bound
	for id, now := range r.seen {
		was, there := before.seen[id]
		if !there || was != now {
			boxes = append(boxes, now.bound)
		}
		if there && was != now {
			boxes = append(boxes, was.bound)
		}
	}
	for id, was := range before.seen {
		if _, there := r.seen[id]; !there {
			boxes = append(boxes, was.bound)
		}
	}
	if len(boxes) == 0 {
		return nothing, true
	}
	return union(boxes), len(boxes) <= maxChanged
}

// sameShape tells whether two shapes are one in memory, or equal.
func sameShape(a, b orb.MultiPolygon) bool {
	if len(a) != len(b) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || a.Equal(b)
}

// form is the net of a scheme as package lattice wants it.
func (n *Net) form(s *Scheme) lattice.Net {
	f := lattice.Net{Regions: map[string]orb.MultiPolygon{}}
	digits := 0
	if s.Pattern.NamesDivisions() {
		digits, f.Within = s.Pattern.RegionDigits(), true
	}
	inner := map[string]orb.MultiPolygon{} // the divisions that grids lie in
	for _, g := range n.Grids(s.Code) {
		c := lattice.Cell{ID: g.ID, Code: g.Code, Shape: g.Shape}
		if r := n.Region(g.Region); r != nil {
			inner[r.Code] = r.Shape
		}
		if home := n.division(g.Region, digits); home != nil {
			c.Region, f.Regions[home.Code] = home.Code, home.Shape
		}
		f.Cells = append(f.Cells, c)
	}
	if extent := n.Region(s.Extent); extent != nil {
		f.Extent, f.Within = extent.Shape, true
	} else if s.Complete {
		f.Extent = together(inner)
	}
	return f
}

// together is the ground of some shapes, by their names.
func together(shapes map[string]orb.MultiPolygon) orb.MultiPolygon {
	all := make([]orb.MultiPolygon, 0, len(shapes))
	for _, code := range slices.Sorted(maps.Keys(shapes)) {
		all = append(all, lattice.Snap(shapes[code]))
	}
	return lattice.Dissolve(all)
}

// division is the region at or above one whose code has a number of digits, or nil.
func (n *Net) division(code string, digits int) *Region {
	for _, r := range n.Path(code) {
		if len(r.Code) == digits {
			return r
		}
	}
	return nil
}

// tell makes findings of what package lattice found, and adds what codes tell.
func (r *Report) tell(n *Net, s *Scheme) {
	for _, f := range append(slices.Clone(r.raw), n.codeFindings(s)...) {
		if f.Kind == lattice.Gap && !s.Complete {
			continue
		}
		out := Finding{Finding: f, Severity: severity(s, f)}
		for _, id := range f.Cells {
			if g := n.GridByID(id); g != nil {
				out.Grids = append(out.Grids, g.Code)
			}
		}
		slices.Sort(out.Grids)
		out.ID = idOf(out)
		r.Findings = append(r.Findings, out)
	}
	order := map[Severity]int{SeverityError: 0, SeverityWarning: 1, SeverityInfo: 2}
	slices.SortFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.Severity], order[b.Severity]), cmp.Compare(a.Kind, b.Kind), slices.Compare(a.Grids, b.Grids), cmp.Compare(a.ID, b.ID))
	})
}

// codeFindings finds codes that are given twice, and those that name another division than the one where the grid lies.
func (n *Net) codeFindings(s *Scheme) (out []lattice.Finding) {
	p := s.Pattern
	named := p.NamesDivisions()
	grids := n.Grids(s.Code)
	for i, g := range grids {
		if i > 0 && grids[i-1].Code == g.Code {
			out = append(out, lattice.Finding{Kind: KindDuplicateCode, Cells: []int64{grids[i-1].ID, g.ID}, Shape: g.Shape, AreaM2: g.AreaM2})
		}
		if !named {
			continue
		}
		home := n.division(g.Region, p.RegionDigits())
		c, err := p.Parse(g.Code)
		if err != nil || home != nil && c.Region != home.Code {
			out = append(out, lattice.Finding{Kind: KindMisnamed, Cells: []int64{g.ID}, Shape: g.Shape, AreaM2: g.AreaM2})
		}
	}
	return out
}

// severity of a finding in a scheme.
func severity(s *Scheme, f lattice.Finding) Severity {
	switch f.Kind {
	case lattice.Rectangle:
		return SeverityInfo
	case lattice.Sliver:
		return SeverityWarning
	case lattice.Overlap:
		if !s.Exclusive {
			return SeverityWarning
		}
	}
	return SeverityError
}

// idOf names a finding by kind, grids and place, to a metre.
func idOf(f Finding) string {
	h := fnv.New64a()
	at := f.Shape.Bound().Center()
	fmt.Fprintf(h, "%s|%s|%.0f|%.0f", f.Kind, strings.Join(f.Grids, ","), math.Round(at[0]*1e5), math.Round(at[1]*1e5))
	return fmt.Sprintf("%016x", h.Sum64())
}

// FindingsAfter tells what is wrong around grids that were written, as the net will be once it has them: the rows in place of those it has.
func (n *Net) FindingsAfter(ctx context.Context, scheme string, written []Grid) ([]Finding, error) {
	s := n.Scheme(scheme)
	var boxes []orb.Bound
	fresh := map[int64]Grid{}
	for _, g := range written {
		fresh[g.ID] = g
		if g.Scheme == scheme {
			boxes = append(boxes, g.Shape.Bound())
		}
	}
	if s == nil || len(boxes) == 0 {
		return nil, nil
	}
	after := n.rows
	after.Grids = make([]Grid, 0, len(n.rows.Grids)+len(written))
	for i := range n.rows.Grids {
		if _, again := fresh[n.rows.Grids[i].ID]; !again {
			after.Grids = append(after.Grids, n.rows.Grids[i])
		}
	}
	after.Grids = append(after.Grids, written...)
	next := after.net(func(t Term) bool { return t.To == 0 })
	r := &Report{Scheme: scheme, form: next.form(s)}
	around := union(boxes)
	var err error
	if r.raw, err = lattice.CheckNear(ctx, r.form, nil, around); err != nil {
		return nil, err
	}
	r.tell(next, s)
	return slices.DeleteFunc(r.Findings, func(f Finding) bool { return !f.Shape.Bound().Intersects(around) }), nil
}

// union is the box of some boxes, of which there is one at least.
func union(boxes []orb.Bound) orb.Bound {
	all := boxes[0]
	for _, b := range boxes[1:] {
		all = all.Union(b)
	}
	return all
}

// Repair proposes shapes that mend a finding; false where nobody but a person can.
func (r *Report) Repair(f Finding) (lattice.Change, bool) {
	if f.Kind == KindDuplicateCode || f.Kind == KindMisnamed {
		return lattice.Change{}, false
	}
	return lattice.Repair(r.form, f.Finding)
}

// Find is the finding with an id; false where there is none.
func (r *Report) Find(id string) (Finding, bool) {
	if i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.ID == id }); i >= 0 {
		return r.Findings[i], true
	}
	return Finding{}, false
}

// Errors counts the findings that are errors.
func (r *Report) Errors() (n int) {
	for i := range r.Findings {
		if r.Findings[i].Severity == SeverityError {
			n++
		}
	}
	return n
}

// Lies tells whether a finding lies in a region or one below it, or with its sign in a zone; "" is everywhere.
func (n *Net) Lies(f Finding, region string) bool {
	at := signPlace(f.Shape, f.Shape.Bound())
	narrowest := ""
	for _, r := range n.Locate(at[0], at[1]).Regions {
		if !n.isZone(r) {
			narrowest = r.Code
		}
	}
	return n.within(region).holds(narrowest, func() orb.Point { return at })
}
