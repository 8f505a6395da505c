package v1

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"wangge/api/commit"
	"wangge/api/inbox"
	"wangge/api/param"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// Bounds of what phones send and are told.
const (
	maxOutcomes    = 1000 // at once
	maxDeviceTitle = 100
	maxSeq         = 1 << 53 // the last whole number that JavaScript counts to
)

func (h *Handler) patrolCommandRoutes() []Route {
	return []Route{
		{
			Method: http.MethodPost, Path: "/patrol/commands", Needs: rights.Patrol,
			Title: "终端指令：按序生效，逐条告知结果；重复发送结果不变", TitleE: "What a phone did, applied in order, each with its outcome; sending again changes nothing",
			Body: commandsBody{}, Reply: inbox.Reply{}, Serve: h.takeCommands,
		},
		{
			Method: http.MethodGet, Path: "/patrol/commands", Needs: rights.Patrol,
			Params: []Param{{Name: "device", Title: "终端编号（UUID）", TitleE: "id of the device, a UUID", Required: true},
				{Name: "after_seq", Title: "此号之后", TitleE: "after this number"}},
			Title: "本人终端各条指令的结果", TitleE: "What became of the commands of one's own device",
			Reply: outcomesReply{}, Serve: h.commandOutcomes,
		},
	}
}

type commandsBody struct {
	Device   deviceBody    `json:"device"`
	SentAt   time.Time     `json:"sent_at" doc:"终端时钟的发送时间，用于校正各条时间"`
	Floor    int64         `json:"floor,omitempty" doc:"终端上仍有的最小序号：更小而未到的视为丢失"`
	Commands []commandBody `json:"commands" doc:"至多 200 条"`
}

type commandBody struct {
	Seq    int64           `json:"seq" doc:"终端上的序号，从 1 起逐一增加"`
	Key    string          `json:"key" doc:"UUID，同一指令不变"`
	Kind   string          `json:"kind" doc:"check、problem、step、ledger、track、mine"`
	MadeAt string          `json:"made_at" doc:"终端时钟，RFC 3339"`
	Body   json.RawMessage `json:"body"`
}

type deviceBody struct {
	ID    string `json:"id" doc:"UUID，由终端生成；每个账号一个"`
	Title string `json:"title,omitempty"`
}

type outcomesReply struct {
	Items []patrol.Outcome `json:"items"`
	Next  int64            `json:"next" doc:"下一次的 after_seq"`
}

// takeCommands applies what a phone sends.
func (h *Handler) takeCommands(w http.ResponseWriter, r *http.Request) error {
	var body commandsBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if faults := body.faults(); len(faults) > 0 {
		return faults
	}
	caller, err := commit.Caller(r, h.Who(r), h.Call(r), nil)
	if err != nil {
		return err
	}
	answer, err := h.Inbox.Take(r.Context(), caller, inbox.Batch{Device: body.Device.ID, Title: body.Device.Title, SentAt: body.SentAt, Floor: body.Floor, Commands: body.commands()})
	if err != nil {
		return err
	}
	if answer.Revision != 0 {
		w.Header().Set("Wangge-Revision", fmt.Sprint(answer.Revision))
	}
	return h.json(w, r, answer)
}

// faults are what is wrong with a batch as a whole. What is wrong with the body of one command is that command's outcome.
func (b *commandsBody) faults() (faults param.Faults) {
	add := func(at, zh, en string) { faults = append(faults, param.InBody(at, zh, en)...) }
	if !inbox.IsUUID(b.Device.ID) {
		add("/device/id", "须为 UUID", "must be a UUID")
	}
	if !isShort(b.Device.Title, maxDeviceTitle) {
		add("/device/title", "须在一行之内，至多 100 字", "must be one line of 100 characters at most")
	}
	if b.SentAt.UTC().Year() < 1970 || !patrol.Dated(b.SentAt) {
		add("/sent_at", "须为 RFC 3339 时间", "must be a time of RFC 3339")
	}
	if b.Floor < 0 || b.Floor > maxSeq {
		add("/floor", "须为 0 到 2⁵³", "must be 0 to 2⁵³")
	}
	if n := len(b.Commands); n > inbox.MaxCommands {
		add("/commands", fmt.Sprintf("至多 %d 条", inbox.MaxCommands), fmt.Sprintf("at most %d", inbox.MaxCommands))
		return faults
	}
	for i, c := range b.Commands {
		at := fmt.Sprintf("/commands/%d", i)
		if c.Seq < 1 || c.Seq > maxSeq {
			add(at+"/seq", "须为正整数，至多 2⁵³", "must be a positive number, 2⁵³ at most")
		}
		if !inbox.IsUUID(c.Key) {
			add(at+"/key", "须为 UUID", "must be a UUID")
		}
		if len(c.Body) > inbox.MaxBody {
			add(at+"/body", "至多 64 KiB", "at most 64 KiB")
		}
	}
	return faults
}

// commands are those of a body. A time that is none is the zero time, which counts as a clock that was never set: the rest of the batch must not wait for it.
func (b *commandsBody) commands() []patrol.Command {
	list := make([]patrol.Command, len(b.Commands))
	for i, c := range b.Commands {
		made, err := time.Parse(time.RFC3339Nano, c.MadeAt)
		if err != nil || !patrol.Dated(made) {
			made = time.Time{}
		}
		list[i] = patrol.Command{Seq: c.Seq, Key: c.Key, Kind: c.Kind, MadeAt: made, Body: c.Body}
	}
	return list
}

// commandOutcomes tells again what became of commands.
func (h *Handler) commandOutcomes(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	device := q.Text("device", 36)
	after := q.Int("after_seq", 0, 0, maxSeq)
	if err := q.Err(); err != nil {
		return err
	}
	if !inbox.IsUUID(device) {
		return param.InQuery("device", "须为 UUID", "must be a UUID")
	}
	list, err := h.Store.Outcomes(r.Context(), h.Who(r).Account, device, int64(after), maxOutcomes)
	if err != nil {
		return err
	}
	reply := outcomesReply{Items: list, Next: int64(after)}
	for _, o := range list {
		reply.Next = max(reply.Next, o.Seq)
	}
	return h.json(w, r, reply)
}
