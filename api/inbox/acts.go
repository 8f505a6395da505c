package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"wangge/api/draft"
	"wangge/grid"
	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	layerpg "wangge/layers/postgres"
)

// place is where a device says that something is.
func (w *work) place(ctx context.Context, fix *patrol.Fix) (patrol.Place, error) {
	limits, err := w.t.PatrolLimits(ctx)
	if err != nil {
		return patrol.Place{}, err
	}
	p := patrol.Place{DistanceM: -1}
	p.At, p.Flags = patrol.Locate(fix, limits)
	if fix != nil {
		p.AccuracyM = fix.AccuracyM
	}
	return p, nil
}

// check records a check, what it does to the inventory, and the problem that it found.
func (w *work) check(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b checkBody
	if err := errors.Join(read(c.Body, &b), checkCommon(b.ID, b.Note, b.Photos, b.Fix)); err != nil {
		return err
	}
	place, err := w.place(ctx, b.Fix)
	if err != nil {
		return err
	}
	check := &patrol.Check{ID: b.ID, Plan: b.Plan, Subject: *b.Subject.subject(), Checklist: b.Checklist, Edition: b.Edition, Result: b.Result, Answers: b.Answers,
		Note: b.Note, Fix: b.Fix, Photos: b.Photos, Seen: b.Seen, By: w.by(), Device: c.Device, Moment: moment(c), Place: place}
	if b.Problem != nil {
		check.Problem = b.Problem.ID
	}
	fresh, effects, err := w.t.RecordCheck(ctx, check)
	o.ID, o.Flags = b.ID, check.Flags
	if err != nil || !fresh {
		return err
	}
	if err := w.t.ExpectPhotos(ctx, gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: b.ID, Region: check.Region, GridID: check.GridID}, b.Photos); err != nil {
		return err
	}
	if b.Problem != nil {
		b.Problem.Check = b.ID
		if err := w.report(ctx, c, b.Problem, o); err != nil {
			return err
		}
		o.ID = b.ID
	}
	if check.Superseded != nil {
		return w.superseded(ctx, check, o)
	}
	return w.effect(ctx, check, effects, o)
}

// superseded tells where a check says otherwise than a later one of somebody else that came before it: the later one stands, and both are told.
func (w *work) superseded(ctx context.Context, check *patrol.Check, o *patrol.Outcome) error {
	late := check.Superseded
	l := layers.ByID(check.Subject.Kind)
	if l == nil || len(late.Effects) == 0 || late.By == w.by().Account {
		return nil
	}
	clashes, err := layerpg.Differing(ctx, w.t, l, check.Subject.ID, check.Seen, wishesOf(late.Effects))
	for i := range clashes {
		clashes[i].By, clashes[i].At = late.By, late.At
	}
	w.clash(o, clashes)
	return err
}

func wishesOf(effects []patrol.Effect) []layerpg.Wish {
	wishes := make([]layerpg.Wish, len(effects))
	for i, e := range effects {
		wishes[i] = layerpg.Wish{Field: e.Field, Value: e.Value}
	}
	return wishes
}

// effect does to the inventory what the answers of a check say, field by field.
func (w *work) effect(ctx context.Context, check *patrol.Check, effects []patrol.Effect, o *patrol.Outcome) error {
	return w.settle(ctx, check.Subject, check.Seen, wishesOf(effects), o)
}

// settle writes wishes; what met another's change becomes the outcome's clashes.
func (w *work) settle(ctx context.Context, subject patrol.Subject, seen int64, wishes []layerpg.Wish, o *patrol.Outcome) error {
	l := layers.ByID(subject.Kind)
	if l == nil || len(wishes) == 0 {
		return nil
	}
	// Whether the officer may was asked when the check was recorded: a checklist names the fields, the duty the feature.
	_, clashes, err := layerpg.Settle(ctx, w.t, l, subject.ID, seen, wishes, func(layerpg.Place) error { return nil })
	if errors.Is(err, layerpg.ErrNotFound) {
		return nil // it is gone: the check says so by a flag
	}
	w.clash(o, clashes)
	return err
}

