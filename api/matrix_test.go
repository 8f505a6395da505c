package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/api/auth"
	"wangge/grid/rights"
)

// matrixSQL gives the small city what lies inside and outside everybody's area. Inside is the street 370281001 and the department D1, outside the street
// 370281002 and the department D3.
const matrixSQL = `
INSERT INTO department (code, name, kind) VALUES ('D3', '园林处', 'competent');
INSERT INTO region (code, name, kind, parent_code, geom) VALUES
    ('370281002001', '海尔社区', 'community', '370281002', ST_Multi(ST_MakeEnvelope(120.06, 36.26, 120.08, 36.28, 4490)));
INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES (14, 'unit', '370281002001001', 0, ST_MakeEnvelope(120.07, 36.27, 120.071, 36.271, 4490));
INSERT INTO holder (id, code, kind, name, phone, dept_code) VALUES
    (921, 'P-IN', 'person', '孙三', '13700000001', 'D1'), (922, 'P-OUT', 'person', '周四', '13700000002', 'D3'),
    (925, 'P-AWAY', 'person', '郑六', '13700000003', 'D1'),
    (923, 'O-IN', 'organisation', '云溪物业', '053200000001', 'D1'), (924, 'O-OUT', 'organisation', '海尔物业', '053200000002', 'D3');
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from) VALUES
    (9921, 921, 'grid_head', 'grid', 11, '2020-01-01'), (9922, 922, 'grid_head', 'grid', 14, '2020-01-01');
UPDATE holder SET valid_to = '2021-01-01' WHERE code = 'P-AWAY';
INSERT INTO grid_proposal (id, scheme, region_code, kind, state, decided_at) VALUES
    (701, 'unit', '370281001001', 'lay', 'rejected', now()), (702, 'unit', '370281002001', 'lay', 'rejected', now());
INSERT INTO grid_edit (id, scheme, kind) VALUES (601, 'unit', 'redraw'), (602, 'unit', 'redraw');
INSERT INTO grid_edit_part (edit_id, grid_id, part, before) SELECT 601, id, 'redrawn', geom FROM grid WHERE id = 11;
INSERT INTO grid_edit_part (edit_id, grid_id, part, before) SELECT 602, id, 'redrawn', geom FROM grid WHERE id = 14;
ALTER TABLE public_toilet ALTER COLUMN id RESTART WITH 1000;
INSERT INTO public_toilet (id, competent_dept, geom) VALUES
    (961, 'D1', 'SRID=4490;POINT(120.0003 36.2702)'), (962, 'D3', 'SRID=4490;POINT(120.07 36.27)');
INSERT INTO account (id, name, role, must_change) VALUES (809, 'newcomer', 'admin', true)`

// sample is one request of a route, and where its target lies.
type sample struct {
	path, body string
	at         rights.Place
}

// of is a request whose target has no place, or none that matters.
func of(path string, body ...string) []sample {
	return []sample{{path: path, body: strings.Join(body, "")}}
}

// within are two requests: of a target inside the area of all who have one, and of one outside.
func within(inside, insideBody, outside, outsideBody string) []sample {
	return []sample{
		{inside, insideBody, rights.Place{Region: "370281001001", Dept: "D1"}},
		{outside, outsideBody, rights.Place{Region: "370281002001", Dept: "D3"}},
	}
}

// row is one route of the matrix: what it is for, requests of it, and what they are answered for who may. Writes are made so that they change nothing:
// the revision in their If-Match is stale (412, after the rights), they are dry runs, or what they want is there already (409).
type row struct {
	route  string
	do     rights.Action
	asks   []sample
	status []int // one of them, where the rights allow
}

const (
	noBody    = "[]" // is read after the rights of a route without a place, and is none
	splitLine = `{"line": {"type": "LineString", "coordinates": [[119.998, 36.27], [120.0005, 36.27001]]}}`
	splitOut  = `{"line": {"type": "LineString", "coordinates": [[120.069, 36.2705], [120.072, 36.27051]]}}`
	squareIn  = `"geometry": {"type": "Polygon", "coordinates": [[[119.99, 36.265], [119.991, 36.265], [119.991, 36.266], [119.99, 36.266], [119.99, 36.265]]]}}`
	squareOut = `"geometry": {"type": "Polygon", "coordinates": [[[120.074, 36.265], [120.075, 36.265], [120.075, 36.266], [120.074, 36.266], [120.074, 36.265]]]}}`
	unitIn    = "/api/v1/grids/370281001001001"
	unitOut   = "/api/v1/grids/370281002001001"
)

