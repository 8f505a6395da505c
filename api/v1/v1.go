package v1

import (
	"context"
	"net/http"
	"sync/atomic"

	"wangge/api/auth"
	"wangge/api/commit"
	"wangge/api/depot"
	"wangge/api/inbox"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid/coverage"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
	layerpg "wangge/layers/postgres"
)

// Handler answers below /api/v1. All fields are required. Its methods return their errors to the caller, who makes problems of them.
type Handler struct {
	City  func(r *http.Request) (*city.View, error) // the city that a request asks for
	Query func(r *http.Request) *param.Query        // its parameters, of which unknown ones were refused before
	Who   func(r *http.Request) rights.Actor        // who is calling
	Call  func(r *http.Request) commit.Call         // what the server knows about the request besides
	Base  func(r *http.Request) string              // the server's address, without a slash at its end
	Reply *reply.Writer
	Store *postgres.Store
	Auth  *auth.Gate

	Features features // of the inventory
	Exports  Exports
	Imports  *layerpg.Imports
	Photos   *depot.Depot // nil: photos are not taken

	Coverage     *coverage.Live
	CoverageCity func(*city.View) coverage.City // a view as coverage reads it
	Questions    coverage.Desk                  // the zero Desk is ready
	Inbox        *inbox.Inbox                   // takes what phones send

	// Words is what an error is called in both languages, as its problem would be.
	Words func(error) (zh, en string)

	long  atomic.Int32 // sitings and other things under way that take seconds
	epoch epoch        // of tags
}

// Route is one line of the table of routes, and one operation of the API document.
type Route struct {
	Method string // GET answers HEAD too
	Path   string // below /api/v1, with {variables}
	Needs  rights.Action
	Params []Param // of the query; min_revision comes with every route that reads the city
	Reads  bool    // reads the city in memory
	Match  bool    // a write that wants If-Match
	Title  string  // what it does, one line, Chinese
	TitleE string  // and English
	Body   any     // a value of the type that the body is read into; nil for none
	Reply  any     // a value of the type that is answered; nil for none
	Status int     // of the answer; 0 for 200
	Alike  bool    // answers everybody alike: who is calling is not looked up
	Local  bool    // this machine may without signing in
	Stream bool    // goes on for as long as its caller likes: has no time limit
	// BodyType and ReplyType are media types of what is not JSON; "" for application/json.
	BodyType, ReplyType string
	Also                []string // other media types of the answer, by the caller's choice
	Safe                bool     // changes nothing, whatever its method: there is nothing to repeat safely
	MaxBytes            int64    // of the body, where it may be longer than others; only the last part of the path may be a variable then
	Or                  int      // another status of a good answer; 0 for none
	Headers             []Param  // of the request, besides those that all have
	Serve               func(w http.ResponseWriter, r *http.Request) error
}

// Param is a parameter of the query.
type Param struct {
	Name, Title, TitleE string
	Required            bool
}

// Routes is the whole table. Each file of the package adds its own lines.
func (h *Handler) Routes() []Route {
	var all []Route
	for _, part := range [][]Route{h.sessionRoutes(), h.tokenRoutes(), h.userRoutes(), h.auditRoutes(), h.oidcRoutes(), h.peopleRoutes(), h.peopleWriteRoutes(), h.schemeRoutes(), h.gridRoutes(), h.editRoutes(), h.integrityRoutes(), h.proposalRoutes(), h.featureProposalRoutes(), h.batchRoutes(), h.featureRoutes(), h.exportRoutes(), h.importRoutes(), h.asideRoutes(), h.coveragePlanRoutes(), h.scenarioRoutes(), h.profileRoutes(), h.coverageQuestionRoutes(), h.patrolCommandRoutes(), h.patrolPackRoutes(), h.patrolProblemRoutes(), h.patrolClassRoutes(), h.patrolRateRoutes(), h.patrolDueRoutes(), h.patrolPlanRoutes(), h.patrolCheckRoutes(), h.patrolVisitRoutes(), h.patrolPhotosRoutes(), h.patrolTracksRoutes(), h.coverageRoutes()} {
		all = append(all, part...)
	}
	return all
}

// page is one page of a list.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`  // the cursor of the next page; null at the end
	Total int     `json:"total"` // on all pages
}

// Lists page with these limits.
const (
	pageLimit    = 100
	maxPageLimit = 1000
)

// result is what a use case answers with.
type result struct {
	status   int    // 0 for 200
	value    any    // nil for no body
	etag     string // of the row as it is now, without quotes; "" for none
	location string // of a new row, below /api/v1
	dryRun   bool   // nothing is to stay
}

// write runs a use case in one transaction on behalf of the caller and answers with its result. The answer of a retry with the same
// Idempotency-Key is that of the first.
func (h *Handler) write(w http.ResponseWriter, r *http.Request, body any, do func(ctx context.Context, t *postgres.Tx) (result, error)) error {
	caller, err := h.caller(r, body)
	if err != nil {
		return err
	}
	answer, err := h.Store.Write(r.Context(), caller, func(ctx context.Context, t *postgres.Tx) (postgres.Answer, error) {
		res, err := do(ctx, t)
		if err != nil {
			return postgres.Answer{}, err
		}
		return h.answerOf(res)
	})
	if err != nil {
		return err
	}
	return commit.Send(w, answer)
}
