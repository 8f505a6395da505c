package v1

import (
	"context"
	"net/http"
	"time"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) patrolTracksRoutes() []Route {
	return []Route{
		{Path: "/patrol/tracks", Needs: rights.ReadTracks, Reads: true, Title: "巡查轨迹（仅在岗时、仅在启用后记录）", TitleE: "Where an officer went on a day, on duty; reading others' is in the access log",
			Params: []Param{{Name: "holder", Title: "人员代号，缺省为本人", TitleE: "code of the officer, oneself by default"}, {Name: "day", Title: "日期，缺省为今天", TitleE: "day, today by default"}},
			Reply:  tracksJSON{}, Serve: h.tracks},
		{Path: "/patrol/settings", Needs: rights.EditPatrol, Title: "巡查设置", TitleE: "What the bureau sets for patrol", Reply: patrolSettingsJSON{}, Serve: h.patrolSettings},
		{Method: http.MethodPut, Path: "/patrol/settings", Needs: rights.EditPatrol, Title: "更改巡查设置", TitleE: "Change what the bureau sets for patrol", Body: patrolSettingsJSON{}, Reply: patrolSettingsJSON{}, Serve: h.setPatrol},
	}
}

type tracksJSON struct {
	Holder   *holderRef  `json:"holder"`
	Day      grid.Day    `json:"day"`
	Enabled  bool        `json:"enabled" doc:"是否记录轨迹"`
	KeepDays int         `json:"keep_days" doc:"保留天数"`
	Items    []trackJSON `json:"items"`
	BBox     *[4]float64 `json:"bbox"`
}

type trackJSON struct {
	ID       string       `json:"id"`
	Device   *string      `json:"device"`
	From     time.Time    `json:"from"`
	To       time.Time    `json:"to"`
	Received time.Time    `json:"received_at"`
	Points   [][4]float64 `json:"points" doc:"经度、纬度、Unix 毫秒、精度米（0 为未知）"`
}

// tracks answers with the way of an officer on a day.
func (h *Handler) tracks(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	code := q.Text("holder", codeRunes)
	view, err := h.City(r)
	if err != nil {
		return err
	}
	now := netOf(view)
	today := h.today(now)
	day := h.dayOf(r, "day", today)
	if err := q.Err(); err != nil {
		return err
	}
	t := newTeller(now.At(today), rosterOf(view), today, h.Who(r))
	holder, err := t.trackedHolder(code)
	if err != nil {
		return err
	}
	set, err := h.Store.PatrolSettings(r.Context())
	if err != nil {
		return err
	}
	parts, err := h.Store.Tracks(r.Context(), holder.ID, day)
	if err != nil {
		return err
	}
	if holder.ID != t.actor.Holder {
		call := h.Call(r)
		if err := h.Store.LogAccess(r.Context(), postgres.AccessEntry{
			Actor: t.actor.Name, Action: postgres.ReadTrack, Entity: "holder", EntityID: holder.ID, Detail: map[string]any{"day": day.String()}, Remote: call.Remote, RequestID: call.ID,
		}); err != nil {
			return err
		}
	}
	ref := t.holder(holder)
	answer := tracksJSON{Holder: &ref, Day: day, Enabled: set.Tracks.Enabled, KeepDays: set.Tracks.KeepDays, Items: []trackJSON{}}
	for _, p := range parts {
		answer.Items = append(answer.Items, trackOf(p))
	}
	answer.BBox = boxOfTracks(parts)
	return h.tell(w, r, t, 0, answer)
}

// trackedHolder is whose way is asked for: the caller's own, or that of somebody whose ways the caller may read. Who may not read others' is not told
// whether there is somebody.
func (t *teller) trackedHolder(code string) (*grid.Holder, error) {
	own := t.roster.Holder(t.actor.Holder)
	if code == "" {
		if own == nil {
			return nil, param.InQuery("holder", "必填：账号没有对应的人员", "is required: there is no person behind the account")
		}
		code = own.Code
	}
	if err := t.actor.May(rights.ReadTracks, rights.Place{Own: own != nil && own.Code == code}); err != nil {
		return nil, err
	}
	holder := t.roster.HolderByCode(code)
	if holder == nil || holder.Kind != grid.Person {
		return nil, param.InQuery("holder", "没有这名人员", "there is no such person")
	}
	return holder, nil
}

