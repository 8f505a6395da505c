package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/layers/city"
)

const (
	beatEvery  = 15 * time.Second       // so that proxies, and whoever is in between, know that somebody is there
	stallLimit = 10 * time.Second       // for one write: who takes longer is gone
	lastChance = 200 * time.Millisecond // for what is being written when the stream ends
	// eventPace is the least time between two events of a stream: what comes faster is told together.
	eventPace  = 50 * time.Millisecond
	comeBackMS = 2000 // when a browser that lost its stream asks again
	maxEventID = 64
)

var errCrowded = errors.New("too many streams")

// listen streams server-sent events: hello, then a change for every batch that the city takes in.
func (a *API) listen(w http.ResponseWriter, r *http.Request) error {
	view, err := a.view(r)
	if err != nil {
		return err
	}
	wanted, err := wantedLayers(view, r)
	if err != nil {
		return err
	}
	id, err := lastEventID(r)
	if err != nil {
		return err
	}
	if err := a.cfg.Changes.enter(); err != nil {
		return err
	}
	defer a.cfg.Changes.leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", reply.NoStore)
	h.Set("X-Accel-Buffering", "no") // nginx would keep events until it has a bufferful
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	s := &stream{changes: a.cfg.Changes, wanted: wanted, place: a.cfg.Changes.placeOf(id), w: w, control: http.NewResponseController(w)}
	s.run(r.Context(), view.Revision())
	return nil
}

// wantedLayers reads the list of layers; nil is all of them.
func wantedLayers(view *city.View, r *http.Request) (map[string]bool, error) {
	q := query(r)
	if !q.Has("layers") {
		return nil, nil
	}
	names := strings.Split(q.Text("layers", maxAddress), ",")
	if err := q.Err(); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, name := range names {
		if view.Layer(name) == nil {
			shown := param.Shown(name)
			return nil, param.InQuery("layers", fmt.Sprintf("没有图层“%s”", shown), fmt.Sprintf("there is no layer %q", shown))
		}
		wanted[name] = true
	}
	return wanted, nil
}

// lastEventID says where the listener was before. The header, which a browser sends when it comes back by itself, knows better
// than the address that it was first given.
func lastEventID(r *http.Request) (string, error) {
	q := query(r)
	id := q.Text("last_event_id", maxEventID)
	if sent := r.Header.Get("Last-Event-ID"); sent != "" {
		id = sent
	}
	return id, q.Err()
}

// stream is one listener.
type stream struct {
	changes *Changes
	wanted  map[string]bool // nil for all layers
	place   uint64          // up to where he was told
	w       http.ResponseWriter
	control *http.ResponseController
}

// run tells until the listener leaves or takes nothing any more, or the server is about to stop.
func (s *stream) run(ctx context.Context, revision city.Revision) {
	ctx, cancel := s.changes.until(ctx)
	defer cancel()
	defer s.hurry(ctx)()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for err := s.hello(ctx, revision); err == nil; {
		missed, now, news := s.changes.since(s.place)
		if len(missed) > 0 {
			err = s.tell(ctx, missed, now)
			continue
		}
		select {
		case <-news:
		case <-beat.C:
			err = s.beat(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// hurry sees to it that a write that is stuck ends soon after the context. The function that it returns must be called before the
// handler returns: there is no connection to set a deadline on afterwards.
func (s *stream) hurry(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	called := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = s.control.SetWriteDeadline(time.Now().Add(lastChance))
	})
	return func() {
		if !called() {
			<-done
		}
	}
}

// hello tells the revision that is served. It carries the place from which the listener will be told; where that is not known,
// none, so that he comes back with what he had if he is cut off before he was told that all may have changed.
func (s *stream) hello(ctx context.Context, revision city.Revision) error {
	id := ""
	if s.place != nowhere {
		id = "id: " + s.changes.idOf(s.place) + "\n"
	}
	return s.write(ctx, fmt.Appendf(nil, "retry: %d\n%sevent: hello\ndata: {\"revision\":%q}\n\n", comeBackMS, id, revisionText(revision)))
}

// beat keeps the connection alive, and the listener's place up to date where nothing happened in his layers.
func (s *stream) beat(ctx context.Context) error {
	return s.write(ctx, fmt.Appendf(nil, ": beat\nid: %s\n\n", s.changes.idOf(s.place)))
}

// tell sends what was missed up to a place, unless nothing of it is wanted, and waits for the pace.
func (s *stream) tell(ctx context.Context, missed []oneChange, now uint64) error {
	data, err := s.changes.event(s.place, now, missed, s.wanted)
	s.place = now
	if err != nil || data == nil {
		return err
	}
	// The data end in a newline of their own.
	if err := s.write(ctx, fmt.Appendf(nil, "id: %s\nevent: change\ndata: %s\n", s.changes.idOf(now), data)); err != nil {
		return err
	}
	select {
	case <-time.After(eventPace):
	case <-ctx.Done():
	}
	return nil
}

// write sends some bytes at once.
func (s *stream) write(ctx context.Context, b []byte) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(stallLimit))
	if ctx.Err() != nil { // asked after the deadline was set, or it would undo what hurry did
		return ctx.Err()
	}
	if _, err := s.w.Write(b); err != nil {
		return fmt.Errorf("listener: %w", err)
	}
	return s.control.Flush()
}

// changeJSON is the data of an event. Boxes are west, south, east, north; none of a layer stands for all of it.
type changeJSON struct {
	Revision string                  `json:"revision"`
	All      bool                    `json:"all"`
	Layers   map[string][][4]float64 `json:"layers"`
}

func (o oneChange) json() changeJSON {
	out := changeJSON{Revision: revisionText(o.revision), All: o.All, Layers: map[string][][4]float64{}}
	if o.All {
		return out
	}
	for id, boxes := range o.Layers {
		out.Layers[id] = [][4]float64{}
		for _, b := range boxes {
			out.Layers[id] = append(out.Layers[id], around(b))
		}
	}
	return out
}

// around is a box of round numbers that holds a bound, and what of it memory has rounded away: a hand's breadth larger.
func around(b orb.Bound) [4]float64 {
	const steps, pad = 1e6, 0.2 // per degree; of a step
	down := func(v float64) float64 { return math.Floor(v*steps-pad) / steps }
	up := func(v float64) float64 { return math.Ceil(v*steps+pad) / steps }
	return [4]float64{down(b.Min[0]), down(b.Min[1]), up(b.Max[0]), up(b.Max[1])}
}
