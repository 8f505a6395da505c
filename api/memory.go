package api

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wangge/layers/city"
	"wangge/layers/postgres"
)

var errChecking = errors.New("the memory is being checked already")

// memoryCheck knows of the verifications of one server.
type memoryCheck struct {
	running sync.Mutex
	last    atomic.Pointer[checkedMemory] // nil before the first
}

type checkedMemory struct {
	differences int64
	at          time.Time
}

// memoryJSON is the answer of /api/v1/memory.
type memoryJSON struct {
	Revision        string               `json:"revision"`
	Features        int64                `json:"features"` // compared
	Layers          map[string]tallyJSON `json:"layers"`
	DifferenceCount int64                `json:"difference_count"`
	Differences     []differenceJSON     `json:"differences"` // the first of them
	Unsettled       int64                `json:"unsettled"`
	Looks           int                  `json:"looks"`
	TookMS          int64                `json:"took_ms"`
}

type tallyJSON struct {
	Memory int64 `json:"memory"`
	Record int64 `json:"record"`
}

type differenceJSON struct {
	Layer string `json:"layer"`
	ID    int64  `json:"id,omitempty"`
	What  string `json:"what"`
}

// checkMemory holds the memory against the record and tells what differs. It is for this machine and who has the right, one at a time, and takes as long
// as it takes: seconds for a million features.
func (a *API) checkMemory(w http.ResponseWriter, r *http.Request) error {
	if !a.metrics.memory.running.TryLock() {
		return errChecking
	}
	defer a.metrics.memory.running.Unlock()
	control := http.NewResponseController(w)
	_, _ = control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{}) // the server's are for answers at hand
	ctx, cancel := a.cfg.Changes.until(r.Context())
	defer cancel()
	began := time.Now()
	v, err := a.cfg.City.Verify(ctx)
	switch {
	case err != nil && a.draining.Load():
		return errDraining
	case errors.Is(err, city.ErrAway):
		return fmt.Errorf("%w: %w", postgres.ErrUnavailable, err)
	case err != nil:
		return err
	}
	a.metrics.memory.last.Store(&checkedMemory{v.Differences, time.Now()})
	if v.Differences > 0 {
		a.cfg.Log.ErrorContext(r.Context(), "the memory is not the record", "differences", v.Differences, "first", v.Listed[0])
	}
	return a.reply.Fresh(w, r, memoryOf(v, time.Since(began)))
}

func memoryOf(v city.Verification, took time.Duration) memoryJSON {
	out := memoryJSON{
		Revision: revisionText(v.Revision), Layers: map[string]tallyJSON{}, DifferenceCount: v.Differences, Differences: []differenceJSON{},
		Unsettled: v.Unsettled, Looks: v.Looks, TookMS: took.Milliseconds(),
	}
	for id, t := range v.Layers {
		out.Layers[id] = tallyJSON(t)
		out.Features += t.Memory
	}
	for _, d := range v.Listed {
		out.Differences = append(out.Differences, differenceJSON(d))
	}
	return out
}

func memoryDescs() (differences, at *prometheus.Desc) {
	return prometheus.NewDesc("wangge_memory_differences", "What the memory had otherwise than the record when they were last compared.", nil, nil),
		prometheus.NewDesc("wangge_memory_verified_timestamp_seconds", "When memory and record were last compared.", nil, nil)
}

// Describe is part of prometheus.Collector.
func (c *memoryCheck) Describe(ch chan<- *prometheus.Desc) {
	differences, at := memoryDescs()
	ch <- differences
	ch <- at
}

// Collect is part of prometheus.Collector. Before the first comparison there is nothing to tell.
func (c *memoryCheck) Collect(ch chan<- prometheus.Metric) {
	last := c.last.Load()
	if last == nil {
		return
	}
	differences, at := memoryDescs()
	ch <- prometheus.MustNewConstMetric(differences, prometheus.GaugeValue, float64(last.differences))
	ch <- prometheus.MustNewConstMetric(at, prometheus.GaugeValue, float64(last.at.UnixMilli())/1000)
}