// clash makes a conflict of an outcome, where there are clashes. Whose the other changes are is told in full to who reads that of a feature's history.
func (w *work) clash(o *patrol.Outcome, clashes []layerpg.Clash) {
	for _, k := range clashes {
		if w.t.Caller.Actor.Might(rights.ReadInternal) != nil {
			k.By = grid.MaskName(k.By)
		}
		o.Status = patrol.Conflict
		o.Title, o.TitleE = "已记录，但有字段与他人的修改冲突", "Recorded, but others changed some fields meanwhile"
		o.Clashes = append(o.Clashes, patrol.Clash{Field: k.Field, Title: k.Title, Base: k.Base, Mine: k.Value, Theirs: k.Theirs, By: k.By, At: k.At, Revision: k.Revision})
	}
}

// problem reports a problem.
func (w *work) problem(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b problemBody
	if err := read(c.Body, &b); err != nil {
		return err
	}
	return w.report(ctx, c, &b, o)
}

func (w *work) report(ctx context.Context, c *gridpg.KeptCommand, b *problemBody, o *patrol.Outcome) error {
	if err := checkCommon(b.ID, b.Note, b.Photos, b.Fix); err != nil {
		return err
	}
	place, err := w.place(ctx, b.Fix)
	if err != nil {
		return err
	}
	r := &patrol.Report{ID: b.ID, Class: b.Class, Title: b.Title, Note: b.Note, Fix: b.Fix, Subject: b.Subject.subject(), Photos: b.Photos, OnTheSpot: b.OnTheSpot,
		CheckID: b.Check, Reopens: b.Reopens, By: w.by(), Device: c.Device, Moment: moment(c), Place: place}
	p, _, err := w.t.ReportProblem(ctx, r)
	if err != nil {
		return err
	}
	o.ID, o.Number, o.State = p.ID, p.Number, string(p.State)
	o.Flags = slices.Compact(slices.Sorted(slices.Values(append(o.Flags, p.Flags...))))
	return nil
}

// step does something with a problem. One that moved on meanwhile is a conflict: what is and what was wanted are told, and nothing is changed.
func (w *work) step(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b stepBody
	if err := errors.Join(read(c.Body, &b), checkCommon(b.ID, b.Note, b.Photos, b.Fix)); err != nil {
		return err
	}
	if !IsUUID(b.Problem) {
		return &patrol.Fault{Pointer: "/problem", Zh: "须为 UUID", En: "must be a UUID"}
	}
	place, err := w.place(ctx, b.Fix)
	if err != nil {
		return err
	}
	s := &patrol.Step{ID: b.ID, Problem: b.Problem, Kind: b.Kind, Seen: b.Seen, Dept: b.Dept, Assignee: b.Assignee, Deadline: b.Deadline, Note: b.Note, Photos: b.Photos, Other: b.Other, By: w.by(), Device: c.Device, Moment: moment(c), Place: place}
	p, err := w.t.StepProblem(ctx, s)
	o.ID = b.Problem
	if clash, ok := errors.AsType[*patrol.StepError](err); ok && clash.Now != clash.Seen {
		zh, _ := clash.State.Title()
		mine, _ := clash.Kind.Title()
		o.Status, o.Title, o.TitleE, o.Detail, o.DetailE = patrol.Conflict, "问题已有新进展，这一步没有生效", "The problem moved on: this step was not taken", clash.Zh(), clash.En()
		o.State = string(clash.State)
		o.Clashes = []patrol.Clash{{Field: "state", Title: "状态", Base: clash.Seen, Mine: mine, Theirs: zh, Revision: clash.Now}}
		return nil
	}
	if err != nil {
		return err
	}
	o.Number, o.State = p.Number, string(p.State)
	return nil
}

// ledger keeps what was found out about a feature, for staff to accept.
func (w *work) ledger(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b ledgerBody
	if err := errors.Join(read(c.Body, &b), checkCommon(b.ID, b.Note, b.Photos, b.Fix)); err != nil {
		return err
	}
	l := layers.ByID(b.Layer)
	if l == nil || !l.Collection {
		return &patrol.Fault{Pointer: "/layer", Zh: "没有这个图层", En: "there is no such layer"}
	}
	shape, err := b.shape(l)
	if err != nil {
		return err
	}
	place, err := w.place(ctx, b.Fix)
	if err != nil {
		return err
	}
	m := moment(c)
	p := &layers.Proposal{ID: b.ID, Layer: b.Layer, Feature: b.Feature, Finding: layers.Finding(b.Finding), Base: b.Base, Values: b.Values, Geometry: shape.Geometry, Note: b.Note,
		At: m.At, Received: m.Received, Holder: w.by().Holder, Account: w.by().Account, Device: c.Device, Spot: place.At, Accuracy: place.AccuracyM}
	for _, f := range append(m.Flags, place.Flags...) {
		p.Flags = append(p.Flags, string(f))
	}
	if _, err := layerpg.Propose(ctx, w.t, p); err != nil {
		return err
	}
	o.ID, o.State = b.ID, string(p.State)
	for _, f := range p.Flags {
		o.Flags = append(o.Flags, patrol.Flag(f))
	}
	return w.t.ExpectPhotos(ctx, gridpg.PhotoOwner{Kind: gridpg.PhotoOfProposal, ID: b.ID, Region: p.Region, GridID: p.Grid}, b.Photos)
}

