package v1

import (
	"net/http"
	"time"

	"wangge/grid"
)

// maxDayRunes is the length of a day as text.
const maxDayRunes = len(time.DateOnly)

// day reads the parameter at, a day; without one it is today in the city's time zone. What is no day becomes a fault of the query.
func (h *Handler) day(r *http.Request, n *grid.Net) grid.Day {
	return h.dayOf(r, "at", h.today(n))
}

// today is the day in the city's time zone.
func (h *Handler) today(n *grid.Net) grid.Day { return grid.DayOf(time.Now().In(n.Zone())) }

// dayOf reads a parameter that is a day.
func (h *Handler) dayOf(r *http.Request, name string, absent grid.Day) grid.Day {
	q := h.Query(r)
	text := q.Text(name, maxDayRunes)
	if !q.Has(name) {
		return absent
	}
	day, err := grid.ParseDay(text)
	if err != nil {
		q.Fault(name, "必须是日期，如 2026-01-31", "must be a day such as 2026-01-31")
		return absent
	}
	return day
}