// matrix has a row for every route. Who adds a route adds its row.
func matrix() []row {
	ok := []int{http.StatusOK}
	bad := []int{http.StatusBadRequest}
	gone := []int{http.StatusNotFound}
	stale := []int{http.StatusPreconditionFailed}
	once := []int{http.StatusCreated, http.StatusConflict}
	rows := []row{
		{"GET /api/v1/session", rights.OwnAccount, of("/api/v1/session"), ok},
		{"POST /api/v1/session", rights.SignIn, of("/api/v1/session", noBody), bad},
		{"DELETE /api/v1/session", rights.OwnAccount, of("/api/v1/session"), []int{http.StatusNoContent}},
		{"POST /api/v1/session/password", rights.OwnPassword, of("/api/v1/session/password", noBody), bad},
		{"GET /api/v1/oidc", rights.SignIn, of("/api/v1/oidc"), gone},
		{"GET /api/v1/oidc/callback", rights.SignIn, of("/api/v1/oidc/callback"), gone},
		{"GET /api/v1/tokens", rights.OwnTokens, of("/api/v1/tokens"), ok},
		{"POST /api/v1/tokens", rights.OwnTokens, of("/api/v1/tokens", `{"name": "matrix"}`), once},
		{"DELETE /api/v1/tokens/{id}", rights.OwnTokens, of("/api/v1/tokens/999999"), gone},

		{"GET /api/v1/users", rights.ReadAccounts, of("/api/v1/users"), ok},
		{"POST /api/v1/users", rights.ManageAccounts, of("/api/v1/users", `{"name": "matrix", "role": "viewer"}`), once},
		{"GET /api/v1/users/{name}", rights.ReadAccounts, of("/api/v1/users/admin"), ok},
		{"PATCH /api/v1/users/{name}", rights.ManageAccounts, of("/api/v1/users/officer", `{"role": "admin"}`), stale},
		{"POST /api/v1/users/{name}/password", rights.SetPasswords, of("/api/v1/users/nobody/password", `{}`), gone},
		{"POST /api/v1/users/{name}/unlock", rights.ManageAccounts, of("/api/v1/users/viewer/unlock"), ok},
		{"GET /api/v1/audit", rights.ReadAudit, of("/api/v1/audit"), ok},
		{"GET /api/v1/access-log", rights.ReadAudit, of("/api/v1/access-log"), ok},

		{"GET /api/v1/grids/states", rights.ReadPeople, of("/api/v1/grids/states"), ok},
		{"POST /api/v1/schemes", rights.EditScheme, of("/api/v1/schemes", noBody), bad},
		{"PATCH /api/v1/schemes/{scheme}", rights.EditScheme, of("/api/v1/schemes/duty", noBody), bad},
		{"POST /api/v1/grids", rights.EditGrid, within("/api/v1/grids?dry_run=true", `{"scheme": "unit", `+squareIn, "/api/v1/grids?dry_run=true", `{"scheme": "unit", `+squareOut), []int{http.StatusCreated}},
		{"PATCH /api/v1/grids/{code}", rights.EditGrid, within(unitIn, `{"name": "x"}`, unitOut, `{"name": "x"}`), stale},
		{"POST /api/v1/grids/{code}/split", rights.EditGrid, within(unitIn+"/split", splitLine, unitOut+"/split", splitOut), stale},
		{"POST /api/v1/grids/{code}/merge", rights.EditGrid, within(unitIn+"/merge", `{"with": ["370281001001002"]}`, unitOut+"/merge", `{"with": ["370281001001002"]}`), stale},
		{"POST /api/v1/grids/{code}/redraw", rights.EditGrid, within(unitIn+"/redraw", `{`+squareIn, unitOut+"/redraw", `{`+squareOut), stale},
		{"POST /api/v1/grids/{code}/retire", rights.EditGrid, within(unitIn+"/retire", `{}`, unitOut+"/retire", `{}`), stale},
		{"POST /api/v1/grid-edits/{id}/undo", rights.EditGrid, within("/api/v1/grid-edits/601/undo?dry_run=true", `{}`, "/api/v1/grid-edits/602/undo?dry_run=true", `{}`), ok},
		{"POST /api/v1/integrity/repairs", rights.EditGrid, of("/api/v1/integrity/repairs", noBody), bad},

		{"GET /api/v1/proposals", rights.EditGrid, of("/api/v1/proposals"), ok},
		{"POST /api/v1/proposals", rights.EditGrid, within("/api/v1/proposals", `{"scheme": "unit", "region": "370281001001"}`, "/api/v1/proposals", `{"scheme": "unit", "region": "370281002001"}`), []int{http.StatusConflict}},
		{"GET /api/v1/proposals/{id}", rights.EditGrid, within("/api/v1/proposals/701", "", "/api/v1/proposals/702", ""), ok},
		{"POST /api/v1/proposals/{id}/accept", rights.EditGrid, within("/api/v1/proposals/701/accept", `{}`, "/api/v1/proposals/702/accept", `{}`), []int{http.StatusConflict, http.StatusPreconditionFailed}},
		{"POST /api/v1/proposals/{id}/reject", rights.EditGrid, within("/api/v1/proposals/701/reject", `{}`, "/api/v1/proposals/702/reject", `{}`), []int{http.StatusConflict, http.StatusPreconditionFailed}},

		{"GET /api/v1/duties", rights.ReadPeople, of("/api/v1/duties"), ok},
		{"POST /api/v1/duties", rights.EditPeople, within("/api/v1/duties", dutyOf("P-IN", unitIn), "/api/v1/duties", dutyOf("P-OUT", unitOut)), []int{http.StatusConflict}},
		{"POST /api/v1/duties/batch", rights.EditPeople, within("/api/v1/duties/batch", `{"operations": [{"add": `+dutyOf("P-IN", unitIn)+`}]}`,
			"/api/v1/duties/batch", `{"operations": [{"add": `+dutyOf("P-OUT", unitOut)+`}]}`), []int{http.StatusConflict}},
		{"PATCH /api/v1/duties/{id}", rights.EditPeople, within("/api/v1/duties/9921", `{"hours": "8"}`, "/api/v1/duties/9922", `{"hours": "8"}`), stale},
		{"DELETE /api/v1/duties/{id}", rights.EditPeople, within("/api/v1/duties/9921", "", "/api/v1/duties/9922", ""), stale},
		{"GET /api/v1/vacancies", rights.ReadFigures, of("/api/v1/vacancies"), ok},
		{"GET /api/v1/departments", rights.ReadPeople, of("/api/v1/departments"), ok},
		{"GET /api/v1/roles", rights.ReadPeople, of("/api/v1/roles"), ok},
		{"GET /api/v1/requirements", rights.ReadPeople, of("/api/v1/requirements"), ok},
		{"GET /api/v1/load-limits", rights.ReadPeople, of("/api/v1/load-limits"), ok},
		{"PUT /api/v1/requirements", rights.EditScheme, of("/api/v1/requirements", noBody), bad},
		{"PUT /api/v1/load-limits", rights.EditScheme, of("/api/v1/load-limits", noBody), bad},
		{"GET /api/v1/responsibility", rights.ReadFigures, of("/api/v1/responsibility?by=street"), ok},
		{"GET /api/v1/responsibility/trend", rights.ReadFigures, of("/api/v1/responsibility/trend?region=370281001"), ok},
		{"GET /api/v1/responsibility/lists/{figure}", rights.ReadFigures, of("/api/v1/responsibility/lists/manned?region=370281001"), ok},
		{"GET /api/v1/certificates", rights.ReadFigures, of("/api/v1/certificates"), ok},
		{"GET /api/v1/certificates/{number}", rights.ReadFigures, of("/api/v1/certificates/none"), gone},
		{"POST /api/v1/certificates", rights.Certify, []sample{{"/api/v1/certificates", `{"region": "370281001001"}`, rights.Place{Region: "370281001001"}},
			{"/api/v1/certificates", `{"region": "370281002"}`, rights.Place{Region: "370281002"}}}, []int{http.StatusCreated}},

		{"POST /ogc/collections/{collectionId}/items", rights.EditInventory, within(toilets+"?dry_run=true", pointAt(120.0003, "D1"), toilets+"?dry_run=true", pointAt(120.07, "D3")), []int{http.StatusCreated}},
		{"PUT /ogc/collections/{collectionId}/items/{featureId}", rights.EditInventory, within(toilets+"/961", pointAt(120.0003, "D1"), toilets+"/962", pointAt(120.07, "D3")), stale},
		{"PATCH /ogc/collections/{collectionId}/items/{featureId}", rights.EditInventory, within(toilets+"/961", `{}`, toilets+"/962", `{}`), stale},
		{"DELETE /ogc/collections/{collectionId}/items/{featureId}", rights.EditInventory, within(toilets+"/961", "", toilets+"/962", ""), stale},
		{"POST /ogc/collections/{collectionId}/items/{featureId}/restore", rights.EditInventory, within(toilets+"/961/restore", `{"version": 1}`, toilets+"/962/restore", `{"version": 1}`), stale},
		{"POST /api/v1/features/batch", rights.EditInventory, of("/api/v1/features/batch", noBody), bad}, // inside and outside: see TestBatchRights

		{"GET /api/v1/memory", rights.CheckMemory, of("/api/v1/memory"), ok},
		{"GET /metrics", rights.ReadMetrics, of("/metrics"), ok},
	}
	rows = append(rows, holderRows("persons", "P")...)
	rows = append(rows, row{"POST /api/v1/persons/import", rights.EditPeople, of("/api/v1/persons/import", noBody), []int{http.StatusUnsupportedMediaType}})
	rows = append(rows, exportMatrix()...)
	rows = append(rows, importMatrix()...)
	rows = append(rows, coverageMatrix()...)
	rows = append(rows, featureProposalMatrix()...)
	rows = append(rows, problemMatrix()...)
	rows = append(rows, checkMatrix()...)
	rows = append(rows, inboxMatrix()...)
	rows = append(rows, photosMatrix()...)
	return append(rows, holderRows("organisations", "O")...)
}

