package v1

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"wangge/api/reply"
	"wangge/grid/coverage"
)

// What coverage cannot answer.
var (
	// ErrNoCoverage: no such service of coverage. HTTP 404.
	ErrNoCoverage = errors.New("no such service of coverage")
	// ErrManySitings: as many sitings, or changes of streets, as the server works on at a time are under way. HTTP 503.
	ErrManySitings = errors.New("too many sitings at a time")
	// ErrLongSiting: choosing sites took longer than it may. HTTP 503.
	ErrLongSiting = errors.New("choosing sites took too long")
)

// board is coverage of the city that a question is of, with the changes of its scenario.
func (h *Handler) board(ctx context.Context, a *serviceAsk) (*coverage.Board, error) {
	return h.boardOf(ctx, a.city, a.scenario)
}

func (h *Handler) boardOf(ctx context.Context, c coverage.City, scenario *askedScenario) (*coverage.Board, error) {
	b, err := h.Coverage.At(ctx, c)
	if err != nil || scenario == nil {
		return b, err
	}
	with, err := b.With(ctx, scenario.changes)
	if faults, ok := errors.AsType[coverage.Faults](err); ok {
		return nil, &OldScenario{faults}
	}
	return with, err
}

// answerCoverage answers a question of everybody. Its tag is made of the city's state and the question, so what the caller has already is
// not computed again; answers about a scenario are its readers' alone and are kept by nobody.
func (h *Handler) answerCoverage(w http.ResponseWriter, r *http.Request, a *serviceAsk, media string, body func() ([]byte, error), more ...string) error {
	return h.answerTagged(w, r, a.city, a.scenario != nil, media, body, a.key(more...))
}

func (h *Handler) answerTagged(w http.ResponseWriter, r *http.Request, c coverage.City, private bool, media string, body func() ([]byte, error), key string) error {
	content := reply.Content{Type: media, Cache: reply.Revalidate}
	if private {
		w.Header().Add("Vary", "Authorization, Cookie")
		content.Cache = reply.Private
	} else {
		content.Tag = h.coverageTag(c, r.URL.Path+"\x00"+media+"\x00"+key)
	}
	if content.Tag != "" && h.Reply.Known(w, r, content) {
		return nil
	}
	var err error
	if content.Bytes, err = body(); err != nil {
		return err
	}
	return h.Reply.Send(w, r, content)
}

// coverageTag names an answer by the state of the city and the question. A revision alone would not do: a transaction that began earlier may
// commit later. The version of a state tells them apart, on this server and until it stops.
func (h *Handler) coverageTag(c coverage.City, question string) string {
	h.epoch.once.Do(func() { h.epoch.text = rand.Text() })
	state := strconv.FormatUint(c.Revision(), 10) + "\x00" + strconv.FormatUint(c.Version(), 10)
	return reply.Hash([]byte(h.epoch.text + "\x00" + state + "\x00" + question))
}

// epoch tells one run of a server from others.
type epoch struct {
	once sync.Once
	text string
}

// jsonOf makes the body of a value that is yet to be worked out.
func jsonOf[T any](value func() (T, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		v, err := value()
		if err != nil {
			return nil, err
		}
		return reply.Marshal(v)
	}
}

const (
	jsonMedia    = "application/json"
	geoJSONMedia = "application/geo+json"
	csvMedia     = "text/csv; charset=utf-8"
	xlsxMedia    = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// written is what a writer wrote.
func written(write func(*bytes.Buffer) error) ([]byte, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
