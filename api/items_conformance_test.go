package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestReqFeaturesCoreConformanceSuccess(t *testing.T) {
	w := newTown(t)
	var doc struct{ ConformsTo []string }
	w.json(t, "/ogc/conformance", &doc)
	for _, class := range []string{"1/1.0/conf/core", "1/1.0/conf/oas30", "1/1.0/conf/geojson", "1/1.0/conf/html", "2/1.0/conf/crs", "3/1.0/conf/queryables", "3/1.0/conf/queryables-query-parameters", "3/1.0/conf/filter", "3/1.0/conf/features-filter"} {
		if !slices.Contains(doc.ConformsTo, featuresConf+class) {
			t.Errorf("%s is not declared", class)
		}
	}
}

func TestReqFeaturesCoreRootSuccess(t *testing.T) {
	w := newTown(t)
	var doc struct{ Links []ogcLink }
	w.json(t, "/ogc/", &doc)
	for _, rel := range []string{"service-desc", "conformance", "data"} {
		if a := w.get(t, w.local(t, linked(t, doc.Links, rel))); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", rel, a.Status)
		}
	}
}

type collectionJSON struct {
	ID     string
	Links  []ogcLink
	CRS    []string
	Extent *struct {
		Spatial struct{ BBox [][]float64 }
	}
	StorageCRS string
}

// Every collection says where its features are, in what systems and within what box, and is by itself what it is in the list.
func TestReqFeaturesCoreFcMdItemsLinks(t *testing.T) {
	w := newTown(t)
	var list struct {
		Links       []ogcLink
		Collections []collectionJSON
	}
	w.json(t, "/ogc/collections", &list)
	for _, rel := range []string{"self", "alternate"} {
		linked(t, list.Links, rel)
	}
	for _, c := range list.Collections {
		items := 0
		for _, l := range c.Links {
			if l.Rel == "items" {
				items++
				if media, _, _ := strings.Cut(w.get(t, w.local(t, l.Href)).Header.Get("Content-Type"), ";"); media != l.Type {
					t.Errorf("%s: %s instead of %s", c.ID, media, l.Type)
				}
			}
		}
		if items != 2 || !strings.HasSuffix(c.CRS[0], "/OGC/1.3/CRS84") || !slices.Contains(c.CRS, c.StorageCRS) {
			t.Errorf("%s: %d links to items, in %v", c.ID, items, c.CRS)
		}
		for _, f := range w.items(t, "/ogc/collections/"+c.ID+"/items").Features {
			if c.Extent == nil || len(c.Extent.Spatial.BBox) != 1 || f.Type != "Feature" {
				t.Errorf("%s has features and no extent", c.ID)
			}
		}
		var one collectionJSON
		w.json(t, "/ogc/collections/"+c.ID, &one)
		if one.ID != c.ID || len(one.Links) != len(c.Links) {
			t.Errorf("%s is another by itself", c.ID)
		}
	}
}

// The API document defines limit, bbox and datetime as the standard has them.
func TestReqFeaturesCoreFcParameterDefinitions(t *testing.T) {
	w := newTown(t)
	op := w.definition(t).Paths.Value("/collections/{collectionId}/items").Get
	param := func(name string) *openapi3.Parameter {
		p := op.Parameters.GetByInAndName("query", name)
		if p == nil || p.Required {
			t.Fatalf("%s: %+v", name, p)
		}
		return p
	}
	limit := param("limit").Schema.Value
	if !limit.Type.Is("integer") || *limit.Min != 1 || *limit.Max != 10_000 || limit.Default != 100.0 {
		t.Errorf("limit: %+v", limit)
	}
	bbox := param("bbox")
	if s := bbox.Schema.Value; !s.Type.Is("array") || len(s.OneOf) != 2 || !s.Items.Value.Type.Is("number") || bbox.Style != "form" || *bbox.Explode {
		t.Errorf("bbox: %+v", s)
	}
	if s := param("datetime").Schema.Value; !s.Type.Is("string") {
		t.Errorf("datetime: %+v", s)
	}
	for _, name := range []string{"crs", "bbox-crs", "filter", "filter-lang", "filter-crs"} {
		param(name)
	}
}

func TestReqFeaturesCoreFLinks(t *testing.T) {
	w := newTown(t)
	item := w.item(t, "road", 1)
	for _, rel := range []string{"self", "alternate", "collection"} {
		i := slices.IndexFunc(item.Links, func(l map[string]string) bool { return l["rel"] == rel })
		if i < 0 || item.Links[i]["type"] == "" {
			t.Errorf("%s: %v", rel, item.Links)
		}
	}
}

// A system that is not offered is refused, for answers, boxes and filters alike.
func TestReqFeaturesCRSInvalid(t *testing.T) {
	w := newTown(t)
	for _, query := range []string{"crs=http://www.opengis.net/def/crs/EPSG/0/2154", "bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154", "filter=true&filter-crs=http://www.opengis.net/def/crs/EPSG/0/2154"} {
		if a := w.get(t, "/ogc/collections/road/items?"+query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", query, a.Status)
		}
	}
}