// pointAt is a feature at a longitude that belongs to a department.
func pointAt(lon float64, dept string) string {
	return fmt.Sprintf(`{"type": "Feature", "geometry": {"type": "Point", "coordinates": [%v, 36.27]}, "properties": {"competent_dept": %q}}`, lon, dept)
}

func dutyOf(holder, grid string) string {
	return fmt.Sprintf(`{"holder": %q, "role": "grid_head", "target": {"kind": "grid", "code": %q, "scheme": "unit"}, "valid_from": "2020-01-01"}`, holder, strings.TrimPrefix(grid, "/api/v1/grids/"))
}

// holderRows are those of people and of organisations.
func holderRows(kind, letter string) []row {
	list, in, out := "/api/v1/"+kind, "/api/v1/"+kind+"/"+letter+"-IN", "/api/v1/"+kind+"/"+letter+"-OUT"
	template := list + "/{code}"
	staff := within(in, `{"title": "x"}`, out, `{"title": "x"}`)
	ends := within(in, "", out, "")
	handover := within(in+"/handover", `{"to": "P-AWAY"}`, out+"/handover", `{"to": "P-AWAY"}`) // who has left takes nothing over
	leave := within(in+"/absences", `{"kind": "leave", "valid_from": "2030-01-01", "valid_to": "2030-01-02"}`, out+"/absences", `{"kind": "leave", "valid_from": "2030-01-01", "valid_to": "2030-01-02"}`)
	back := within(in+"/absences/999999", "", out+"/absences/999999", "")
	fresh := []sample{{list, `{"code": "` + letter + `-NEW-IN", "name": "吴五", "dept": "D1"}`, rights.Place{Dept: "D1"}}, {list, `{"code": "` + letter + `-NEW-OUT", "name": "吴五", "dept": "D3"}`, rights.Place{Dept: "D3"}}}
	if letter == "O" { // they have no duties here, so their department is all there is of a place
		handover = of(in+"/handover", `{"to": "P-IN"}`)
		for _, asks := range [][]sample{staff, ends, leave, back} {
			for i := range asks {
				asks[i].at.Region = ""
			}
		}
	}
	return []row{
		{"GET " + list, rights.ReadPeople, of(list), []int{http.StatusOK}},
		{"GET " + template, rights.ReadPeople, []sample{{path: in}, {path: out}}, []int{http.StatusOK}}, // masked: see TestMasks
		{"POST " + list, rights.EditPeople, fresh, []int{http.StatusCreated, http.StatusConflict}},
		{"PATCH " + template, rights.EditPeople, staff, []int{http.StatusPreconditionFailed}},
		{"DELETE " + template, rights.EditPeople, ends, []int{http.StatusPreconditionFailed}},
		{"POST " + template + "/handover", rights.EditPeople, handover, []int{http.StatusBadRequest}},
		{"POST " + template + "/absences", rights.EditPeople, leave, []int{http.StatusCreated, http.StatusConflict}},
		{"DELETE " + template + "/absences/{id}", rights.EditPeople, back, []int{http.StatusNotFound}},
	}
}

