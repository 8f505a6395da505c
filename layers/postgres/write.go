package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// Why a feature is not written, besides layers.Faults.
var (
	// ErrStale: somebody changed the feature since the caller read it. HTTP 412.
	ErrStale = errors.New("the feature was changed since it was read")
	// ErrCodeTaken: another feature has the code, or had it. HTTP 409.
	ErrCodeTaken = errors.New("the code was given to another feature")
	// ErrKeyTaken: another feature has the source and the key in it. HTTP 409.
	ErrKeyTaken = errors.New("another feature has this source and key")
	// ErrOutside: the feature lies outside every region that the record knows. HTTP 422.
	ErrOutside = errors.New("outside every known region")
	// ErrShift: the position looks as if it were GCJ-02. HTTP 422. The error itself is a *layers.Shift.
	ErrShift = layers.ErrShift
	// ErrAborted: it is too late for another try in the same transaction, for another writer was first. It comes with one of the others.
	ErrAborted = errors.New("the transaction is over")
	// ErrFixed: features of the layer are not written one by one (grids are edited as nets). HTTP 405.
	ErrFixed = errors.New("the layer is not written feature by feature")
)

// Draft is what a feature is to be.
type Draft struct {
	ID       int64              // of a feature that was deleted and is to be again; 0 for a new one
	Values   map[string]any     // typed, as layers.Layer.Check takes them; nil for none
	Geometry orb.Geometry       // degrees of CGCS2000; nil in an update leaves it
	Given    map[string]bool    // which fields an update means; nil for those of Values
	Merge    bool               // objects are merged into those that are there (RFC 7396), member by member
	NewArea  bool               // take what lies outside every known region
	Shifted  bool               // take what looks like GCJ-02
	Tally    *layers.ShiftTally // counts where the feature lies to the streets, for who writes many; nil for none
}

// Place is where a feature lies and whom it belongs to.
type Place struct {
	Region string   // code of the deepest division; "" for none
	Depts  []string // codes of its departments
}

// Authorize tells whether the caller may write at a place. Its error ends the write.
type Authorize func(Place) error

// Change is Replace or Update.
type Change func(ctx context.Context, q querier, l *layers.Layer, id, match int64, d Draft, may Authorize) (Written, error)

// Written is what became of a feature.
type Written struct {
	ID, Revision int64
	Same         bool // nothing differed, so nothing was written
}

// Writable tells whether features of a layer are written one by one.
func Writable(l *layers.Layer) bool { return l.Collection && l.Only == nil && layers.ByID(l.ID) != nil }

// writing is one feature on its way into the record.
type writing struct {
	q   querier
	l   *layers.Layer
	may Authorize
	old *stored // nil for a new one
	d   Draft
}

// Insert makes a feature. Its errors are layers.Faults, those above, and what may says.
func Insert(ctx context.Context, q querier, l *layers.Layer, d Draft, may Authorize) (Written, error) {
	if !Writable(l) {
		return Written{}, ErrFixed
	}
	w := &writing{q: q, l: l, may: may, d: d}
	values := present(d.Values)
	faults := l.Check(values, true)
	shape, more := w.shape()
	if err := append(faults, more...).OrNil(); err != nil {
		return Written{}, err
	}
	if err := w.checkDepts(ctx, values); err != nil {
		return Written{}, err
	}
	spot, err := w.settle(ctx, shape, values)
	if err != nil {
		return Written{}, err
	}
	if err := w.identify(ctx, values, spot); err != nil {
		return Written{}, err
	}
	return w.insert(ctx, values, shape, spot)
}

// Replace makes a feature anew, under its id. What it does not name becomes empty, but for what the feature is known by: code and source.
// match is the revision that the caller read, or 0 for any.
func Replace(ctx context.Context, q querier, l *layers.Layer, id, match int64, d Draft, may Authorize) (Written, error) {
	given := map[string]bool{}
	for _, f := range l.Columns() {
		_, named := d.Values[f.Name]
		given[f.Name] = f.Writable() && (named || !isIdentity(f.Name))
	}
	w := &writing{q: q, l: l, may: may, d: d}
	w.d.Given = given
	return w.update(ctx, id, match, true)
}

// isIdentity tells whether a field is what a feature is known by.
func isIdentity(name string) bool {
	return name == "code" || name == "code_scheme" || name == "source" || name == "source_key"
}

// Update changes what the draft gives of a feature; a nil takes a value away.
func Update(ctx context.Context, q querier, l *layers.Layer, id, match int64, d Draft, may Authorize) (Written, error) {
	w := &writing{q: q, l: l, may: may, d: d}
	if d.Given == nil {
		w.d.Given = map[string]bool{}
		for name := range d.Values {
			w.d.Given[name] = true
		}
	}
	return w.update(ctx, id, match, false)
}

