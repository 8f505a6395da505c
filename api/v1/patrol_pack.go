package v1

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/ogc"
	"wangge/api/reply"
	"wangge/geo"
	"wangge/geo/tile"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
	layerspg "wangge/layers/postgres"
)

// ErrNoDuties says that who asks for a pack is responsible for nothing on this day. HTTP 422.
var ErrNoDuties = errors.New("no duties today")

// What a pack holds at most.
const (
	packBufferM    = 200
	packFeatures   = 20_000
	packTiles      = 1500
	packDeepest    = 17 // tiles below it are drawn from it
	packShallowest = 11
	packPhotoBytes = 20 << 20
	packProblems   = 500
	packMine       = 200
	packMineDays   = 30
	packDays       = 7 // for which it tells what becomes due, today left out
)

func (h *Handler) patrolPackRoutes() []Route {
	return []Route{{
		Path: "/patrol/pack", Reads: true, Needs: rights.Patrol,
		Title: "离线包：本人网格及周边 200 米的台账、计划、待检、问题与瓦片地址", TitleE: "What a phone needs without a network: one's own grids and 200 m around",
		Reply: packJSON{}, Serve: h.pack,
	}}
}

type packJSON struct {
	MadeAt     time.Time                    `json:"made_at"`
	Revision   uint64                       `json:"revision"`
	Holder     *dueHolder                   `json:"holder"`
	Grids      []packGrid                   `json:"grids"`
	Bounds     [4]float64                   `json:"bounds" doc:"西、南、东、北，含周边"`
	BufferM    int                          `json:"buffer_m"`
	Layers     map[string][]json.RawMessage `json:"layers" doc:"按图层的 GeoJSON 要素"`
	Complete   bool                         `json:"complete" doc:"false：对象过多，未全部装入"`
	Places     []packPlace                  `json:"places"`
	Plans      []planJSON                   `json:"plans"`
	Checklists []checklistJSON              `json:"checklists"`
	Classes    []classJSON                  `json:"classes"`
	Due        []patrol.DueItem             `json:"due"`
	Timetables []patrol.Timetable           `json:"timetables" doc:"各计划今后数日的时刻：无网时据此推算待检"`
	Problems   []patrolProblemJSON          `json:"problems"`
	Tiles      packTileJSON                 `json:"tiles"`
	Limits     packLimits                   `json:"limits"`
	Tracks     packTracks                   `json:"tracks"`
}

type packGrid struct {
	ID       int64            `json:"id"`
	Scheme   string           `json:"scheme"`
	Code     string           `json:"code"`
	Name     *string          `json:"name"`
	Geometry geojson.Geometry `json:"geometry"`
}

type packPlace struct {
	Type       string           `json:"type"`
	ID         int64            `json:"id"`
	Revision   int64            `json:"revision"`
	Geometry   geojson.Geometry `json:"geometry"`
	Properties map[string]any   `json:"properties"`
}

type packTileJSON struct {
	Template  string      `json:"template"`
	MinZoom   int         `json:"minzoom"`
	MaxZoom   int         `json:"maxzoom"`
	Addresses [][3]uint32 `json:"addresses"`
}

type packLimits struct {
	patrol.Limits
	PhotoBytes int64 `json:"photo_bytes"`
}

type packTracks struct {
	Enabled bool `json:"enabled"`
}

// pack answers with all that an officer's phone needs for a day without a network.
func (h *Handler) pack(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	who, n, roster := h.Who(r), netOf(view), rosterOf(view)
	day := grid.DayOf(time.Now().In(n.Zone()))
	if who.Holder == 0 || len(roster.DutiesOf(who.Holder, day)) == 0 {
		return ErrNoDuties
	}
	p := &packJSON{BufferM: packBufferM, Complete: true, Layers: map[string][]json.RawMessage{}, Grids: []packGrid{}, Places: []packPlace{}}
	if holder := roster.Holder(who.Holder); holder != nil {
		p.Holder = &dueHolder{holder.ID, holder.Code, holder.Name}
	}
	boxes := h.packArea(p, view, who.Holder, day)
	if err := h.packFeatures(r.Context(), p, view, boxes); err != nil {
		return err
	}
	p.addPlaces(roster, boxes, day)
	if err := h.packPatrol(r, p, n.Zone()); err != nil {
		return err
	}
	p.Tiles = packTilesOf(boxes)
	return h.sendPack(w, r, view, p)
}