// openRoutes are all that needs nobody to sign in: those of section 7 of the design, and what the web app shows before anybody signs in: how the
// city is (status, which also says how to sign in), how much there is (counts), and the icons of the style.
var openRoutes = []string{
	"GET /healthz", "GET /readyz",
	"GET /style.json", "GET /sprite/{name}.{format:json|png}", "GET /tiles/{layers}.json", "GET /tiles/{layers}/metadata.json", "GET " + tileRoute,
	"GET " + coverageTileRoute, "GET " + coverageLayer + ".json",
	"GET /ogc", "GET /ogc/", "GET /ogc/api", "GET /ogc/conformance", "GET /ogc/collections", "GET /ogc/collections/{collectionId}",
	"GET /ogc/collections/{collectionId}/queryables", "GET /ogc/collections/{collectionId}/sortables", "GET /ogc/collections/{collectionId}/items", "GET /api/v1/features/{layer}/order",
	"GET /api/v1/exports/{layer}.geojson", "GET /api/v1/exports/{layer}.csv", "GET /api/v1/exports/{layer}.xlsx", "GET /api/v1/exports/{layer}.gpkg", "GET /api/v1/exports/{layer}.shp.zip",
	"GET /ogc/collections/{collectionId}/schema", "GET /ogc/collections/{collectionId}/items/{featureId}", "GET /ogc/collections/{collectionId}/items/{featureId}/history",
	"GET /ogc/collections/{collectionId}/items/{featureId}/history/{version}", "GET /ogc/collections/{collectionId}/items/{featureId}/diff", "GET /ogc/collections/{collectionId}/tiles",
	"GET /ogc/collections/{collectionId}/tiles/{tileMatrixSetId}", "GET /ogc/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
	"GET /ogc/tiles", "GET /ogc/tiles/{tileMatrixSetId}", "GET /ogc/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
	"GET /ogc/tileMatrixSets", "GET /ogc/tileMatrixSets/{tileMatrixSetId}",
	"GET /api/v1/openapi.json", "GET /api/v1/status", "GET /api/v1/counts", "GET /api/v1/changes", "GET /api/v1/locate",
	"GET /api/v1/regions", "GET /api/v1/regions/{code}", "GET /api/v1/search",
	"GET /api/v1/schemes", "GET /api/v1/schemes/{scheme}", "GET /api/v1/grids", "GET /api/v1/grids/{code}", "GET /api/v1/grids/{code}/lineage", "GET /api/v1/grid-edits",
	"GET /api/v1/integrity",
	"POST /api/v1/session", "GET /api/v1/oidc", "GET /api/v1/oidc/callback",
}

