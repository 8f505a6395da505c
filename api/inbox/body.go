package inbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
)

// The bodies of commands, by kind.
type (
	subjectBody struct {
		Kind string `json:"kind"`
		ID   int64  `json:"id"`
	}
	checkBody struct {
		ID        string                   `json:"id"`
		Plan      string                   `json:"plan"`
		Subject   subjectBody              `json:"subject"`
		Checklist string                   `json:"checklist"`
		Edition   string                   `json:"edition"`
		Result    patrol.Result            `json:"result"`
		Answers   map[string]patrol.Answer `json:"answers"`
		Note      string                   `json:"note"`
		Fix       *patrol.Fix              `json:"fix"`
		Photos    []patrol.PhotoRef        `json:"photos"`
		Seen      int64                    `json:"seen"`
		Problem   *problemBody             `json:"problem"`
	}
	problemBody struct {
		ID        string            `json:"id"`
		Class     string            `json:"class"`
		Title     string            `json:"title"`
		Note      string            `json:"note"`
		Fix       *patrol.Fix       `json:"fix"`
		Subject   *subjectBody      `json:"subject"`
		Photos    []patrol.PhotoRef `json:"photos"`
		OnTheSpot bool              `json:"on_the_spot"`
		Check     string            `json:"check"`
		Reopens   string            `json:"reopens"`
	}
	stepBody struct {
		ID      string            `json:"id"`
		Problem string            `json:"problem"`
		Kind    patrol.StepKind   `json:"kind"`
		Seen    int64             `json:"seen"`
		Note    string            `json:"note"`
		Fix     *patrol.Fix       `json:"fix"`
		Photos  []patrol.PhotoRef `json:"photos"`
		Other   string            `json:"other"`

		Dept     string    `json:"dept"`
		Assignee int64     `json:"assignee"`
		Deadline time.Time `json:"deadline"`
	}
	ledgerBody struct {
		ID       string            `json:"id"`
		Layer    string            `json:"layer"`
		Feature  int64             `json:"feature"`
		Finding  string            `json:"finding"`
		Base     int64             `json:"base"`
		Values   map[string]any    `json:"values"`
		Geometry json.RawMessage   `json:"geometry"`
		Note     string            `json:"note"`
		Fix      *patrol.Fix       `json:"fix"`
		Photos   []patrol.PhotoRef `json:"photos"`
	}
	trackBody struct {
		Points [][]float64 `json:"points"` // lon, lat, Unix milliseconds, accuracy in metres
	}
	mineBody struct {
		Of     string   `json:"of"` // key of the command that met a conflict
		Fields []string `json:"fields"`
		Seen   int64    `json:"seen"` // revision that has what stands now
	}
)

func (s *subjectBody) subject() *patrol.Subject {
	if s == nil {
		return nil
	}
	return &patrol.Subject{Kind: s.Kind, ID: s.ID}
}

// Bounds of what is in a body.
const (
	maxNote   = 2000 // runes
	maxPhotos = 20
)

var (
	uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// IsUUID tells whether a text is a UUID in its canonical form.
func IsUUID(s string) bool { return uuidPattern.MatchString(s) }

// checkCommon holds what most bodies have against its bounds. Its error is a *patrol.Fault.
func checkCommon(id, note string, photos []patrol.PhotoRef, fix *patrol.Fix) error {
	switch {
	case !IsUUID(id):
		return &patrol.Fault{Pointer: "/id", Zh: "须为 UUID", En: "must be a UUID"}
	case utf8.RuneCountInString(note) > maxNote:
		return &patrol.Fault{Pointer: "/note", Zh: fmt.Sprintf("至多 %d 字", maxNote), En: fmt.Sprintf("at most %d characters", maxNote)}
	case strings.ContainsRune(note, 0):
		return &patrol.Fault{Pointer: "/note", Zh: "含有不能保存的字符", En: "has a character that cannot be kept"}
	case len(photos) > maxPhotos:
		return &patrol.Fault{Pointer: "/photos", Zh: fmt.Sprintf("至多 %d 张", maxPhotos), En: fmt.Sprintf("at most %d", maxPhotos)}
	case fix != nil && len(fix.Datum)+len(fix.Source) > 64:
		return &patrol.Fault{Pointer: "/fix", Zh: "坐标系或来源过长", En: "datum or source is too long"}
	}
	for i, p := range photos {
		at := fmt.Sprintf("/photos/%d", i)
		switch {
		case !IsUUID(p.ID):
			return &patrol.Fault{Pointer: at + "/id", Zh: "须为 UUID", En: "must be a UUID"}
		case !hashPattern.MatchString(p.SHA256):
			return &patrol.Fault{Pointer: at + "/sha256", Zh: "须为 64 位十六进制小写", En: "must be 64 lower-case hexadecimal digits"}
		case p.Bytes < 0:
			return &patrol.Fault{Pointer: at + "/bytes", Zh: "不能为负", En: "cannot be negative"}
		}
	}
	return nil
}

// by is who sends.
func (w *work) by() patrol.Person {
	return patrol.Person{Holder: w.t.Caller.Actor.Holder, Account: w.t.Caller.Actor.Name}
}

// moment is when a command was made.
func moment(c *gridpg.KeptCommand) patrol.Moment { return patrol.Settle(c.MadeAt, c.SentAt, c.Came) }
