package api

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/layers/city"
)

// datetimeParam asks for tiles of the city as it was: an RFC 3339 instant, or a day, which is its end in the city's time zone.
const datetimeParam = "datetime"

// pastCache is how long anybody may keep a tile of the past. It does not change, unless the record is restored from a dump or somebody commits late.
const pastCache = "public, max-age=60"

// instant reads which past instant a request asks for; zero for now, which is what the future is too.
func instant(q *param.Query, view *city.View) (time.Time, error) {
	at := q.Instant(datetimeParam, netOf(view).Zone())
	if err := q.Err(); err != nil || at.After(time.Now()) {
		return time.Time{}, err
	}
	return at, nil
}

// showing is the city that a request for a tile asks for, what of it, and for how long the answer may be kept.
func (a *API) showing(r *http.Request, list string) (*city.View, *city.Plan, string, error) {
	view, err := a.view(r)
	if err != nil {
		return nil, nil, "", err
	}
	q := query(r)
	at, err := instant(q, view)
	if err != nil {
		return nil, nil, "", err
	}
	if at.IsZero() {
		p, err := a.tiles.planOf(view, list, q)
		return view, p, reply.Revalidate, err
	}
	ask, err := question(view, list, q)
	if err != nil {
		return nil, nil, "", err
	}
	if _, err := plan(view, ask); err != nil { // before anything is loaded for it
		return nil, nil, "", err
	}
	then, err := a.cfg.City.Past(r.Context(), at, ask.Layers)
	if err != nil {
		return nil, nil, "", fmt.Errorf("the city at %s: %w", at, err)
	}
	p, err := plan(then, ask)
	return then, p, pastCache, err
}

// andInstant adds the instant that a request asks for to the query of an address.
func andInstant(address string, q *param.Query) string {
	if !q.Has(datetimeParam) {
		return address
	}
	sign := "&"
	if address == "" {
		sign = "?"
	}
	return address + sign + datetimeParam + "=" + url.QueryEscape(q.Text(datetimeParam, maxAddress))
}