// openRows are those of the open routes: everybody may, at whatever address the test of all routes has.
func openRows() []row {
	asks := map[string]string{
		"GET " + tileRoute: tilePath("city", 15), "GET /tiles/{layers}.json": "/tiles/city.json", "GET /tiles/{layers}/metadata.json": "/tiles/city/metadata.json",
		"GET " + coverageTileRoute: tilePath("coverage_public_toilet", 15), "GET " + coverageLayer + ".json": "/tiles/coverage_public_toilet.json",
		"GET /sprite/{name}.{format:json|png}": "/sprite/light.json", "GET /ogc/collections/{collectionId}": "/ogc/collections/road",
		"GET /ogc/collections/{collectionId}/queryables": "/ogc/collections/road/queryables", "GET /ogc/collections/{collectionId}/sortables": "/ogc/collections/road/sortables",
		"GET /ogc/collections/{collectionId}/items": "/ogc/collections/road/items", "GET /api/v1/features/{layer}/order": "/api/v1/features/road/order",
		"GET /ogc/collections/{collectionId}/schema": "/ogc/collections/road/schema", "GET /ogc/collections/{collectionId}/items/{featureId}": "/ogc/collections/road/items/1",
		"GET /ogc/collections/{collectionId}/items/{featureId}/history":           "/ogc/collections/road/items/1/history",
		"GET /ogc/collections/{collectionId}/items/{featureId}/history/{version}": "/ogc/collections/road/items/1/history/1",
		"GET /ogc/collections/{collectionId}/items/{featureId}/diff":              "/ogc/collections/road/items/1/diff?from=1&to=1",
		"GET /ogc/collections/{collectionId}/tiles":                               "/ogc/collections/road/tiles", "GET /ogc/collections/{collectionId}/tiles/{tileMatrixSetId}": "/ogc/collections/road/tiles/WebMercatorQuad",
		"GET /ogc/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": ogcTilePath("/ogc/collections/road", 16),
		"GET /ogc/tiles/{tileMatrixSetId}":                                  "/ogc/tiles/WebMercatorQuad",
		"GET /ogc/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": ogcTilePath("/ogc", 15),
		"GET /ogc/tileMatrixSets/{tileMatrixSetId}":                         "/ogc/tileMatrixSets/WebMercatorQuad",
		"GET /api/v1/locate":                                                "/api/v1/locate?lon=120&lat=36.27",
		"GET /api/v1/regions/{code}":                                        "/api/v1/regions/370281001",
		"GET /api/v1/search":                                                "/api/v1/search?q=a",
		"GET /api/v1/schemes/{scheme}":                                      "/api/v1/schemes/unit",
		"GET /api/v1/grids/{code}":                                          unitIn,
		"GET /api/v1/grids/{code}/lineage":                                  unitIn + "/lineage",
	}
	known := map[string]bool{}
	for _, r := range matrix() {
		known[r.route] = true
	}
	var rows []row
	for _, route := range openRoutes {
		path := asks[route]
		if path == "" {
			path = strings.TrimPrefix(route, "GET ")
		}
		if !known[route] {
			rows = append(rows, row{route, rights.ReadOpen, of(path), []int{http.StatusOK}})
		}
	}
	return rows
}

