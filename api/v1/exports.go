package v1

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/export"
	"wangge/layers/postgres"
	"wangge/layers/sheet"
)

// exportTime bounds one export, its caller's taking included: a city of a million features over a slow line.
const exportTime = 30 * time.Minute

// Exports make files of the inventory.
type Exports struct {
	Rows  exportRows
	Files *export.Writer
}

// exportRows reads many rows of the record.
type exportRows interface {
	Scan(ctx context.Context, l *layers.Layer, s postgres.Selection, row func(*postgres.Cells) error) (next []byte, err error)
	Count(ctx context.Context, l *layers.Layer, s postgres.Selection) (int64, error)
	LocalSystems(ctx context.Context) ([]datum.System, error)
}

// Why there is no such export.
var (
	// ErrNoExport: no such layer. HTTP 404.
	ErrNoExport = errors.New("no such layer to export")
	// ErrExportRows: more rows than a sheet of a workbook holds. HTTP 422.
	ErrExportRows = errors.New("more rows than a sheet holds")
)

func (h *Handler) exportRoutes() []Route {
	params := []Param{
		{Name: "crs", Title: "坐标系：代码或 URI；缺省为 CGCS2000 经纬度", TitleE: "the coordinate reference system, by code or URI"},
		{Name: "values", Title: "csv、xlsx：labels（缺省，中文表头与标签）或 codes", TitleE: "csv, xlsx: labels, or names and codes"},
		{Name: "charset", Title: "shp.zip：utf-8（缺省）或 gbk", TitleE: "shp.zip: utf-8 or gbk"},
	}
	params = append(params, selectionParams()...)
	params = append(params,
		Param{Name: "sortby", Title: "排序，如 -capacity,name", TitleE: "order, such as -capacity,name"},
		Param{Name: "properties", Title: "只要这些字段", TitleE: "these fields only"})
	var routes []Route
	for _, f := range export.Formats() {
		media, _, _ := strings.Cut(f.MediaType(), ";")
		routes = append(routes, Route{
			Path: "/exports/{layer}." + string(f), Reads: true, Stream: true, Params: params, ReplyType: media,
			Title: "导出图层（" + string(f) + "）", TitleE: "A layer as a file: " + string(f),
			Serve: func(w http.ResponseWriter, r *http.Request) error { return h.export(w, r, f) },
		})
	}
	return routes
}

// exportAsk is what a request for an export wants.
type exportAsk struct {
	selection.Wanted
	format export.Format
	table  export.Table
}

// export sends a layer, or what is asked for of it, as a file.
func (h *Handler) export(w http.ResponseWriter, r *http.Request, f export.Format) error {
	ctx, cancel := context.WithTimeout(r.Context(), exportTime)
	defer cancel()
	r = r.WithContext(ctx)
	ask, err := h.readExport(r, f)
	if err != nil {
		return err
	}
	if err := h.fitsSheet(ctx, ask); err != nil {
		return h.exportFault(r, err)
	}
	head := w.Header()
	head.Add("Vary", "Authorization, Cookie")
	head.Set("Content-Disposition", disposition(ask))
	head.Set("X-Accel-Buffering", "no") // nginx would take it all into a file of its own
	file, err := h.newDownload(w, r, ask.format)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		head.Set("Content-Type", ask.format.MediaType())
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if err := h.Exports.Files.Write(ctx, file, ask.format, ask.table, ExportRows(h.Exports.Rows, ask.table.Layer, ask.Selection)); err != nil {
		file.abort() // where something was sent the caller sees that it broke off
		head.Del("Content-Disposition")
		return h.exportFault(r, err)
	}
	return file.close()
}

// ExportRows gives the rows of a selection as exports take them.
func ExportRows(from exportRows, l *layers.Layer, s postgres.Selection) export.Source {
	return func(ctx context.Context, take func(export.Row) error) error {
		var row export.Row
		_, err := from.Scan(ctx, l, s, func(c *postgres.Cells) error {
			row.ID, row.Revision, row.Geometry, row.Fields = c.ID, c.Revision, c.Geometry, row.Fields[:0]
			for _, v := range c.Values {
				row.Fields = append(row.Fields, v.Value())
			}
			return take(row)
		})
		return err
	}
}