func trackOf(p postgres.TrackPart) trackJSON {
	j := trackJSON{ID: p.ID, Device: orNull(p.Device), From: p.FromAt.UTC(), To: p.ToAt.UTC(), Received: p.Received.UTC(), Points: make([][4]float64, len(p.Points))}
	for i, at := range p.Points {
		j.Points[i] = [4]float64{at.At[0], at.At[1], float64(at.Time.UnixMilli()), at.AccuracyM}
	}
	return j
}

// boxOfTracks is the box around all points; nil for none.
func boxOfTracks(parts []postgres.TrackPart) *[4]float64 {
	var box *[4]float64
	for _, part := range parts {
		for _, p := range part.Points {
			if box == nil {
				box = &[4]float64{p.At[0], p.At[1], p.At[0], p.At[1]}
			}
			*box = [4]float64{min(box[0], p.At[0]), min(box[1], p.At[1]), max(box[2], p.At[0]), max(box[3], p.At[1])}
		}
	}
	return box
}

type patrolSettingsJSON struct {
	Tracks   trackSettingJSON    `json:"tracks"`
	Position positionSettingJSON `json:"position"`
}

type trackSettingJSON struct {
	Enabled  bool   `json:"enabled" doc:"是否记录轨迹（仅在岗时）"`
	KeepDays int    `json:"keep_days" doc:"保留天数，1 到 365"`
	Hours    string `json:"hours" doc:"职责未写明时段时的在岗时段，如 08:00-18:00"`
}

type positionSettingJSON struct {
	FarM        float64 `json:"far_m" doc:"距对象多远算过远，10 到 5000 米"`
	InaccurateM float64 `json:"inaccurate_m" doc:"精度多差算不准，5 到 1000 米"`
}

func settingsOf(s postgres.PatrolSettings) patrolSettingsJSON {
	return patrolSettingsJSON{trackSettingJSON(s.Tracks), positionSettingJSON(s.Position)}
}

func (h *Handler) patrolSettings(w http.ResponseWriter, r *http.Request) error {
	set, err := h.Store.PatrolSettings(r.Context())
	if err != nil {
		return err
	}
	return h.json(w, r, settingsOf(set))
}

// read takes the settings of a body, whole.
func (j *patrolSettingsJSON) read() (postgres.PatrolSettings, error) {
	var faults param.Faults
	bad := func(pointer, zh, en string) {
		faults = append(faults, param.Fault{In: "body", Name: pointer, Detail: zh, DetailEn: en})
	}
	if j.Tracks.KeepDays < 1 || j.Tracks.KeepDays > 365 {
		bad("/tracks/keep_days", "1 到 365", "must be 1 to 365")
	}
	hours, ok := grid.CleanHours(j.Tracks.Hours)
	if _, err := patrol.ParseWindow(hours); !ok || err != nil {
		bad("/tracks/hours", "时段如 08:00-18:00", "must be hours like 08:00-18:00")
	}
	if !(j.Position.FarM >= 10 && j.Position.FarM <= 5000) {
		bad("/position/far_m", "10 到 5000", "must be 10 to 5000")
	}
	if !(j.Position.InaccurateM >= 5 && j.Position.InaccurateM <= 1000) {
		bad("/position/inaccurate_m", "5 到 1000", "must be 5 to 1000")
	}
	if faults != nil {
		return postgres.PatrolSettings{}, faults
	}
	j.Tracks.Hours = hours
	return postgres.PatrolSettings{Tracks: postgres.TrackSetting(j.Tracks), Position: patrol.Limits(j.Position)}, nil
}

func (h *Handler) setPatrol(w http.ResponseWriter, r *http.Request) error {
	var body patrolSettingsJSON
	if err := param.Body(r, &body); err != nil {
		return err
	}
	set, err := body.read()
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		return result{value: settingsOf(set)}, t.SetPatrol(ctx, set)
	})
}