// matrixCaller is somebody who asks.
type matrixCaller struct {
	name    string
	actor   rights.Actor
	headers func() []string
}

// matrixCallers are nobody, and everybody by token and by browser.
func matrixCallers(t *testing.T, w *town) []matrixCaller {
	actors := map[rights.Role]rights.Actor{
		rights.Street:     {Region: "370281001"},
		rights.Department: {Dept: "D1"},
		rights.Officer:    {Holder: 901},
	}
	list := []matrixCaller{{name: "nobody", headers: func() []string { return nil }}}
	for _, role := range rights.Roles() {
		a := actors[role]
		a.Account, a.Role = 1, role
		byToken, byBrowser := a, a
		byToken.Token = true
		token, cookie := w.as(t, role), w.asBrowser(t, role)
		list = append(list,
			matrixCaller{string(role) + " by token", byToken, func() []string { return token }},
			matrixCaller{string(role) + " by browser", byBrowser, func() []string {
				if name, _ := w.sessionOf(t, cookie...); name == "" { // the row of signing out
					cookie = w.asBrowser(t, role)
				}
				return cookie
			}})
	}
	return append(list, matrixCaller{"who must change the password", rights.Actor{Account: 1, Role: rights.Admin, MustChange: true}, func() []string {
		return w.withSession(t, "newcomer")
	}})
}

// statusOf is the status of an answer, of which nothing else is read: streams have no end.
func (w *town) statusOf(t *testing.T, method string, s sample, headers []string) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, w.URL+s.path, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", "203.0.113.9") // this machine may more
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", `"999999"`)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	return a.StatusCode
}

