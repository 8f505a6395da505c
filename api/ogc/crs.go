package ogc

import (
	"strings"

	"wangge/api/param"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/layers"
	"wangge/layers/city"
)

// reaches tells whether all of a collection can be written in a system.
func reaches(s datum.System, view *city.View, l *layers.Layer) bool {
	b, ok := view.Extent(l.ID)
	if !ok {
		return true
	}
	for _, corner := range b.ToRing() {
		if _, err := s.From(corner); err != nil {
			return false
		}
	}
	return true
}

// systemsOf are the identifiers of the systems that a collection is offered in, the city's own last.
func systemsOf(view *city.View, l *layers.Layer, own []datum.System) []string {
	var list []string
	for _, s := range append(datum.Systems(), own...) {
		if reaches(s, view, l) {
			list = append(list, s.URI())
		}
	}
	return list
}

// readCRS reads in which system is answered, and how the caller calls it.
func readCRS(q *param.Query, view *city.View, l *layers.Layer, systems *selection.Systems) (datum.System, string) {
	if !q.Has("crs") {
		return datum.System{}, crs84
	}
	name := q.Text("crs", 200)
	s, err := systems.Find(name)
	if err != nil || !reaches(s, view, l) {
		q.Fault("crs", "不是此集合提供的坐标系", "is none of the systems that the collection is offered in")
		return datum.System{}, crs84
	}
	if strings.Contains(name, ":") && !strings.HasPrefix(strings.ToLower(name), "epsg:") && !strings.HasPrefix(strings.ToLower(name), "ogc:") {
		return s, name
	}
	return s, s.URI()
}