// readExport reads the request.
func (h *Handler) readExport(r *http.Request, f export.Format) (*exportAsk, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	l := layers.ByID(mux.Vars(r)["layer"])
	if l == nil || !l.Collection {
		return nil, ErrNoExport
	}
	ask := &exportAsk{format: f}
	q, now := h.Query(r), time.Now()
	zone := netOf(view).Zone()
	systems := selection.SystemsOf(r.Context(), h.Exports.Rows)
	ask.Wanted = selection.Read(q, l, selection.Caller{Internal: h.Who(r).Might(rights.ReadInternal) == nil, Zone: zone, Now: now, Systems: systems})
	ask.table = export.Table{
		Layer: l, Columns: ask.Fields, Shown: ask.Shown, Rules: view.Rules(), Zone: zone, At: ask.At, Now: now, Filter: asked(r.URL.Query()),
		Codes: q.OneOf("values", "labels", "codes") == "codes", GBK: q.OneOf("charset", "utf-8", "gbk") == "gbk", System: systems.Read(q, "crs"),
	}
	if ask.table.Columns == nil {
		ask.table.Columns = postgres.VisibleColumns(l, ask.Internal)
	}
	return ask, cmp.Or(systems.Err(), q.Err())
}

// asked says in words what was asked for, for the notes of the file.
func asked(q url.Values) string {
	var parts []string
	for _, name := range selection.Fixed() {
		if v := q.Get(name); v != "" && name != "properties" {
			parts = append(parts, name+"="+param.Shown(v))
		}
	}
	return strings.Join(parts, "；")
}

// fitsSheet refuses more rows than a workbook holds before the first is sent.
func (h *Handler) fitsSheet(ctx context.Context, ask *exportAsk) error {
	if ask.format != export.XLSX {
		return nil
	}
	s := ask.Selection
	s.Sort, s.Limit = nil, sheet.MaxWritten+1
	n, err := h.Exports.Rows.Count(ctx, ask.table.Layer, s)
	if err == nil && n > sheet.MaxWritten {
		err = ErrExportRows
	}
	return err
}

// exportFault is what the caller did wrong, where an error is that.
func (h *Handler) exportFault(r *http.Request, err error) error {
	q := h.Query(r)
	switch {
	case errors.Is(err, export.ErrSystem):
		q.Fault("crs", "对象超出此坐标系的适用范围", "does not reach where the features are")
	case !selection.Fault(q, err):
		return err
	}
	return q.Err()
}

// disposition names the file: in Chinese for those who read RFC 6266, by the layer for others.
func disposition(ask *exportAsk) string {
	return fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s`, ask.table.Layer.ID, ask.format, url.PathEscape(export.FileName(ask.table, ask.format)))
}

// download is the answer that a file is written to. Nothing is sent before there is a bufferful, so that an error until then is answered as one.
type download struct {
	write func([]byte) (int, error)
	close func() error
	abort func()
}

// Write is part of io.Writer.
func (d *download) Write(b []byte) (int, error) { return d.write(b) }

// newDownload begins an answer. Text is compressed for who takes it; the other formats are already.
func (h *Handler) newDownload(w http.ResponseWriter, r *http.Request, f export.Format) (*download, error) {
	cache := reply.Revalidate
	if h.Who(r).SignedIn() {
		cache = reply.Private
	}
	if f == export.GeoJSON || f == export.CSV {
		return h.newText(w, r, f, cache)
	}
	w.Header().Set("Cache-Control", cache)
	begun := &begin{w: w, media: f.MediaType()}
	buffer := bufio.NewWriterSize(begun, 64<<10)
	return &download{write: buffer.Write, close: func() error {
		_ = buffer.Flush() // a caller that went away is nobody's error
		return nil
	}, abort: func() {
		if begun.sent {
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

func (h *Handler) newText(w http.ResponseWriter, r *http.Request, f export.Format, cache string) (*download, error) {
	s, err := h.Reply.Stream(w, r, f.MediaType(), cache)
	if err != nil {
		return nil, err
	}
	return &download{write: func(b []byte) (int, error) {
		s.Keep(append(s.Buffer(), b...))
		if err := s.Gone(); err != nil {
			return 0, err
		}
		return len(b), nil
	}, close: s.Close, abort: func() {
		if s.Started() {
			s.Abort()
		}
	}}, nil
}

// begin sets the type of the answer with its first bytes.
type begin struct {
	w     http.ResponseWriter
	media string
	sent  bool
}

// Write is part of io.Writer.
func (b *begin) Write(p []byte) (int, error) {
	if !b.sent {
		b.w.Header().Set("Content-Type", b.media)
	}
	b.sent = true
	return b.w.Write(p)
}
