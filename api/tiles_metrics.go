package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wangge/layers/city"
)

// tileMetrics tell where tiles come from and what they cost.
type tileMetrics struct {
	built, empty, cached, shared, known prometheus.Counter
	thinned                             *prometheus.CounterVec
	took, size                          prometheus.Histogram
}

// newTileMetrics registers those of tiles, their cache included.
func newTileMetrics(registry *prometheus.Registry, t *tiles) *tileMetrics {
	answered := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wangge_tiles_total",
		Help: "Tiles answered: built, built and empty, cached, shared with others who asked at the same time, or known to the caller already.",
	}, []string{"result"})
	m := &tileMetrics{
		built: answered.WithLabelValues("built"), empty: answered.WithLabelValues("empty"), cached: answered.WithLabelValues("cached"),
		shared: answered.WithLabelValues("shared"), known: answered.WithLabelValues("known"),
		thinned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "wangge_tiles_thinned_total", Help: "Tiles built that show less of a layer because all of it would make them too large.",
		}, []string{"layer"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "wangge_tile_build_seconds", Help: "Time to build a tile.", Buckets: prometheus.ExponentialBuckets(.00005, 2.5, 12),
		}),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "wangge_tile_bytes", Help: "Size of tiles before compression.", Buckets: prometheus.ExponentialBuckets(256, 2, 13),
		}),
	}
	registry.MustRegister(answered, m.thinned, m.took, m.size)
	number := func(name, help string, now func() uint64) {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(now()) }))
	}
	number("wangge_tile_cache_hits_total", "Encoded tiles found in the cache.", func() uint64 { return t.cache.Figures().Hits })
	number("wangge_tile_cache_misses_total", "Encoded tiles made because the cache did not have them.", func() uint64 { return t.cache.Figures().Misses })
	number("wangge_tile_cache_evictions_total", "Encoded tiles that made room for others.", func() uint64 { return t.cache.Figures().Evictions })
	registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "wangge_tile_cache_bytes", Help: "Memory of the cache of encoded tiles."},
			func() float64 { return float64(t.cache.Figures().Bytes) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "wangge_tile_sending_bytes", Help: "Bytes of the tiles being sent."},
			func() float64 { return float64(t.afloat.bytes.Load()) }))
	return m
}

// drawn counts a tile that was built.
func (m *tileMetrics) drawn(made city.Tile, took time.Duration) {
	if len(made.Bytes) == 0 {
		m.empty.Inc()
	} else {
		m.built.Inc()
	}
	for _, layer := range made.Thinned {
		m.thinned.WithLabelValues(layer).Inc()
	}
	m.took.Observe(took.Seconds())
	m.size.Observe(float64(len(made.Bytes)))
}
