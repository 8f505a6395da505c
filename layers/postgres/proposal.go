package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// maxProposalNote bounds what a finder writes beside, in characters.
const maxProposalNote = 4000

const keepProposalSQL = `
INSERT INTO feature_proposal (id, layer, feature_id, finding, base_revision, base, base_geom, values, geom, note, at, received_at, holder_id, account, device,
    spot, accuracy_m, region_code, dept, grid_id, flags, state)
VALUES ($1, $2, nullif($3, 0::bigint), $4, $5, $6, ST_GeomFromEWKB($7), $8, ST_GeomFromEWKB($9), $10, $11, coalesce($12, now()), nullif($13, 0::bigint), $14, $15,
    ST_GeomFromEWKB($16), nullif($17, 0::float8), nullif($18, ''), $19, nullif($20, 0::bigint), $21, $22)
ON CONFLICT (id) DO NOTHING
RETURNING revision, ordinal, received_at`

// Propose keeps what somebody found out about a feature, and fills in what the record says of it. It changes nothing else. isNew is false for one
// that is kept already: p is what was kept then. Where it is wrong to say so (a value out of range, a shape that is none) it is refused, with
// pointers into the command: /values/slope, /geometry/coordinates/0. What is only doubtful (outside every region, shifted, a feature that was deleted
// meanwhile) is a flag. Two proposals about one feature both stay. It asks for no right: whether somebody may propose is asked before.
// Errors: layers.Faults, ErrNotFound where there never was such a feature.
func Propose(ctx context.Context, q querier, p *layers.Proposal) (isNew bool, err error) {
	l := layers.ByID(p.Layer)
	if l == nil || !Writable(l) {
		return false, faultAt("/layer", "没有这个图层，或不能逐个写入", "there is no such layer, or it is not written feature by feature")
	}
	var id pgtype.UUID
	if id.Scan(p.ID) != nil {
		return false, faultAt("/id", "须为 UUID", "must be a UUID")
	}
	p.ID = id.String()
	if err := again(ctx, q, p); !errors.Is(err, ErrNotFound) {
		return false, err
	}
	c := &claim{writing: writing{q: q, l: l, may: func(Place) error { return nil }}, p: p}
	if err := c.gather(ctx); err != nil {
		return false, underValues(err)
	}
	if err := c.locate(ctx); err != nil {
		return false, underValues(err)
	}
	return c.keep(ctx)
}

// again makes a proposal what is kept under its id. ErrNotFound for none; another's is a fault.
func again(ctx context.Context, q querier, p *layers.Proposal) error {
	kept, err := readProposal(ctx, q, p.ID)
	if err == nil && !kept.By(p.Holder, p.Account) {
		err = faultAt("/id", "这个编号已用于另一条建议", "the id was given to another proposal")
	}
	if err == nil {
		*p = kept
	}
	return err
}

func faultAt(pointer, zh, en string) layers.Faults {
	return layers.Faults{{Pointer: pointer, Zh: zh, En: en}}
}

// underValues turns pointers into a feature into pointers into a finding.
func underValues(err error) error {
	var faults layers.Faults
	if !errors.As(err, &faults) {
		return err
	}
	const from, to = "/properties/", "/values/"
	for i, f := range faults {
		if len(f.Pointer) > len(from) && f.Pointer[:len(from)] == from {
			faults[i].Pointer = to + f.Pointer[len(from):]
		}
	}
	return faults
}

// claim is a finding on its way into the record.
type claim struct {
	writing // old is the feature as it is, or was last; nil for a new one
	p       *layers.Proposal
	base    *stored // as the finder saw it
	values  map[string]any
	to      orb.Geometry // as proposed; nil for as it is
}

// gather checks what the finding says against the catalogue and against the version that the finder saw.
func (c *claim) gather(ctx context.Context) error {
	faults := c.form()
	if err := faults.OrNil(); err != nil {
		return err
	}
	if c.p.Finding != layers.New {
		if err := c.known(ctx); err != nil {
			return err
		}
	}
	properties, err := numbered(c.p.Values)
	if err != nil {
		return faultAt("/values", "不能写成 JSON", "cannot be written as JSON")
	}
	values, faults := c.l.Read(properties)
	for name := range values {
		if f := c.l.Field(name); f.Access == layers.Internal {
			faults = append(faults, layers.Fault{Pointer: "/properties/" + name, Zh: "内部字段不能建议修改", En: "is an internal field: it cannot be proposed"})
		}
	}
	if c.p.Finding == layers.Missing {
		values = map[string]any{"status": "missing"}
	}
	c.values = values
	if c.p.Finding == layers.New {
		c.values = present(values)
	}
	return c.check(faults).OrNil()
}