// shape reads the geometry of a finding, in degrees.
func (b *ledgerBody) shape(l *layers.Layer) (draft.Document, error) {
	if len(b.Geometry) == 0 || string(b.Geometry) == "null" {
		return draft.Document{}, nil
	}
	text, err := json.Marshal(map[string]any{"geometry": b.Geometry})
	if err != nil {
		return draft.Document{}, err
	}
	return draft.Read(text, draft.Request{Layer: l, Kind: draft.Create, Untyped: true})
}

// track keeps a piece of the way.
func (w *work) track(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b trackBody
	if err := read(c.Body, &b); err != nil {
		return err
	}
	points, err := patrol.ReadTrackPoints(b.Points)
	if err != nil {
		return err
	}
	tr := &patrol.Track{ID: c.Key, Points: points, By: w.by(), Device: c.Device, Moment: moment(c)}
	kept, err := w.t.KeepTrack(ctx, tr)
	if err == nil && kept < len(points) {
		o.Detail, o.DetailE = droppedText(kept, tr.Dropped)
	}
	o.ID = c.Key
	return err
}

// mine settles a conflict of an earlier command: its values are written over what stood when the conflict was told, and has not changed since.
func (w *work) mine(ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error {
	var b mineBody
	if err := read(c.Body, &b); err != nil {
		return err
	}
	if !IsUUID(b.Of) {
		return &patrol.Fault{Pointer: "/of", Zh: "须为指令的幂等键", En: "must be the key of a command"}
	}
	before, err := w.t.Command(ctx, b.Of)
	if err != nil {
		return err
	}
	if before == nil || before.Kind != "check" || len(before.Outcome.Clashes) == 0 {
		return &patrol.Fault{Pointer: "/of", Zh: "这条指令没有冲突", En: "that command met no conflict"}
	}
	var check checkBody
	if err := read(before.Body, &check); err != nil {
		return err
	}
	wanted := map[string]any{}
	for _, k := range before.Outcome.Clashes {
		if slices.Contains(b.Fields, k.Field) {
			wanted[k.Field] = k.Mine
		}
	}
	if len(wanted) == 0 {
		return &patrol.Fault{Pointer: "/fields", Zh: "没有一个是冲突的字段", En: "none of them met a conflict"}
	}
	wishes := make([]layerpg.Wish, 0, len(wanted))
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		wishes = append(wishes, layerpg.Wish{Field: name, Value: wanted[name]})
	}
	o.ID = check.ID
	return w.settle(ctx, *check.Subject.subject(), b.Seen, wishes, o)
}

// droppedText says how many points of a track were kept, and why the others were not.
func droppedText(kept int, dropped map[patrol.DropReason]int) (zh, en string) {
	words := map[patrol.DropReason][2]string{
		patrol.DropOff: {"单位未启用轨迹", "tracks are switched off"}, patrol.DropOffDuty: {"不在岗", "off duty"}, patrol.DropRange: {"坐标无效", "no position"},
		patrol.DropInaccurate: {"精度差", "inaccurate"}, patrol.DropJump: {"跳点", "jumps"}, patrol.DropOrder: {"时间倒退", "out of order"}, patrol.DropOld: {"过期", "too old"},
	}
	zh, en = fmt.Sprintf("保存 %d 个点", kept), fmt.Sprintf("%d points kept", kept)
	for _, reason := range slices.Sorted(maps.Keys(dropped)) {
		zh += fmt.Sprintf("；%s %d", words[reason][0], dropped[reason])
		en += fmt.Sprintf("; %s %d", words[reason][1], dropped[reason])
	}
	return zh, en
}
