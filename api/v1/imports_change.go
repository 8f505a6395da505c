package v1

import (
	"context"
	"maps"
	"net/http"
	"os"

	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// importPatch changes what it names. An empty text takes an option away; of maps, sets and units what is named is changed, and null takes one away.
type importPatch struct {
	Layer     *string            `json:"layer,omitempty"`
	Sheet     *string            `json:"sheet,omitempty"`
	HeaderRow *int               `json:"header_row,omitempty" doc:"从 1 起；0 为自动"`
	Charset   *string            `json:"charset,omitempty"`
	Datum     *string            `json:"datum,omitempty" doc:"wgs84、cgcs2000、gcj02、bd09、EPSG:4549 等"`
	Axes      *string            `json:"axes,omitempty" doc:"en 东（经）在前，ne 北（纬）在前"`
	Lon       *string            `json:"lon,omitempty"`
	Lat       *string            `json:"lat,omitempty"`
	WKT       *string            `json:"wkt,omitempty"`
	Maps      map[string]*string `json:"maps,omitempty" doc:"表头对应的字段；空为不导入，null 为撤销对应"`
	Sets      map[string]*string `json:"sets,omitempty" doc:"统一赋值"`
	Units     map[string]*string `json:"units,omitempty" doc:"各列的单位"`
	NewArea   *bool              `json:"new_area,omitempty"`
	Key       *string            `json:"key,omitempty" doc:"以哪个字段或列识别同一对象"`
}

// check bounds the texts of a patch.
func (p *importPatch) check() error {
	texts := map[string]*string{"layer": p.Layer, "sheet": p.Sheet, "charset": p.Charset, "datum": p.Datum, "axes": p.Axes, "lon": p.Lon, "lat": p.Lat, "wkt": p.WKT, "key": p.Key}
	for name, text := range texts {
		if text != nil && len(*text) > maxOption {
			return param.InBody("/"+name, "过长", "is too long")
		}
	}
	for name, m := range map[string]map[string]*string{"maps": p.Maps, "sets": p.Sets, "units": p.Units} {
		if len(m) > maxMapped {
			return param.InBody("/"+name, "过多", "has too many members")
		}
		for key, text := range m {
			if len(key) > 2*maxOption || text != nil && len(*text) > 2*maxOption {
				return param.InBody("/"+name, "过长", "is too long")
			}
		}
	}
	if p.HeaderRow != nil && (*p.HeaderRow < 0 || *p.HeaderRow > ingest.MaxTableRows) {
		return param.InBody("/header_row", "超出范围", "is out of range")
	}
	if p.Layer != nil {
		return importable(*p.Layer)
	}
	return nil
}

// apply changes options. A field or column that maps speak of changes with the layer, so another layer forgets them; another sheet its row of headings.
func (p *importPatch) apply(o postgres.JobOptions) postgres.JobOptions {
	if p.Layer != nil && *p.Layer != o.Layer {
		o.Maps, o.Sets, o.Units, o.Key = nil, nil, nil, ""
	}
	if p.Sheet != nil && *p.Sheet != o.Sheet {
		o.HeaderRow, o.Lon, o.Lat, o.WKT = 0, "", "", ""
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&o.Layer, p.Layer)
	set(&o.Sheet, p.Sheet)
	set(&o.Charset, p.Charset)
	if p.Datum != nil && *p.Datum != o.Datum {
		o.Axes = ""
	}
	set(&o.Datum, p.Datum)
	set(&o.Axes, p.Axes)
	set(&o.Lon, p.Lon)
	set(&o.Lat, p.Lat)
	set(&o.WKT, p.WKT)
	set(&o.Key, p.Key)
	if p.HeaderRow != nil {
		o.HeaderRow = *p.HeaderRow
	}
	if p.NewArea != nil {
		o.NewArea = *p.NewArea
	}
	o.Maps, o.Sets, o.Units = patched(o.Maps, p.Maps), patched(o.Sets, p.Sets), patched(o.Units, p.Units)
	return o
}

// patched is a map with some members changed, and those that are null taken away.
func patched(of map[string]string, by map[string]*string) map[string]string {
	of = maps.Clone(of)
	for key, text := range by {
		if text == nil {
			delete(of, key)
			continue
		}
		if of == nil {
			of = map[string]string{}
		}
		of[key] = *text
	}
	return of
}

func (h *Handler) changeImport(w http.ResponseWriter, r *http.Request) error {
	var body importPatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	seen, err := match(r)
	if err != nil {
		return err
	}
	by := mine(h.Who(r))
	job, err := h.Imports.One(r.Context(), importID(r), by)
	switch {
	case err != nil:
		return noImport(err)
	case seen != 0 && job.Revision != seen:
		return gridpg.ErrStale
	}
	options := body.apply(job.Options)
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	in, err := h.lookAgain(ctx, &job, &options)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		job, err := postgres.ChangeImport(ctx, t, job.ID, by, job.Revision, options, in, nil)
		return importResult(job, http.StatusOK), noImport(err)
	})
}

// lookAgain looks at the file of an import by other options.
func (h *Handler) lookAgain(ctx context.Context, job *postgres.ImportJob, o *postgres.JobOptions) (*ingest.Inspection, error) {
	folder, err := os.MkdirTemp("", "wangge-look-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	path, err := h.Imports.FetchInto(ctx, job, folder)
	if err != nil {
		return nil, err
	}
	return h.Imports.Look(ctx, path, o)
}
