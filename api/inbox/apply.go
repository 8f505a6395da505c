package inbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
)

// applier does what a command asks for and fills in its outcome.
type applier func(w *work, ctx context.Context, c *gridpg.KeptCommand, o *patrol.Outcome) error

// appliers are all kinds of commands.
func appliers() map[string]applier {
	return map[string]applier{
		"check":             (*work).check,
		"problem":           (*work).problem,
		"step":              (*work).step,
		"ledger":            (*work).ledger,
		patrol.CommandTrack: (*work).track,
		"mine":              (*work).mine,
	}
}

// apply does what a command asks for, all of it or nothing, and writes down its outcome. Its error is one that may pass.
func (w *work) apply(ctx context.Context, c *gridpg.KeptCommand) error {
	o := patrol.Outcome{Seq: c.Seq, Key: c.Key, Status: patrol.Done}
	err := w.t.Sub(ctx, func(ctx context.Context) error {
		do := appliers()[c.Kind]
		if do == nil {
			return &patrol.Fault{Pointer: "/kind", Zh: "服务器不认识此类指令，请升级服务器", En: "the server does not know commands of this kind"}
		}
		return do(w, ctx, c, &o)
	})
	if err == nil {
		c.Outcome = o
		return nil
	}
	if gridpg.Passing(err) || ctx.Err() != nil {
		return err
	}
	words := w.Words(err)
	if !words.Known {
		w.Log.ErrorContext(ctx, "a command was not applied", "device", c.Device, "seq", c.Seq, "kind", c.Kind, "request", w.t.Caller.RequestID, "error", err)
	}
	c.Outcome = patrol.Outcome{Seq: c.Seq, Key: c.Key, Status: patrol.Refused, Type: words.Type, Title: words.Title, TitleE: words.TitleEn, Detail: words.Detail, DetailE: words.DetailEn}
	return nil
}

// refusal is the outcome of a command that is not even kept.
func refusal(c *gridpg.KeptCommand, kind, zh, en string) patrol.Outcome {
	return patrol.Outcome{Seq: c.Seq, Key: c.Key, Status: patrol.Refused, Type: kind, Title: zh, TitleE: en}
}

// keepable makes a body what the record can keep: one JSON object without the character that PostgreSQL has no place for, and without numbers that are
// none of ours. What is none becomes empty, and will be refused for what it lacks.
func keepable(body json.RawMessage) json.RawMessage {
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&object) != nil || object == nil || !plainNumbers(object) {
		return json.RawMessage("{}")
	}
	text, err := json.Marshal(object)
	if err != nil {
		return json.RawMessage("{}")
	}
	return bytes.ReplaceAll(text, []byte(`\u0000`), []byte(`\ufffd`))
}

// plainNumbers turns the numbers of a value into whole ones or floats, in place; false where one is neither. jsonb takes no 1e-999999.
func plainNumbers(value any) bool {
	plain := func(v any) (any, bool) {
		text, ok := v.(json.Number)
		if !ok {
			return v, plainNumbers(v)
		}
		if n, err := text.Int64(); err == nil {
			return n, true
		}
		f, err := text.Float64()
		return f, err == nil
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			p, ok := plain(member)
			if !ok {
				return false
			}
			v[name] = p
		}
	case []any:
		for i, member := range v {
			p, ok := plain(member)
			if !ok {
				return false
			}
			v[i] = p
		}
	}
	return true
}

// read reads the body of a command. Its error is a *patrol.Fault.
func read(body json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		_, err = d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		return &patrol.Fault{Zh: "内容之后还有文字", En: "there is something after the body"}
	}
	fault := &patrol.Fault{Zh: "内容不是约定的 JSON", En: "not the JSON that was agreed on"}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		fault.Pointer = "/" + t.Field
		fault.En += ": " + t.Value
	}
	return fault
}