// sendPack answers with a pack. Its tag says what is in it, not when it was made.
func (h *Handler) sendPack(w http.ResponseWriter, r *http.Request, view *city.View, p *packJSON) error {
	body, err := reply.Marshal(p)
	if err != nil {
		return err
	}
	tag := `"` + reply.Hash(body) + `"`
	w.Header().Set("ETag", "W/"+tag)
	if reply.Unchanged(r, tag) {
		w.Header().Add("Vary", "Authorization, Cookie")
		w.Header().Set("Cache-Control", "private, no-cache")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	p.MadeAt, p.Revision = time.Now().UTC(), uint64(view.Revision())
	return h.json(w, r, p)
}

// packArea adds the grids and gives the boxes around what the holder is responsible for.
func (h *Handler) packArea(p *packJSON, view *city.View, holder int64, day grid.Day) []orb.Bound {
	n, roster := netOf(view), rosterOf(view)
	var boxes []orb.Bound
	for _, g := range roster.OwnGrids(n, holder, day) {
		d := describeGrid(n, g)
		p.Grids = append(p.Grids, packGrid{ID: g.ID, Scheme: g.Scheme, Code: g.Code, Name: orNull(d.Name), Geometry: geometryOf(g.Shape)})
		boxes = append(boxes, widened(g.Shape.Bound(), packBufferM))
	}
	for _, d := range roster.DutiesOf(holder, day) {
		if s, ok := roster.Subject(n, d.Target, day); ok && d.Target.Kind != grid.TargetGrid && d.Target.Kind != grid.TargetRegion && d.Target.Kind != grid.TargetZone {
			boxes = append(boxes, widened(s.Bound, packBufferM))
		}
	}
	p.Bounds = [4]float64{180, 90, -180, -90}
	for _, b := range boxes {
		p.Bounds = [4]float64{min(p.Bounds[0], b.Min[0]), min(p.Bounds[1], b.Min[1]), max(p.Bounds[2], b.Max[0]), max(p.Bounds[3], b.Max[1])}
	}
	return boxes
}

// widened is a box with some metres more on each side.
func widened(b orb.Bound, m float64) orb.Bound {
	const metresPerDegree = 110_574 // of latitude at the equator, where it is shortest
	lat := m / metresPerDegree
	lon := lat / math.Max(0.01, math.Cos(b.Center()[1]*math.Pi/180))
	return orb.Bound{Min: orb.Point{b.Min[0] - lon, b.Min[1] - lat}, Max: orb.Point{b.Max[0] + lon, b.Max[1] + lat}}
}

// packFeatures adds the features of the inventory that touch the boxes, each once.
func (h *Handler) packFeatures(ctx context.Context, p *packJSON, view *city.View, boxes []orb.Bound) error {
	left := packFeatures
	for _, l := range view.Layers() {
		if !l.Collection || !layerspg.Writable(l) {
			continue
		}
		pen, fields := ogc.NewPen(view, l)
		list, seen := []json.RawMessage{}, map[int64]bool{}
		for _, box := range boxes {
			if left == 0 {
				break
			}
			before := len(list)
			_, err := h.Exports.Rows.Scan(ctx, l, layerspg.Selection{BBox: &box, Fields: fields, Limit: left}, func(row *layerspg.Cells) error {
				if seen[row.ID] {
					return nil
				}
				seen[row.ID] = true
				text, err := pen.Append(nil, row)
				list = append(list, text)
				return err
			})
			if err != nil {
				return err
			}
			left -= min(left, len(list)-before)
		}
		p.Layers[l.ID] = list
		p.Complete = p.Complete && left > 0
	}
	return nil
}

// packPatrol adds what is checked how, what is due, and the problems of one's own grids and one's own.
func (h *Handler) packPatrol(r *http.Request, p *packJSON, zone *time.Location) error {
	ctx, who, now := r.Context(), h.Who(r), time.Now().UTC()
	plans, err := h.Store.Plans(ctx)
	if err != nil {
		return err
	}
	lists, err := h.Store.Checklists(ctx)
	if err != nil {
		return err
	}
	p.Plans, p.Checklists = told(plans, planTold), told(lists, checklistTold)
	if p.Classes, err = h.allClasses(ctx); err != nil {
		return err
	}
	due, err := h.Store.Due(ctx, who.Holder, now)
	if err != nil {
		return err
	}
	p.Due, p.Timetables = append([]patrol.DueItem{}, due.Items...), timetables(plans, now, zone)
	set, err := h.Store.PatrolSettings(ctx)
	if err != nil {
		return err
	}
	p.Limits, p.Tracks = packLimits{set.Position, packPhotoBytes}, packTracks{set.Tracks.Enabled}
	return h.addProblems(r, p)
}

// timetables are those of the plans in force for the days of a pack. They end with a day, so that a pack is the same all day.
func timetables(plans []patrol.Plan, from time.Time, zone *time.Location) []patrol.Timetable {
	list := []patrol.Timetable{}
	for i := range plans {
		if plans[i].Enabled {
			list = append(list, plans[i].Timetable(from, grid.DayOf(from.In(zone))+packDays, zone))
		}
	}
	return list
}

// addProblems adds open problems that the caller's rights reach, and what the caller reported lately.
func (h *Handler) addProblems(r *http.Request, p *packJSON) error {
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	open := postgres.ProblemFilter{Who: h.Who(r), Day: t.day, States: slices.DeleteFunc(patrol.States(), func(s patrol.State) bool { return !s.Open() })}
	mine := postgres.ProblemFilter{Who: h.Who(r), Day: t.day, Mine: true, From: t.now.AddDate(0, 0, -packMineDays)}
	rows, _, err := h.Store.Problems(r.Context(), &open, postgres.LatestFirst, postgres.ProblemKey{}, packProblems)
	if err != nil {
		return err
	}
	own, _, err := h.Store.Problems(r.Context(), &mine, postgres.LatestFirst, postgres.ProblemKey{}, packMine)
	if err != nil {
		return err
	}
	for _, row := range own {
		if !slices.ContainsFunc(rows, func(x postgres.ProblemRow) bool { return x.ID == row.ID }) {
			rows = append(rows, row)
		}
	}
	if p.Problems, err = t.list(r.Context(), h.Store, rows); err != nil {
		return err
	}
	return h.logRead(r, t.teller)
}

// addPlaces adds the places in force that lie in the boxes.
func (p *packJSON) addPlaces(roster *grid.Roster, boxes []orb.Bound, day grid.Day) {
	for _, s := range roster.Spots() {
		at := orb.Point{s.Lon, s.Lat}
		if s.To != 0 && s.To <= day || !slices.ContainsFunc(boxes, func(b orb.Bound) bool { return b.Contains(at) }) {
			continue
		}
		p.Places = append(p.Places, packPlace{Type: "Feature", ID: s.ID, Geometry: *geojson.NewGeometry(at), Properties: map[string]any{"code": s.Code, "name": s.Name, "kind": s.Kind}})
	}
}

// packTilesOf lists the tiles that cover the boxes, the coarse ones first, as many as a pack may hold.
func packTilesOf(boxes []orb.Bound) packTileJSON {
	t := packTileJSON{Template: "/tiles/city/{z}/{x}/{y}.mvt", MinZoom: packShallowest, MaxZoom: packShallowest, Addresses: [][3]uint32{}}
	seen := map[[3]uint32]bool{}
	for z := uint8(packShallowest); z <= packDeepest; z++ {
		var level [][3]uint32
		for _, b := range boxes {
			low, high := tileAt(z, orb.Point{b.Min[0], b.Max[1]}), tileAt(z, orb.Point{b.Max[0], b.Min[1]})
			for x := low.X; x <= high.X && len(level) <= packTiles; x++ {
				for y := low.Y; y <= high.Y && len(level) <= packTiles; y++ {
					if a := [3]uint32{uint32(z), x, y}; !seen[a] {
						seen[a] = true
						level = append(level, a)
					}
				}
			}
		}
		if len(t.Addresses)+len(level) > packTiles {
			break
		}
		t.Addresses, t.MaxZoom = append(t.Addresses, level...), int(z)
	}
	return t
}

func tileAt(z uint8, p orb.Point) tile.Addr {
	return tile.At(z, geo.WorldX(p[0]), geo.WorldY(p[1]))
}