// numbered gives a JSON object its numbers as they would stand in text.
func numbered(object map[string]any) (map[string]any, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return decodeNumbers(text)
}

// form checks what a finding of its kind says and leaves out.
func (c *claim) form() (faults layers.Faults) {
	add := func(pointer, zh, en string) { faults = append(faults, layers.Fault{Pointer: pointer, Zh: zh, En: en}) }
	p := c.p
	changes := len(p.Values) > 0 || p.Geometry != nil
	switch p.Finding {
	case layers.Exists, layers.Missing:
		if len(p.Values) > 0 {
			add("/values", "“有”“无”不带字段值，请用“不符”", "exists and missing have no values: say differs")
		}
		if p.Geometry != nil {
			add("/geometry", "“有”“无”不带图形，请用“不符”", "exists and missing have no geometry: say differs")
		}
	case layers.Differs:
		if !changes && p.Note == "" {
			add("/values", "须说明哪里不符：字段值、图形或说明", "say what differs: values, a geometry or a note")
		}
	case layers.New:
		if p.Feature != 0 {
			add("/feature", "新增的对象没有编号", "what is new has no id")
		}
	default:
		add("/finding", "须为 exists、missing、differs 或 new", "must be exists, missing, differs or new")
	}
	if p.Finding != layers.New && p.Feature < 1 {
		add("/feature", "须为对象编号", "must be the id of a feature")
	}
	if p.Base < 0 {
		add("/base", "不能为负", "cannot be negative")
	}
	if !utf8.ValidString(p.Note) || strings.ContainsRune(p.Note, 0) || utf8.RuneCountInString(p.Note) > maxProposalNote {
		add("/note", fmt.Sprintf("须为不超过 %d 个字符的文本", maxProposalNote), fmt.Sprintf("must be a text of at most %d characters", maxProposalNote))
	}
	return faults
}

// known reads the feature as it is and as the finder saw it. One that was deleted meanwhile is known as it was last.
func (c *claim) known(ctx context.Context) (err error) {
	id := c.p.Feature
	c.old, err = readState(ctx, c.q, c.l, quoted(c.l.Table)+" f WHERE f.id = $1", id)
	if errors.Is(err, ErrNotFound) {
		c.flag(layers.FlagGone)
		c.old, err = readState(ctx, c.q, c.l, about(lastSourceSQL, c.l), id)
	}
	if err != nil {
		return err
	}
	if c.base, err = c.baseOf(ctx, id, c.p.Base); err == nil {
		c.p.Base = c.base.revision
	}
	return err
}

// check holds values and geometry against the catalogue, and leaves out what the finder saw so.
func (c *claim) check(faults layers.Faults) layers.Faults {
	c.d = Draft{Values: c.values, Geometry: c.p.Geometry, Given: map[string]bool{}, Merge: true}
	for name := range c.values {
		c.d.Given[name] = true
	}
	if c.p.Finding == layers.New {
		var more layers.Faults
		c.to, more = c.shape()
		return append(append(faults, c.l.Check(c.values, true)...), more...)
	}
	next, given := c.next()
	faults = append(append(faults, c.l.Check(given, false)...), c.followed(next)...)
	if c.p.Geometry != nil {
		shape, more := c.shape()
		faults = append(faults, more...)
		if more == nil && !still(c.base.geometry, shape) {
			c.to = shape
		}
	}
	if len(faults) > 0 || c.p.Finding != layers.Differs {
		return faults
	}
	asked := len(c.values) > 0 || c.p.Geometry != nil
	for name, v := range c.values {
		if layers.Same(c.base.values[name], merged(c.base.values[name], v)) {
			delete(c.values, name)
		}
	}
	if asked && len(c.values) == 0 && c.to == nil && c.p.Note == "" {
		return faultAt("/values", "与所见的台账没有不同", "it does not differ from what was seen")
	}
	return nil
}

