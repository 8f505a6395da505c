package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// officeSQL is two street offices side by side with a grid, an alley and a road each, a place, a zone over both, and people of both and of the bureau.
const officeSQL = `
INSERT INTO department (code, name, kind) VALUES ('JZ', '执法局（示例）', 'competent'), ('JZ001', '阜安街道办事处（示例）', 'street'), ('JZ002', '中云街道办事处（示例）', 'street');
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281', '胶州市', 'county', '3702', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.3, 4490))),
    ('370281001', '阜安街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120, 36.3, 4490))),
    ('370281002', '中云街道', 'street', '370281', ST_Multi(ST_MakeEnvelope(120, 36.2, 120.1, 36.3, 4490))),
    ('center', '中心城区', 'zone', NULL, ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.3, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty grids', '[]', false, true);
INSERT INTO grid (id, scheme, code, name, area_m2, valid_to, geom) VALUES
    (1, 'duty', 'A1', '第01网格', 0, NULL, ST_MakeEnvelope(119.91, 36.21, 119.92, 36.22, 4490)), (2, 'duty', 'A2', '第02网格', 0, NULL, ST_MakeEnvelope(119.92, 36.21, 119.93, 36.22, 4490)),
    (3, 'duty', 'B1', '第03网格', 0, NULL, ST_MakeEnvelope(120.01, 36.21, 120.02, 36.22, 4490)), (4, 'duty', 'OLD', '旧网格', 0, '2026-01-01', ST_MakeEnvelope(119.93, 36.21, 119.94, 36.22, 4490));
INSERT INTO road (id, name, class, geom) VALUES (1, '扬州路', 'arterial', 'SRID=4490;LINESTRING(119.91 36.21, 119.92 36.21)'), (2, '扬州路', 'arterial', 'SRID=4490;LINESTRING(119.92 36.21, 119.93 36.21)');
INSERT INTO back_alley (id, code, name, geom) VALUES (1, 'X1', '石榴巷', 'SRID=4490;LINESTRING(119.91 36.21, 119.911 36.211)');
INSERT INTO place (id, code, name, geom) VALUES (1, 'DW1', '东关市场', 'SRID=4490;POINT(119.915 36.215)');
INSERT INTO requirement (target_kind, applies_to, role, at_least, at_most) VALUES ('grid', 'duty', 'grid_head', 1, 1), ('road', 'arterial', 'street_head', 1, 1);
INSERT INTO holder (id, code, kind, name, phone, dept_code, valid_from, valid_to) VALUES
    (1, 'a1', 'person', '王小明', '13812345678', 'JZ001', '2020-01-01', NULL), (2, 'a2', 'person', '李娜', NULL, 'JZ001', NULL, NULL),
    (3, 'b1', 'person', '赵强', NULL, 'JZ002', NULL, NULL), (4, 'j1', 'person', '孙伟', NULL, 'JZ', NULL, NULL),
    (5, 'left', 'person', '周平', NULL, 'JZ001', '2020-01-01', '2026-01-01'), (6, 'co', 'organisation', '环卫公司（示例）', NULL, 'JZ', NULL, NULL);
SELECT setval(pg_get_serial_sequence(t, 'id'), 100) FROM unnest(ARRAY['grid', 'road', 'back_alley', 'place', 'holder']) t;
`

// office is a record with two street offices in it.
type office struct {
	pool  *pgxpool.Pool
	store *postgres.Store
	today grid.Day
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{pool: pgtest.DB(t)}
	if _, err := o.pool.Exec(t.Context(), officeSQL); err != nil {
		t.Fatal(err)
	}
	o.store = postgres.NewStore(o.pool)
	if err := o.as(t, bureau(), func(_ context.Context, x *postgres.Tx) error { o.today = x.Day; return nil }); err != nil {
		t.Fatal(err)
	}
	return o
}

// staffOf is the street office of an area and a department.
func staffOf(region, dept string) rights.Actor {
	return rights.Actor{Account: 2, Name: "street", Role: rights.Street, Region: region, Dept: dept}
}

// as runs a use case for somebody.
func (o *office) as(t *testing.T, who rights.Actor, do func(context.Context, *postgres.Tx) error) error {
	t.Helper()
	_, err := o.store.Write(t.Context(), postgres.Caller{Actor: who}, func(ctx context.Context, x *postgres.Tx) (postgres.Answer, error) {
		return postgres.Answer{}, do(ctx, x)
	})
	return err
}