// Delete takes a feature away. Its history stays, and its code is not given again.
func Delete(ctx context.Context, q querier, l *layers.Layer, id, match int64, may Authorize) (Written, error) {
	w := &writing{q: q, l: l, may: may}
	if err := w.open(ctx, id, match); err != nil {
		return Written{}, err
	}
	tag, err := q.Exec(ctx, "DELETE FROM "+quoted(l.Table)+" WHERE id = $1", id)
	if err == nil && tag.RowsAffected() != 1 {
		err = fmt.Errorf("deleting %s %d: %d rows", l.ID, id, tag.RowsAffected())
	}
	return Written{ID: id, Revision: w.old.revision}, w.refused(err)
}

// open reads the feature that is to be written, and asks whether the caller may and has seen its newest revision.
func (w *writing) open(ctx context.Context, id, match int64) (err error) {
	if !Writable(w.l) {
		return ErrFixed
	}
	if w.old, err = w.read(ctx, id); err != nil {
		return err
	}
	if err := w.may(w.old.place()); err != nil {
		return err
	}
	if match != 0 && match != w.old.revision {
		return fmt.Errorf("%s %d is at %d, not %d: %w", w.l.ID, id, w.old.revision, match, ErrStale)
	}
	return nil
}

// update changes a feature to what is given.
func (w *writing) update(ctx context.Context, id, match int64, whole bool) (Written, error) {
	if err := w.open(ctx, id, match); err != nil {
		return Written{}, err
	}
	next, given := w.next()
	faults := append(w.l.Check(given, whole), w.followed(next)...)
	shape, more := w.moved(whole)
	if err := append(faults, more...).OrNil(); err != nil {
		return Written{}, err
	}
	changed := w.differing(next)
	if len(changed) == 0 && shape == nil {
		return Written{ID: id, Revision: w.old.revision, Same: true}, nil
	}
	if err := w.checkDepts(ctx, only(next, changed)); err != nil {
		return Written{}, err
	}
	spot, err := w.settle(ctx, shape, next)
	if err != nil {
		return Written{}, err
	}
	if err := w.reidentify(ctx, next, changed); err != nil {
		return Written{}, err
	}
	return w.set(ctx, next, changed, shape, spot)
}

// insert writes a new row.
func (w *writing) insert(ctx context.Context, values map[string]any, shape orb.Geometry, spot spot) (Written, error) {
	geom, err := pgeom.Encode(shape)
	if err != nil {
		return Written{}, err
	}
	names, params, args := []string{"geom"}, []string{"ST_GeomFromEWKB($1)"}, []any{geom}
	add := func(name string, value any) {
		args = append(args, value)
		names, params = append(names, quoted(name)), append(params, fmt.Sprintf("$%d", len(args)))
	}
	if w.d.ID != 0 {
		add("id", w.d.ID)
	}
	for _, f := range w.l.Columns() {
		if v := values[f.Name]; v != nil {
			add(f.Name, v)
		}
	}
	return w.write(ctx, spot, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", quoted(w.l.Table), strings.Join(names, ", "), strings.Join(params, ", ")), args)
}

// set writes the columns that differ, and the geometry unless it is nil. A column without a value gets its default.
func (w *writing) set(ctx context.Context, next map[string]any, changed []string, shape orb.Geometry, spot spot) (Written, error) {
	args := []any{w.old.id}
	var sets []string
	add := func(name, template string, value any) {
		args = append(args, value)
		sets = append(sets, quoted(name)+" = "+fmt.Sprintf(template, len(args)))
	}
	for _, name := range changed {
		if next[name] == nil {
			sets = append(sets, quoted(name)+" = DEFAULT")
			continue
		}
		add(name, "$%d", next[name])
	}
	if shape != nil {
		geom, err := pgeom.Encode(shape)
		if err != nil {
			return Written{}, err
		}
		add("geom", "ST_GeomFromEWKB($%d)", geom)
	}
	return w.write(ctx, spot, fmt.Sprintf("UPDATE %s SET %s WHERE id = $1", quoted(w.l.Table), strings.Join(sets, ", ")), args)
}

// write runs a statement that writes the row. A division that was redrawn meanwhile may have put it elsewhere than was asked for: then the
// caller has to be allowed there as well.
func (w *writing) write(ctx context.Context, spot spot, sql string, args []any) (Written, error) {
	var out Written
	var region string
	if err := w.q.QueryRow(ctx, sql+" RETURNING id, revision, coalesce(region_code, '')", args...).Scan(&out.ID, &out.Revision, &region); err != nil {
		return Written{}, w.refused(err)
	}
	if spot.found && region != spot.region {
		return out, w.may(Place{Region: region, Depts: spot.depts})
	}
	return out, nil
}
