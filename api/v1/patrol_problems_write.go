package v1

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"wangge/api/param"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
)

// reportBody is a problem as somebody at a desk, or a citizen, reports it. Officers send the same as a command.
type reportBody struct {
	ID        string              `json:"id" doc:"UUID，由上报者生成；再次发送不重复立案"`
	Class     string              `json:"class,omitempty" doc:"小类；回头看重新立案时可不给"`
	Source    patrol.Source       `json:"source,omitempty" doc:"缺省按角色"`
	Title     string              `json:"title,omitempty" doc:"缺省为类别名称"`
	Note      string              `json:"note,omitempty" doc:"说明，至多 2000 字"`
	Fix       *patrol.Fix         `json:"fix,omitempty"`
	Subject   *problemSubjectBody `json:"subject,omitempty"`
	Photos    []patrol.PhotoRef   `json:"photos,omitempty" doc:"至多 20 张；照片本身另行上传"`
	OnTheSpot bool                `json:"on_the_spot,omitempty" doc:"当场整改"`
	Check     string              `json:"check,omitempty"`
	Reopens   string              `json:"reopens,omitempty" doc:"反弹的原问题"`
	At        *time.Time          `json:"at,omitempty" doc:"发现时间，缺省为现在"`
}

type problemSubjectBody struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
}

// problemStepBody is one step.
type problemStepBody struct {
	ID       string            `json:"id" doc:"UUID，由办理者生成；再次发送不起作用"`
	Kind     patrol.StepKind   `json:"kind" doc:"dispatch 交办、return 退回、take 接办、on_the_spot 当场整改、rectify 整改完成、pass 核查通过、fail 返工、suspend 挂账、resume 恢复、void 不予受理、merge 并案、look_back 回头看、comment 批注"`
	Dept     string            `json:"dept,omitempty" doc:"交办：责任部门代码，缺省为类别的责任部门"`
	Assignee string            `json:"assignee,omitempty" doc:"交办、接办：责任人代号"`
	Deadline *time.Time        `json:"deadline,omitempty" doc:"交办：期限，缺省按类别"`
	Note     string            `json:"note,omitempty"`
	Photos   []patrol.PhotoRef `json:"photos,omitempty"`
	Other    string            `json:"other,omitempty" doc:"并案：并入的问题；回头看发现反弹：新问题的 UUID"`
}

// sincePast: how long ago a problem that is reported at a desk may have been found.
const sincePast = 400 * 24 * time.Hour

func (b *reportBody) report(now time.Time) (*patrol.Report, error) {
	r := &patrol.Report{
		ID: b.ID, Class: b.Class, Source: b.Source, Title: b.Title, Note: b.Note, Fix: b.Fix, Photos: b.Photos, OnTheSpot: b.OnTheSpot, CheckID: b.Check, Reopens: b.Reopens,
		Moment: patrol.Moment{At: now, Device: now, Received: now},
	}
	if b.Subject != nil {
		r.Subject = &patrol.Subject{Kind: b.Subject.Kind, ID: b.Subject.ID}
	}
	if b.At != nil {
		if b.At.After(now.Add(time.Minute)) || b.At.Before(now.Add(-sincePast)) {
			return nil, param.InBody("/at", "不能在将来，也不能早于 400 天前", "is neither in the future nor more than 400 days ago")
		}
		r.At = *b.At
	}
	return r, nil
}

func (h *Handler) reportProblem(w http.ResponseWriter, r *http.Request) error {
	var body reportBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	report, err := body.report(time.Now())
	if err != nil {
		return err
	}
	return h.problemWrite(w, r, body, func(ctx context.Context, t *postgres.Tx) (string, int, error) {
		p, isNew, err := t.ReportProblem(ctx, report)
		if isNew {
			return p.ID, http.StatusCreated, err
		}
		return p.ID, http.StatusOK, err
	})
}

func (h *Handler) stepProblem(w http.ResponseWriter, r *http.Request) error {
	id, err := problemID(r)
	if err != nil {
		return err
	}
	seen, err := match(r)
	if err != nil {
		return err
	}
	var body problemStepBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	now := time.Now()
	step := &patrol.Step{ID: body.ID, Problem: id, Kind: body.Kind, Seen: seen, Dept: body.Dept, Note: body.Note, Photos: body.Photos, Other: body.Other,
		Moment: patrol.Moment{At: now, Device: now, Received: now}}
	if body.Deadline != nil {
		step.Deadline = *body.Deadline
	}
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	if body.Assignee != "" {
		x := t.roster.HolderByCode(body.Assignee)
		if x == nil {
			return fmt.Errorf("%w: %w", patrol.ErrUnknown, &patrol.Fault{Pointer: "/assignee", Zh: "没有这个责任主体", En: "there is no such holder"})
		}
		step.Assignee = x.ID
	}
	return h.problemWrite(w, r, body, func(ctx context.Context, t *postgres.Tx) (string, int, error) {
		_, err := t.StepProblem(ctx, step)
		return id, http.StatusOK, err
	})
}

// problemWrite does something with a problem and answers with the problem as it is then.
func (h *Handler) problemWrite(w http.ResponseWriter, r *http.Request, body any, do func(context.Context, *postgres.Tx) (id string, status int, err error)) error {
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, tx *postgres.Tx) (result, error) {
		id, status, err := do(ctx, tx)
		if err != nil {
			return result{}, err
		}
		file, err := tx.ProblemFile(ctx, id)
		if err != nil {
			return result{}, err
		}
		value, err := t.whole(ctx, tx, &file)
		if err != nil {
			return result{}, err
		}
		res := result{status: status, value: value, etag: strconv.FormatInt(file.Revision, 10)}
		if status == http.StatusCreated {
			res.location = "/patrol/problems/" + id
		}
		return res, h.logReadBy(r, t.teller, tx)
	})
}
