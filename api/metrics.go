package api

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wangge/api/reply"
	"wangge/grid/rights"
)

// metrics are those of one server, in a registry of their own.
type metrics struct {
	page      http.Handler
	requests  *prometheus.HistogramVec
	observers sync.Map // of prometheus.Observer, by requestKey
	tiles     *tileMetrics
	memory    memoryCheck
}

// requestKey names a series of requests: looking it up by its labels would take longer than counting.
type requestKey struct {
	route, method string
	status        int
}

func newMetrics(c cities, t *tiles, listeners func() int, version string) *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "wangge_http_request_duration_seconds", Help: "Time to answer, by route template.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "wangge_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wangge_change_listeners", Help: "Open streams of changes.",
	}, func() float64 { return float64(listeners()) })
	registry := prometheus.NewRegistry()
	m.tiles = newTileMetrics(registry, t)
	registry.MustRegister(m.requests, build, streams, cityCollector{c}, &m.memory,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.page = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) observe(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	key := requestKey{route, knownMethod(method), status}
	known, ok := m.observers.Load(key)
	if !ok {
		known, _ = m.observers.LoadOrStore(key, m.requests.WithLabelValues(key.route, key.method, strconv.Itoa(status)))
	}
	known.(prometheus.Observer).Observe(took.Seconds())
}

// knownMethod keeps invented methods from becoming series of their own.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// cityCollector tells of the city in memory at the moment of the scrape.
type cityCollector struct{ city cities }

func cityDescs() (revision, age, bytes, connected, features *prometheus.Desc) {
	return prometheus.NewDesc("wangge_city_revision", "Transaction id of the newest write served.", nil, nil),
		prometheus.NewDesc("wangge_city_age_seconds", "Time since the record was last looked at.", nil, nil),
		prometheus.NewDesc("wangge_city_bytes", "Memory of the city, roughly.", nil, nil),
		prometheus.NewDesc("wangge_city_connected", "1 while the record is being followed.", nil, nil),
		prometheus.NewDesc("wangge_city_features", "Features served.", []string{"layer"}, nil)
}

// Describe is part of prometheus.Collector.
func (c cityCollector) Describe(ch chan<- *prometheus.Desc) {
	revision, age, bytes, connected, features := cityDescs()
	for _, d := range []*prometheus.Desc{revision, age, bytes, connected, features} {
		ch <- d
	}
}

// Collect is part of prometheus.Collector.
func (c cityCollector) Collect(ch chan<- prometheus.Metric) {
	revision, age, bytes, connected, features := cityDescs()
	s := c.city.Status()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	up := 0.0
	if s.Connected {
		up = 1
	}
	gauge(connected, up)
	if s.AppliedAt.IsZero() {
		return
	}
	gauge(revision, float64(s.Revision))
	gauge(age, s.Age.Seconds())
	gauge(bytes, float64(s.Bytes))
	for layer, n := range s.Features {
		gauge(features, float64(n), layer)
	}
}

// metricsNeed is what /metrics wants of callers from elsewhere.
func (a *API) metricsNeed() rights.Action {
	if a.cfg.OpenMetrics {
		return rights.ReadOpen
	}
	return rights.ReadMetrics
}

func (a *API) metricsPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", reply.NoStore)
	a.metrics.page.ServeHTTP(w, r)
	return nil
}

// local tells whether a request comes from this machine itself: from a loopback address, and not handed on by a proxy that
// we were not told of.
func (a *API) local(r *http.Request) bool {
	if !a.cfg.TrustProxy && (r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "") {
		return false
	}
	ip := net.ParseIP(callOf(r).remote)
	return ip != nil && ip.IsLoopback()
}
