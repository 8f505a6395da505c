package ogc

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"wangge/api/reply"
	"wangge/layers"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// pageTemplate is the one template of all pages.
var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pagePolicy lets a page have its own style and nothing else: neither scripts nor frames nor what other servers have.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// webPage is what a page shows.
type webPage struct {
	Title, TitleEn string
	Note           string
	Path           []link // from the landing page to here
	Sections       []webTable
	Links          []link
}

// Style is the page's own.
func (webPage) Style() template.CSS { return template.CSS(pageStyle) } //nolint:gosec // it is a file of ours

type webTable struct {
	Title string
	Head  []webCell
	Rows  [][]webCell
	Wide  bool // many columns: a row is a line, and the table is scrolled
}

type webCell struct{ Text, Small, Href string }

// sendPage answers with a page.
func (h *Handler) sendPage(w http.ResponseWriter, r *http.Request, p webPage) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	return h.Reply.Send(w, r, reply.Content{Type: htmlType + "; charset=utf-8", Cache: h.cache(w, r), Tag: reply.Hash(b.Bytes()), Bytes: b.Bytes()})
}

// path leads from the landing page to a collection.
func (h *Handler) path(r *http.Request, l *layers.Layer) []link {
	base := h.Base(r) + "/ogc"
	path := []link{{Href: base + "?f=html", Title: "网格 wangge"}, {Href: base + "/collections?f=html", Title: "集合 Collections"}}
	if l != nil {
		path = append(path, link{Href: base + "/collections/" + l.ID + "?f=html", Title: l.Title.Zh})
	}
	return path
}

// linkTable shows links as a table.
func linkTable(title string, links []link) webTable {
	t := webTable{Title: title}
	for _, l := range links {
		if !l.Templated && l.Title != "" {
			t.Rows = append(t.Rows, []webCell{{Text: l.Title, Href: l.Href}, {Text: l.Type}})
		}
	}
	return t
}

// landingPage is the landing page for people.
func (h *Handler) landingPage(w http.ResponseWriter, r *http.Request, doc landing) error {
	base := h.Base(r)
	return h.sendPage(w, r, webPage{
		Title: doc.Title, Note: doc.Description, Sections: []webTable{linkTable("", doc.Links)},
		Links: []link{{Href: base + "/", Title: "地图 Map"}, {Href: base + "/ogc/collections?f=html", Title: "集合 Collections"}},
	})
}

// collectionsPage lists the collections for people.
func (h *Handler) collectionsPage(w http.ResponseWriter, r *http.Request, doc collections) error {
	t := webTable{Head: []webCell{{Text: "集合", Small: "Collection"}, {Text: "对象数", Small: "Features"}, {Text: "口径", Small: "Provenance"}}}
	base := h.Base(r) + "/ogc/collections/"
	for _, c := range doc.Collections {
		t.Rows = append(t.Rows, []webCell{
			{Text: c.Title, Small: c.TitleEn, Href: base + c.ID + "?f=html"}, {Text: number(c.Features), Href: base + c.ID + "/items?f=html"}, {Text: c.Description},
		})
	}
	return h.sendPage(w, r, webPage{Title: "集合", TitleEn: "Collections", Path: h.path(r, nil), Sections: []webTable{t}, Links: []link{{Href: h.Base(r) + "/ogc/collections?f=json", Title: "JSON"}}})
}

// collectionPage describes a collection for people.
func (h *Handler) collectionPage(w http.ResponseWriter, r *http.Request, l *layers.Layer, c collection) error {
	base := h.Base(r) + "/ogc/collections/" + l.ID
	facts := webTable{Rows: [][]webCell{
		{{Text: "对象数", Small: "Features"}, {Text: number(c.Features), Href: base + "/items?f=html"}},
		{{Text: "口径", Small: "Provenance"}, {Text: c.Description, Small: c.DescriptionEn}},
	}}
	systems := webTable{Title: "坐标系 Coordinate reference systems"}
	for _, uri := range c.CRS {
		systems.Rows = append(systems.Rows, []webCell{{Text: uri}})
	}
	return h.sendPage(w, r, webPage{
		Title: c.Title, TitleEn: c.TitleEn, Path: h.path(r, nil), Sections: []webTable{facts, linkTable("链接 Links", c.Links), systems},
		Links: []link{{Href: base + "/items?f=html", Title: "对象 Features"}, {Href: base + "/queryables?f=html", Title: "可过滤字段 Queryables"}, {Href: h.Base(r) + "/inventory?layer=" + l.ID, Title: "台账 Inventory"}, {Href: base + "?f=json", Title: "JSON"}},
	})
}
