package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/maypok86/otter/v2"

	"wangge/api/auth"
	"wangge/api/depot"
	"wangge/api/inbox"
	"wangge/api/ogc"
	"wangge/api/reply"
	v1 "wangge/api/v1"
	"wangge/api/web"
	"wangge/geo/datum"
	"wangge/grid"
	"wangge/grid/coverage"
	gridpg "wangge/grid/postgres"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/export"
	"wangge/layers/postgres"
)

// cities is the city in memory; a *city.City is one.
type cities interface {
	At(ctx context.Context, least city.Revision) (*city.View, error)
	Past(ctx context.Context, at time.Time, ids []string) (*city.View, error)
	Status() city.Status
	Verify(ctx context.Context) (city.Verification, error)
}

// records reads what memory does not hold; a *postgres.Reader is one.
type records interface {
	v1.FeatureProposals
	Ping(ctx context.Context) error
	FeatureAt(ctx context.Context, l *layers.Layer, id int64, internal bool, at time.Time) (postgres.Feature, error)
	History(ctx context.Context, l *layers.Layer, id, from int64, limit int, internal bool) (postgres.History, error)
	Version(ctx context.Context, l *layers.Layer, id, version int64, internal bool) (postgres.Feature, error)
	Compare(ctx context.Context, l *layers.Layer, id, from, to int64, internal bool) (postgres.Comparison, error)
	Scan(ctx context.Context, l *layers.Layer, s postgres.Selection, row func(*postgres.Cells) error) (next []byte, err error)
	Count(ctx context.Context, l *layers.Layer, s postgres.Selection) (int64, error)
	Order(ctx context.Context, l *layers.Layer, s postgres.Selection) ([]int64, error)
	LocalSystems(ctx context.Context) ([]datum.System, error)
	RecentSystems(ctx context.Context) []datum.System
	Checklist(ctx context.Context, checklist string) ([]postgres.ChecklistItem, error)
	Figures(ctx context.Context, codes []string, zone string) (map[string]int64, error)
}

// The keys under which the city holds the models *grid.Net and *grid.Roster.
const (
	NetKey    = v1.NetKey
	RosterKey = v1.RosterKey
)

// Config says what to serve and how. City, Records, Store, Imports and Auth are required.
type Config struct {
	City    cities
	Records records
	Store   *gridpg.Store
	Imports *postgres.Imports // files on their way into the record
	Auth    *auth.Gate        // finds out who is calling
	Photos  *depot.Depot      // nil: photos are not taken
	Changes *Changes          // what City tells; nil: nobody tells anything
	Log     *slog.Logger      // nil for the default
	Version string            // of the program

	PublicURL   string // the address callers use, without a slash at its end; empty: that of each request
	TrustProxy  bool   // believe X-Forwarded-For, -Proto and -Host
	OpenMetrics bool   // answer /metrics to everybody and not to this machine alone

	RequestTimeout time.Duration // for one request, database included; 0 for 30 s
	MaxBodyBytes   int64         // 0 for 1 MiB
	TileCacheBytes int64         // for encoded tiles; 0 keeps none
}

// check fills in defaults and names the field that is wrong.
func (c *Config) check() error {
	if c.City == nil || c.Records == nil || c.Store == nil || c.Imports == nil || c.Auth == nil {
		return errors.New("api: City, Records, Store, Imports and Auth are required")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Changes == nil {
		c.Changes = NewChanges()
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = 30 * time.Second
	}
	if c.MaxBodyBytes == 0 {
		c.MaxBodyBytes = 1 << 20
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" &&
		(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "") {
		return fmt.Errorf("api: PublicURL %q is not of the form https://host", c.PublicURL)
	}
	return nil
}

// API is the handler of all requests.
type API struct {
	cfg        Config
	reply      *reply.Writer
	ogc        *ogc.Handler
	v1         *v1.Handler
	metrics    *metrics
	figures    *figures
	tiles      *tiles
	hexes      hexesKept // of coverage, for tiles
	sprites    map[string]reply.Content
	router     *mux.Router
	handler    http.Handler
	refusals   *otter.Cache[refusal, struct{}] // of the last minute, each once
	draining   atomic.Bool
	longBodies map[string]int64 // by path: how long the bodies of routes may be that take more than others
}

// New makes the handler.
func New(cfg Config) (*API, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	a := &API{cfg: cfg, reply: reply.NewWriter(), figures: newFigures(cfg.Records), refusals: newRefusals()}
	a.ogc = &ogc.Handler{City: a.view, Query: query, Who: whoOf, Call: aboutCall, Store: cfg.Store, Records: cfg.Records, Features: cfg.Records, Zone: zoneOf, Base: a.base, Reply: a.reply, Tile: a.tileOf}
	a.v1 = &v1.Handler{City: a.view, Query: query, Who: whoOf, Call: aboutCall, Base: a.base, Reply: a.reply, Store: cfg.Store, Auth: cfg.Auth, Features: cfg.Records, Imports: cfg.Imports, Photos: cfg.Photos,
		Coverage: coverage.NewLive(), CoverageCity: CoverageCity, Words: wordsOf,
		Inbox:   &inbox.Inbox{Store: cfg.Store, Words: commandWords, Log: cfg.Log, Now: time.Now},
		Exports: v1.Exports{Rows: cfg.Records, Files: export.NewWriter()}}
	var err error
	if a.tiles, err = newTiles(cfg); err != nil {
		return nil, err
	}
	a.metrics = newMetrics(cfg.City, a.tiles, cfg.Changes.count, cfg.Version)
	if a.sprites, err = sprites(); err != nil {
		return nil, err
	}
	a.router = mux.NewRouter().SkipClean(true)
	a.mount()
	a.router.NotFoundHandler = a.app(web.Handler(http.HandlerFunc(a.notFound)))
	a.router.MethodNotAllowedHandler = http.HandlerFunc(a.methodNotAllowed)
	a.handler = a.observe(a.rescue(a.limit(a.router)))
	return a, nil
}

// zoneOf is the city's time zone.
func zoneOf(view *city.View) *time.Location {
	if net, ok := view.State(NetKey).(*grid.Net); ok {
		return net.Zone()
	}
	return time.UTC
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !a.warm(w, r) {
		a.handler.ServeHTTP(w, r)
	}
}

// Drain makes /readyz answer 503 from now on and ends the streams: the server is about to stop.
func (a *API) Drain() {
	a.draining.Store(true)
	a.cfg.Changes.end()
}