// merged is what a proposed value makes of one that is there: objects are merged member by member, all else is replaced.
func merged(now, proposed any) any {
	if patch, ok := proposed.(map[string]any); ok {
		return merge(now, patch)
	}
	return proposed
}

// flag notes a doubt, once.
func (c *claim) flag(word string) {
	for _, f := range c.p.Flags {
		if f == word {
			return
		}
	}
	c.p.Flags = append(c.p.Flags, word)
}

const dutyGridSQL = `SELECT coalesce((SELECT g.id FROM grid g WHERE g.scheme = 'duty' AND g.valid_to IS NULL AND ST_Intersects(g.geom, ST_PointOnSurface(ST_GeomFromEWKB($1)))
    ORDER BY g.code LIMIT 1), 0)`

// locate finds whose ground it is about, and doubts places that lie nowhere or look shifted.
func (c *claim) locate(ctx context.Context) error {
	if err := c.checkDepts(ctx, c.values); err != nil {
		return err
	}
	c.p.Depts = deptsOf(c.values)
	at := c.to
	if c.old != nil {
		c.p.Region, c.p.Depts = c.old.region, deptsOf(c.old.values)
		if at == nil {
			at = c.old.geometry
		}
	}
	if c.to != nil {
		c.d.Shifted, c.d.NewArea = true, true // asked apart, so that one doubt does not hide the other
		s, err := c.settle(ctx, c.to, c.values)
		if err != nil {
			return err
		}
		if c.old == nil {
			c.p.Region = s.region
		}
		if !s.inside {
			c.flag(layers.FlagOutside)
		}
		c.d.Shifted = false
		switch err := c.suspect(ctx, c.to); {
		case errors.Is(err, ErrShift):
			c.flag(layers.FlagShifted)
		case err != nil:
			return err
		}
	}
	geom, err := pgeom.Encode(at)
	if err != nil {
		return err
	}
	return c.q.QueryRow(ctx, dutyGridSQL, geom).Scan(&c.p.Grid)
}

// keep writes the row.
func (c *claim) keep(ctx context.Context) (bool, error) {
	p := c.p
	p.Values, p.Geometry, p.State = c.l.Plain(c.values), c.to, layers.ProposalOpen
	if p.Finding == layers.Exists {
		p.State = layers.ProposalRecorded
	}
	base, baseShape := map[string]any{}, orb.Geometry(nil)
	if c.base != nil {
		base = c.l.Plain(only(c.base.values, namesOf(c.values)))
		if c.to != nil {
			baseShape = c.base.geometry
		}
	}
	shapes, err := encodeAll(baseShape, c.to, spotOf(p))
	if err != nil {
		return false, err
	}
	var received *time.Time
	if !p.Received.IsZero() {
		received = &p.Received
	}
	var device *string
	if p.Device != "" {
		device = &p.Device
	}
	err = c.q.QueryRow(ctx, keepProposalSQL, p.ID, p.Layer, p.Feature, p.Finding, p.Base, base, shapes[0], p.Values, shapes[1], p.Note, p.At, received, p.Holder, p.Account,
		device, shapes[2], p.Accuracy, p.Region, orEmpty(p.Depts), p.Grid, orEmpty(p.Flags), p.State).Scan(&p.Revision, &p.Ordinal, &p.Received)
	if errors.Is(err, pgx.ErrNoRows) { // the same came twice at once
		return false, again(ctx, c.q, p)
	}
	if err != nil {
		return false, fmt.Errorf("keeping a proposal: %w", interpret(err))
	}
	return true, nil
}

func namesOf(values map[string]any) (names []string) {
	for name := range values {
		names = append(names, name)
	}
	return names
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// spotOf is where the finder stood.
func spotOf(p *layers.Proposal) orb.Geometry {
	if p.Spot == nil {
		return nil
	}
	return *p.Spot
}

// encodeAll writes shapes as EWKB; nil stays nil.
func encodeAll(shapes ...orb.Geometry) (out [][]byte, err error) {
	for _, g := range shapes {
		var b []byte
		if g != nil {
			if b, err = pgeom.Encode(g); err != nil {
				return nil, err
			}
		}
		out = append(out, b)
	}
	return out, nil
}