func TestMatrix(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL, proposalMatrixSQL, problemMatrixSQL, checkMatrixSQL))
	needs := map[string]rights.Action{}
	var open []string
	for _, rt := range w.api.routes() {
		name := rt.method + " " + rt.path
		needs[name] = rt.needs
		if (rights.Actor{}).Might(rt.needs) == nil {
			open = append(open, name)
		}
	}
	if diff := cmp.Diff(sorted(append(coverageOpen(), openRoutes...)), sorted(open)); diff != "" {
		t.Errorf("routes that need nobody to sign in: %s", diff)
	}
	rows := append(matrix(), openRows()...)
	callers := matrixCallers(t, w)
	none := w.deadTokens(t)
	for _, r := range rows {
		do, there := needs[r.route]
		if !there {
			t.Errorf("%s is no route", r.route)
			continue
		}
		delete(needs, r.route)
		if do != r.do {
			t.Errorf("%s needs %s, the matrix says %s", r.route, do, r.do)
		}
		for _, c := range callers {
			w.walk(t, r, c)
		}
		method, _, _ := strings.Cut(r.route, " ")
		for how, headers := range none {
			if got := w.statusOf(t, method, r.asks[0], headers); got != http.StatusUnauthorized {
				t.Errorf("%s by %s token: %d", r.route, how, got)
			}
		}
	}
	for name := range needs {
		t.Errorf("%s has no row in the matrix", name)
	}
}

// walk sends the requests of a row by somebody.
func (w *town) walk(t *testing.T, r row, c matrixCaller) {
	t.Helper()
	method, _, _ := strings.Cut(r.route, " ")
	for _, s := range r.asks {
		got := w.statusOf(t, method, s, c.headers())
		err := c.actor.May(r.do, s.at)
		if s.at == (rights.Place{}) {
			err = c.actor.Might(r.do)
		}
		want := r.status
		switch {
		case errors.Is(err, rights.ErrSignIn):
			want = []int{http.StatusUnauthorized}
		case err != nil:
			want = []int{http.StatusForbidden}
		}
		if !slices.Contains(want, got) {
			t.Errorf("%s %s by %s: %d, want one of %v", method, s.path, c.name, got, want)
		}
	}
}

// deadTokens are tokens that are none any more, as headers.
func (w *town) deadTokens(t *testing.T) map[string][]string {
	t.Helper()
	unknown, _ := auth.NewToken()
	dead := map[string][]string{"an unknown": {"Authorization", "Bearer " + unknown}, "no": {"Authorization", "Bearer"}}
	dead["an expired"] = w.as(t, rights.Admin)
	w.write(t, `UPDATE api_token SET expires_at = now() - interval '1 s' WHERE id = (SELECT max(id) FROM api_token)`)
	dead["a disabled account's"] = w.as(t, rights.Viewer)
	w.write(t, `INSERT INTO account (id, name, role, disabled_at) VALUES (810, 'gone', 'admin', now());
		UPDATE api_token SET account_id = 810 WHERE id = (SELECT max(id) FROM api_token)`)
	return dead
}

// What everybody may know of somebody in each way to read of people: full names and phones leave only where the rights say so, and each time a line
// in the access log.
func TestMasks(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL))
	people := map[string]struct {
		name, phone string
		at          rights.Place
	}{
		"P-IN":  {"孙三", "13700000001", rights.Place{Region: "370281001001", Dept: "D1"}},
		"P-OUT": {"周四", "13700000002", rights.Place{Region: "370281002001", Dept: "D3"}},
		"P-901": {"王小明", "13812345678", rights.Place{Region: "370281001001", Dept: "D2"}},
	}
	for _, c := range matrixCallers(t, w) {
		for code, p := range people {
			at := p.at
			at.Own = code == "P-901" && c.actor.Holder == 901
			full := c.actor.May(rights.ReadPersonal, at) == nil
			for _, path := range []string{"/api/v1/persons/" + code, "/api/v1/persons?q=" + code, "/api/v1/duties?holder=" + code} {
				before := w.countAccesses(t)
				text := string(w.get(t, path, c.headers()...).body)
				if shown := strings.Contains(text, p.name) || strings.Contains(text, p.phone); shown != full {
					t.Errorf("%s by %s: shown in full: %v, the rights say %v\n%s", path, c.name, shown, full, text)
				}
				if logged := w.countAccesses(t) > before; logged != full {
					t.Errorf("%s by %s: logged: %v", path, c.name, logged)
				}
			}
		}
	}
}

func (w *town) countAccesses(t *testing.T) (n int) {
	t.Helper()
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM access_log WHERE action = 'read_person'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