// give gives a duty as the bureau, or fails the test.
func (o *office) give(t *testing.T, n postgres.NewDuty) (row postgres.DutyRow) {
	t.Helper()
	if err := o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) (err error) { row, err = x.AddDuty(ctx, n); return err }); err != nil {
		t.Fatal(err)
	}
	return row
}

// head is the duty of a grid's head.
func head(holder, code string, from, to grid.Day) postgres.NewDuty {
	return postgres.NewDuty{Holder: holder, Target: postgres.TargetRef{Kind: grid.TargetGrid, Code: code, Scheme: "duty"}, Duty: grid.Duty{Role: "grid_head", Term: grid.Term{From: from, To: to}}}
}

// text asks for one text.
func (o *office) text(t *testing.T, sql string, args ...any) (s string) {
	t.Helper()
	if err := o.pool.QueryRow(t.Context(), sql, args...).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// terms are the duties of a holder in short, in order.
func (o *office) terms(t *testing.T, holder string) string {
	t.Helper()
	return o.text(t, `SELECT coalesce(string_agg(role || '@' || target_id || ' ' || (valid_from - city_day()) || '..' || coalesce((valid_to - city_day())::text, '') ||
		CASE WHEN substitute_of IS NULL THEN '' ELSE ' for ' || (SELECT h.code FROM duty o JOIN holder h ON h.id = o.holder_id WHERE o.id = d.substitute_of) END, '; ' ORDER BY target_id, valid_from), '')
		FROM duty d WHERE holder_id = (SELECT id FROM holder WHERE code = $1)`, holder)
}

// refusedAt tells at which place an error refuses; "" for another error.
func refusedAt(err error) string {
	var bad grid.Refusals
	if errors.As(err, &bad) {
		return bad[0].Field
	}
	return ""
}

func TestDutiesAreGivenAndRefused(t *testing.T) {
	o := newOffice(t)
	d := o.today
	street := staffOf("370281001", "JZ001")
	change := func(n postgres.NewDuty, f func(*postgres.NewDuty)) postgres.NewDuty { f(&n); return n }
	base := head("a1", "A1", d, 0)
	for name, c := range map[string]struct {
		who   rights.Actor
		n     postgres.NewDuty
		field string
		is    error
	}{
		"good":                            {bureau(), base, "", nil},
		"from today by default":           {bureau(), head("a1", "A2", 0, 0), "", nil},
		"ends before it starts":           {bureau(), head("a1", "A1", d, d-1), "/valid_to", nil},
		"nobody of that code":             {bureau(), head("zz", "A1", d, 0), "/holder", nil},
		"no such grid":                    {bureau(), head("a1", "ZZ", d, 0), "/target", nil},
		"a grid without its scheme":       {bureau(), change(base, func(n *postgres.NewDuty) { n.Target.Scheme = "" }), "/target/scheme", nil},
		"a retired grid":                  {bureau(), head("a1", "OLD", d, 0), "/target", nil},
		"no such kind":                    {bureau(), change(base, func(n *postgres.NewDuty) { n.Target.Kind = "moon" }), "/target/kind", nil},
		"neither code nor id":             {bureau(), change(base, func(n *postgres.NewDuty) { n.Target.Code = "" }), "/target", nil},
		"both code and id":                {bureau(), change(base, func(n *postgres.NewDuty) { n.Target.ID = 1 }), "/target", nil},
		"no such role":                    {bureau(), change(base, func(n *postgres.NewDuty) { n.Role = "king" }), "/role", nil},
		"a role of other targets":         {bureau(), change(base, func(n *postgres.NewDuty) { n.Role = "street_head" }), "/role", nil},
		"no such rank":                    {bureau(), change(base, func(n *postgres.NewDuty) { n.Rank = "boss" }), "/rank", nil},
		"hours of no clock":               {bureau(), change(base, func(n *postgres.NewDuty) { n.Hours = "25:00-26:00" }), "/hours", nil},
		"out of post":                     {bureau(), head("left", "A1", d, 0), "/holder", nil},
		"a road by its row":               {bureau(), postgres.NewDuty{Holder: "co", Target: postgres.TargetRef{Kind: grid.TargetRoad, ID: 1}, Duty: grid.Duty{Role: "street_head"}}, "", nil},
		"an alley":                        {bureau(), postgres.NewDuty{Holder: "a1", Target: postgres.TargetRef{Kind: grid.TargetAlley, Code: "X1"}, Duty: grid.Duty{Role: "alley_head"}}, "", nil},
		"a place":                         {bureau(), postgres.NewDuty{Holder: "j1", Target: postgres.TargetRef{Kind: grid.TargetPlace, Code: "DW1"}, Duty: grid.Duty{Role: "site_leader"}}, "", nil},
		"a zone":                          {bureau(), postgres.NewDuty{Holder: "j1", Target: postgres.TargetRef{Kind: grid.TargetZone, Code: "center"}, Duty: grid.Duty{Role: "patrol_officer"}}, "", nil},
		"a region":                        {bureau(), postgres.NewDuty{Holder: "j1", Target: postgres.TargetRef{Kind: grid.TargetRegion, Code: "370281001"}, Duty: grid.Duty{Role: "patrol_officer"}}, "", nil},
		"a zone is no region":             {bureau(), postgres.NewDuty{Holder: "j1", Target: postgres.TargetRef{Kind: grid.TargetRegion, Code: "center"}, Duty: grid.Duty{Role: "patrol_officer"}}, "/target", nil},
		"street: own people, own grid":    {street, base, "", nil},
		"street: own people elsewhere":    {street, head("a1", "B1", d, 0), "", nil},
		"street: others' people here":     {street, head("b1", "A1", d, 0), "", nil},
		"street: others' people there":    {street, head("b1", "B1", d, 0), "", rights.ErrForbidden},
		"street without a department":     {staffOf("370281001", ""), head("a1", "B1", d, 0), "", rights.ErrForbidden},
		"department: own people":          {rights.Actor{Account: 3, Role: rights.Department, Dept: "JZ"}, head("j1", "B1", d, 0), "", nil},
		"department: others' people":      {rights.Actor{Account: 3, Role: rights.Department, Dept: "JZ"}, base, "", rights.ErrForbidden},
		"officer: not even the own grids": {rights.Actor{Account: 4, Role: rights.Officer, Holder: 1}, base, "", rights.ErrForbidden},
		"admin":                           {rights.Actor{Account: 5, Role: rights.Admin}, base, "", rights.ErrForbidden},
		"nobody":                          {rights.Actor{}, base, "", rights.ErrSignIn},
	} {
		undo := errors.New("undo")
		err := o.as(t, c.who, func(ctx context.Context, x *postgres.Tx) error {
			row, err := x.AddDuty(ctx, c.n)
			if err == nil {
				if row.ID == 0 || row.Revision != 1 || row.As.Title == "" || row.For.ID == 0 || row.Term.From == 0 {
					t.Errorf("%s: incomplete %+v", name, row)
				}
				return undo
			}
			return err
		})
		switch {
		case c.is != nil:
			if !errors.Is(err, c.is) {
				t.Errorf("%s: %v, want %v", name, err, c.is)
			}
		case c.field != "":
			if refusedAt(err) != c.field {
				t.Errorf("%s: %v, want a refusal at %s", name, err, c.field)
			}
		case !errors.Is(err, undo):
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := o.text(t, `SELECT count(*)::text FROM duty`); n != "0" {
		t.Errorf("%s duties were left", n)
	}
}

func TestDutiesTwice(t *testing.T) {
	o := newOffice(t)
	d := o.today
	o.give(t, head("a1", "A1", d, d+10))
	try := func(from, to grid.Day) error {
		return o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) error {
			_, err := x.AddDuty(ctx, head("a1", "A1", from, to))
			return err
		})
	}
	if err := try(d+10, d+12); !errors.Is(err, postgres.ErrDutyTwice) {
		t.Errorf("one day twice: %v", err)
	}
	if err := try(d+11, 0); err != nil {
		t.Errorf("the day after: %v", err)
	}
}

func TestDutiesChangeAndEnd(t *testing.T) {
	o := newOffice(t)
	d := o.today
	row := o.give(t, head("a1", "A1", d-10, 0))
	later := o.give(t, head("a1", "A2", d+5, 0))
	sub := o.give(t, postgres.NewDuty{Holder: "a2", Target: postgres.TargetRef{Kind: grid.TargetGrid, ID: 1}, Duty: grid.Duty{Role: "grid_head", Stands: row.ID, Term: grid.Term{From: d - 1, To: d + 30}}})
	next := o.give(t, postgres.NewDuty{Holder: "b1", Target: postgres.TargetRef{Kind: grid.TargetGrid, ID: 1}, Duty: grid.Duty{Role: "grid_head", Stands: sub.ID, Term: grid.Term{From: d + 10, To: d + 12}}})
	end := func(who rights.Actor, id, revision int64, on grid.Day) (removed bool, err error) {
		err = o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
			_, removed, err = x.EndDuty(ctx, id, revision, on)
			return err
		})
		return removed, err
	}
	var changed postgres.DutyRow
	if err := o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) (err error) {
		changed, err = x.ChangeDuty(ctx, row.ID, row.Revision, func(d *grid.Duty) { d.Hours, d.Rank, d.Note = "8:00-18:00", grid.Deputy, "说明" })
		return err
	}); err != nil || changed.Hours != "08:00-18:00" || changed.Revision != 2 {
		t.Errorf("%+v %v", changed, err)
	}
	err := o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) error {
		_, err := x.ChangeDuty(ctx, row.ID, 0, func(d *grid.Duty) { d.Term.To = d.Term.From - 1 })
		return err
	})
	if refusedAt(err) != "/valid_to" {
		t.Errorf("a change that ends before it starts: %v", err)
	}
	for name, c := range map[string]struct {
		who      rights.Actor
		id       int64
		revision int64
		on       grid.Day
		field    string
		is       error
	}{
		"an old revision":        {bureau(), row.ID, 1, d, "", postgres.ErrStale},
		"no such duty":           {bureau(), 999, 0, d, "", postgres.ErrNotFound},
		"before it began":        {bureau(), row.ID, 2, d - 11, "/on", nil},
		"another street's":       {staffOf("370281002", "JZ002"), row.ID, 2, d, "", rights.ErrForbidden},
		"moving away to the end": {staffOf("370281002", "JZ002"), later.ID, 0, d, "", rights.ErrForbidden},
	} {
		if _, err := end(c.who, c.id, c.revision, c.on); refusedAt(err) != c.field || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if removed, err := end(staffOf("370281001", "JZ001"), row.ID, 2, 0); err != nil || removed {
		t.Errorf("ending: %t %v", removed, err)
	}
	if got := o.terms(t, "a2"); got != "grid_head@1 -1..0 for a1" {
		t.Errorf("who stood in goes on: %s", got)
	}
	if got := o.terms(t, "b1"); got != "" {
		t.Errorf("who was to stand in for the one who stood in: %s (duty %d)", got, next.ID)
	}
	if removed, err := end(bureau(), later.ID, 0, 0); err != nil || !removed {
		t.Errorf("a duty that has not begun: %t %v", removed, err)
	}
	if got := o.terms(t, "a1"); got != "grid_head@1 -10..0" {
		t.Errorf("history: %s", got)
	}
	if _, err := o.pool.Exec(t.Context(), `UPDATE duty SET valid_to = city_day() - 3 WHERE id = $1`, row.ID); err == nil {
		if _, err := end(bureau(), row.ID, 0, 0); !errors.Is(err, postgres.ErrOver) {
			t.Errorf("what is over: %v", err)
		}
	}
}

