package v1

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"wangge/api/reply"
)

const (
	eventsMedia  = "text/event-stream"
	progressPace = 100 * time.Millisecond // the least time between two events of progress
	eventPause   = 10 * time.Second       // how long one write may take
)

// takesEvents tells whether a caller asks for server-sent events.
func takesEvents(r *http.Request) bool {
	for _, accepted := range r.Header["Accept"] {
		for part := range strings.SplitSeq(accepted, ",") {
			if media, _, err := mime.ParseMediaType(part); err == nil && media == eventsMedia {
				return true
			}
		}
	}
	return false
}

// events are what a caller is told while something is worked out. It is safe for the goroutines that do.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	mu      sync.Mutex
	last    time.Time
	err     error
}

func newEvents(w http.ResponseWriter) *events {
	h := w.Header()
	h.Set("Content-Type", eventsMedia)
	h.Set("Cache-Control", reply.NoStore)
	h.Set("X-Accel-Buffering", "no") // nginx would keep events until it has a bufferful
	w.WriteHeader(http.StatusOK)
	return &events{w: w, control: http.NewResponseController(w)}
}

// progress tells how much is done, not too often.
func (e *events) progress(done, total int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); now.Sub(e.last) >= progressPace {
		e.last = now
		e.send("progress", map[string]int{"done": done, "total": total})
	}
}

// end tells the outcome.
func (e *events) end(name string, value any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.send(name, value)
}

func (e *events) send(name string, value any) {
	if e.err != nil {
		return // gone: whoever works notices by the context
	}
	data, err := reply.Marshal(value) // ends in a newline
	if err != nil {
		e.err = err
		return
	}
	_ = e.control.SetWriteDeadline(time.Now().Add(eventPause))
	if _, e.err = fmt.Fprintf(e.w, "event: %s\ndata: %s\n", name, data); e.err == nil {
		e.err = e.control.Flush()
	}
}

// failed is the event of an error: the answer has begun, so that it can be no problem any more.
type failed struct {
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
}

// sitingEvents streams progress, then result or failure.
func (h *Handler) sitingEvents(ctx context.Context, w http.ResponseWriter, a *sitingAsk) error {
	if _, err := h.board(ctx, a.serviceAsk); err != nil {
		return sitingFault(ctx, err) // nothing was sent: it can be a problem still
	}
	e := newEvents(w)
	answer, err := h.site(ctx, a, e.progress)
	if err != nil {
		zh, en := h.Words(err)
		e.end("failure", failed{zh, en})
		return nil
	}
	e.end("result", answer)
	return nil
}
