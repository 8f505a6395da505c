package ogc

import "net/http"

// conformance are the classes of which every requirement has a test.
func conformance() []string {
	const (
		tiles  = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
		tms    = "http://www.opengis.net/spec/tms/2.0/conf/"
		common = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
		core   = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
		crs    = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/"
		filter = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
		write  = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
		sorted = "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/"
		cql    = "http://www.opengis.net/spec/cql2/1.0/conf/"
	)
	return []string{
		common + "core", common + "landing-page", common + "json", common + "oas30",
		tiles + "core", tiles + "tileset", tiles + "tilesets-list", tiles + "dataset-tilesets", tiles + "geodata-tilesets",
		tiles + "collections-selection", tiles + "mvt", tiles + "oas30",
		tms + "tilematrixset", tms + "tilematrixsetlimits", tms + "tilesetmetadata",
		tms + "json-tilematrixset", tms + "json-tilematrixsetlimits", tms + "json-tilesetmetadata",
		core + "core", core + "oas30", core + "geojson", core + "html", crs + "crs",
		filter + "queryables", filter + "queryables-query-parameters", filter + "filter", filter + "features-filter",
		cql + "cql2-text", cql + "cql2-json", cql + "basic-cql2", cql + "advanced-comparison-operators",
		cql + "case-insensitive-comparison", cql + "accent-insensitive-comparison",
		cql + "basic-spatial-functions", cql + "basic-spatial-functions-plus", cql + "spatial-functions",
		cql + "temporal-functions", cql + "property-property", cql + "arithmetic",
		write + "create-replace-delete", write + "update", write + "optimistic-locking-etags", write + "handling", write + "features",
		sorted + "sortables", sorted + "sorting", sorted + "features-sorting",
	}
}

// Conformance lists the conformance classes.
func (h *Handler) Conformance(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", jsonType); err != nil {
		return err
	}
	return h.Reply.JSON(w, r, map[string][]string{"conformsTo": conformance()})
}