// A batch is done whole or not at all, and says which of its items is wrong.
func TestDutyBatch(t *testing.T) {
	o := newOffice(t)
	d := o.today
	row := o.give(t, head("a1", "A1", d-10, 0))
	a, b, bad := head("a2", "A1", d+1, 0), head("a2", "A2", d, 0), head("a2", "B1", d, d-1)
	run := func(steps ...postgres.DutyStep) (done []postgres.DutyDone, err error) {
		err = o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) (err error) { done, err = x.DutyBatch(ctx, steps); return err })
		return done, err
	}
	if _, err := run(postgres.DutyStep{Add: &a}, postgres.DutyStep{End: row.ID}, postgres.DutyStep{Add: &bad}); refusedAt(err) != "/operations/2/add/valid_to" {
		t.Errorf("%v", err)
	}
	if _, err := run(postgres.DutyStep{Add: &a}, postgres.DutyStep{End: row.ID, Revision: 7}); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("%v", err)
	}
	if got := o.terms(t, "a1") + "|" + o.terms(t, "a2"); got != "grid_head@1 -10..|" {
		t.Errorf("something stayed: %s", got)
	}
	done, err := run(postgres.DutyStep{Add: &a}, postgres.DutyStep{Add: &b}, postgres.DutyStep{End: row.ID})
	if err != nil || len(done) != 3 || done[0].Ended || !done[2].Ended || done[2].Removed {
		t.Fatalf("%+v %v", done, err)
	}
	if got := o.terms(t, "a1") + "|" + o.terms(t, "a2"); got != "grid_head@1 -10..0|grid_head@1 1..; grid_head@2 0.." {
		t.Error(got)
	}
}
