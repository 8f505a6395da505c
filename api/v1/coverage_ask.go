package v1

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/coverage"
	"wangge/layers/city"
)

// Bounds of questions of coverage, besides those of package coverage.
const (
	maxRadiiRunes = 64
	farDeg        = 0.5 // how far from the city's regions a place may be that is asked about, about 50 km
	defaultBy     = "street"
	gridsOf       = "grid:" // and the code of a scheme: its grids are the areas
)

// The words of questions.
func coverageModes() []string { return []string{string(coverage.Walk), string(coverage.Straight)} }

// serviceAsk is a question with what its answers are given for.
type serviceAsk struct {
	view     *city.View
	city     coverage.City
	service  coverage.Service
	question coverage.Question
	radii    []uint32
	by       string // kind of areas; "" where the route has none
	within   string
	scenario *askedScenario // nil for the city as it is
}

// askService reads what all questions about a service have: the service of the path, kind, mode, profile, and the scenario.
func (h *Handler) askService(r *http.Request) (*serviceAsk, error) {
	return h.askServiceOf(r, mux.Vars(r)["service"])
}

func (h *Handler) askServiceOf(r *http.Request, id string) (*serviceAsk, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	service, found := serviceOf(id)
	if !found {
		return nil, ErrNoCoverage
	}
	q := h.Query(r)
	a := &serviceAsk{view: view, city: h.CoverageCity(view), service: service}
	a.question = coverage.Question{
		Service: service.ID, Kind: q.OneOf("kind", kindsOf(service)...),
		Mode: coverage.Mode(q.OneOf("mode", coverageModes()...)), Profile: q.OneOf("profile", profileIDs()...),
	}
	if a.question.Mode == coverage.Straight {
		if q.Has("profile") && a.question.Profile != profileIDs()[0] {
			q.Fault("profile", "直线模式没有出行方式", "the straight mode has no profiles")
		}
		a.question.Profile = ""
	}
	a.scenario, err = h.askScenario(r, "scenario")
	return a, err
}

func serviceOf(id string) (coverage.Service, bool) {
	all := coverage.Services()
	i := slices.IndexFunc(all, func(s coverage.Service) bool { return s.ID == id })
	if i < 0 {
		return coverage.Service{}, false
	}
	return all[i], true
}

func kindsOf(s coverage.Service) []string {
	ids := make([]string, len(s.Kinds))
	for i, k := range s.Kinds {
		ids[i] = k.ID
	}
	return ids
}

func profileIDs() []string {
	var ids []string
	for _, p := range coverage.Profiles() {
		ids = append(ids, p.ID)
	}
	return ids
}

// readRadii reads the radii of a question, those of the service where none were given.
func (a *serviceAsk) readRadii(q *param.Query) {
	if !q.Has("radius") {
		a.radii = a.service.RadiiM
		return
	}
	for _, text := range strings.Split(q.Text("radius", maxRadiiRunes), ",") {
		n, ok := param.Natural(text)
		if !ok || n < coverage.MinRadiusM || n > coverage.MaxRadiusM {
			radiusFault(func(zh, en string) { q.Fault("radius", zh, en) })
			return
		}
		a.radii = append(a.radii, uint32(n))
	}
	if fault, faultEn := radiiFault(a.radii); fault != "" {
		q.Fault("radius", fault, faultEn)
	}
}

func radiusFault(say func(zh, en string)) {
	say(fmt.Sprintf("每个半径须为 %d 到 %d 的整数（米）", coverage.MinRadiusM, coverage.MaxRadiusM),
		fmt.Sprintf("each radius must be a whole number from %d to %d (metres)", coverage.MinRadiusM, coverage.MaxRadiusM))
}

// radiiFault says what is wrong with a list of radii, each of which is within bounds; "" where nothing is.
func radiiFault(radii []uint32) (zh, en string) {
	if len(radii) > coverage.MaxRadii {
		return fmt.Sprintf("至多 %d 个半径", coverage.MaxRadii), fmt.Sprintf("there are more than %d radii", coverage.MaxRadii)
	}
	for i := 1; i < len(radii); i++ {
		if radii[i] <= radii[i-1] {
			return "半径须由小到大", "radii must ascend"
		}
	}
	return "", ""
}

// readRadius reads the one radius of a question, by default the largest of the service.
func (a *serviceAsk) readRadius(q *param.Query) uint32 {
	n := q.Int("radius", int(a.service.RadiiM[len(a.service.RadiiM)-1]), coverage.MinRadiusM, coverage.MaxRadiusM)
	a.radii = []uint32{uint32(n)}
	return a.radii[0]
}

// readAreas reads by and within.
func (a *serviceAsk) readAreas(q *param.Query) {
	a.by, a.within = readBy(q, netOf(a.view)), readWithin(q, netOf(a.view))
}

// readBy reads a kind of areas.
func readBy(q *param.Query, n *grid.Net) string {
	by := defaultBy
	if q.Has("by") {
		by = q.Text("by", maxCodeRunes)
	} else if n.Kind(by) == nil {
		return by // a city without regions has no kinds of them
	}
	if fault, faultEn := byFault(n, by); fault != "" {
		q.Fault("by", fault, faultEn)
	}
	return by
}

// byFault says why a word is no kind of areas; "" where it is one.
func byFault(n *grid.Net, by string) (zh, en string) {
	scheme, grids := strings.CutPrefix(by, gridsOf)
	if by == "" || grids && n.Scheme(scheme) == nil || !grids && n.Kind(by) == nil {
		return "没有这种统计单元；可用区域类别或 grid:方案代码", "there is no such kind of areas: a kind of regions, or grid:<scheme>"
	}
	return "", ""
}

func readWithin(q *param.Query, n *grid.Net) string {
	within := q.Text("within", maxCodeRunes)
	if within != "" && n.Region(within) == nil {
		q.Fault("within", "没有这个区域", "there is no such region")
	}
	return within
}

// key names the question with all that its answer depends on besides the city, for tags. Questions of scenarios have none.
func (a *serviceAsk) key(more ...string) string {
	q := a.question
	parts := []string{q.Service, q.Kind, string(q.Mode), q.Profile, strconv.Itoa(q.Res), fmt.Sprint(a.radii), a.by, a.within}
	return strings.Join(append(parts, more...), "\x00")
}
