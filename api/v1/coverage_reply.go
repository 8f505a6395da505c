package v1

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"

	"wangge/api/reply"
	"wangge/grid/coverage"
)

// coverageEdition is part of all tags: it goes up when the same city and question get other bytes.
const coverageEdition = "1"

// What coverage cannot answer.
var (
	// ErrNoCoverage: no such service of coverage. HTTP 404.
	ErrNoCoverage = errors.New("no such service of coverage")
	// ErrManySitings: as many sitings as the server works on at a time are under way. HTTP 503.
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
func (h *Handler) answerCoverage(w http.ResponseWriter, r *http.Request, a *serviceAsk, media string, make func() ([]byte, error), more ...string) error {
	return h.answerTagged(w, r, a.city, a.scenario != nil, media, make, a.key(more...))
}

func (h *Handler) answerTagged(w http.ResponseWriter, r *http.Request, c coverage.City, private bool, media string, make func() ([]byte, error), key string) error {
	content := reply.Content{Type: media, Cache: reply.Revalidate}
	if private {
		w.Header().Add("Vary", "Authorization, Cookie")
		content.Cache = reply.Private
	} else {
		content.Tag = coverageTag(c, r.URL.Path+"\x00"+media+"\x00"+key)
	}
	if content.Tag != "" && h.Reply.Known(w, r, content) {
		return nil
	}
	var err error
	if content.Bytes, err = make(); err != nil {
		return err
	}
	return h.Reply.Send(w, r, content)
}

// coverageTag names an answer by the state of the city and the question.
func coverageTag(c coverage.City, question string) string {
	return reply.Hash([]byte(coverageEdition + "\x00" + strconv.FormatUint(c.Revision(), 10) + "\x00" + question))
}

// jsonOf makes the body of what make gives.
func jsonOf[T any](make func() (T, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		v, err := make()
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
