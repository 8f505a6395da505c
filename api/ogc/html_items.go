package ogc

import (
	"net/http"
	"strconv"
	"strings"

	"wangge/api/reply"
	"wangge/layers"
	"wangge/layers/postgres"
)

// number writes a count with thin separators of thousands.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shownValue is a value of a field for people: labels for codes, 是 and 否.
func shownValue(f *layers.Field, v any) webCell {
	switch v := v.(type) {
	case nil:
		return webCell{}
	case bool:
		if v {
			return webCell{Text: "是", Small: "yes"}
		}
		return webCell{Text: "否", Small: "no"}
	case string:
		for _, value := range f.Values {
			if value.Code == v {
				return webCell{Text: value.Label.Zh, Small: v}
			}
		}
		return webCell{Text: v}
	}
	text, err := reply.Marshal(shown(f.Type, v))
	if err != nil {
		return webCell{}
	}
	return webCell{Text: strings.Trim(strings.TrimSpace(string(text)), `"`), Small: f.Unit}
}

// forPeople are the places of fields in the order of a table for people: what the feature is called and known by, then the others as they come.
func forPeople(fields []*layers.Field) []int {
	order := make([]int, 0, len(fields))
	for _, first := range []string{"name", "code"} {
		for i, f := range fields {
			if f.Name == first {
				order = append(order, i)
			}
		}
	}
	for i, f := range fields {
		if f.Name != "name" && f.Name != "code" {
			order = append(order, i)
		}
	}
	return order
}

// itemsPage shows a page of items as a table.
func (h *Handler) itemsPage(w http.ResponseWriter, r *http.Request, ask *itemsAsk) error {
	pen := newFeaturePen(ask)
	t := webTable{Wide: true, Head: []webCell{{Text: "编号", Small: "id"}}}
	order := forPeople(ask.Shown)
	for _, i := range order {
		t.Head = append(t.Head, webCell{Text: ask.Shown[i].Title.Zh, Small: ask.Shown[i].Name})
	}
	next, err := h.Features.Scan(r.Context(), ask.layer, ask.Selection, func(row *postgres.Cells) error {
		id := strconv.FormatInt(row.ID, 10)
		line := []webCell{{Text: id, Href: ask.address + "/" + id + "?f=html"}}
		for _, i := range order {
			f := ask.Shown[i]
			if c := &pen.columns[i]; c.derive != nil {
				line = append(line, shownValue(f, c.derive(pen.fieldsOf(row), pen.rules)))
			} else {
				line = append(line, shownValue(f, row.Values[c.cell].Value()))
			}
		}
		t.Rows = append(t.Rows, line)
		return nil
	})
	if err != nil {
		return h.itemsFault(r, err)
	}
	page := webPage{Title: ask.layer.Title.Zh, TitleEn: ask.layer.Title.En, Path: h.path(r, ask.layer), Sections: []webTable{t}}
	page.Note = "本页 " + number(int64(len(t.Rows))) + " 个对象"
	if matched, known, err := h.matched(r.Context(), ask, len(t.Rows), next); err != nil {
		return err
	} else if known {
		page.Note = "共 " + number(matched) + " 个对象，" + page.Note
	}
	for _, l := range h.itemsLinks(r, ask, next) {
		switch l.Rel {
		case "next":
			page.Links = append(page.Links, link{Href: l.Href, Rel: "next", Title: "下一页 Next page"})
		case "self":
			page.Links = append(page.Links, link{Href: strings.Replace(l.Href, "f=html", "f=json", 1), Rel: "alternate", Title: "GeoJSON"})
		}
	}
	page.Links = append(page.Links, link{Href: h.Base(r) + "/inventory?layer=" + ask.layer.ID, Title: "台账 Inventory"})
	return h.sendPage(w, r, page)
}

// itemPage shows one feature.
func (h *Handler) itemPage(w http.ResponseWriter, r *http.Request, l *layers.Layer, f feature) error {
	values := webTable{Title: "属性 Properties"}
	fields := make([]*layers.Field, len(f.Properties.names))
	for i, name := range f.Properties.names {
		fields[i] = l.Field(name)
	}
	for _, i := range forPeople(fields) {
		name, field := f.Properties.names[i], fields[i]
		cell := shownValue(field, f.Properties.values[i])
		if label, named := f.Labels[name]; named {
			cell = webCell{Text: label.Title, Small: cell.Text}
		}
		values.Rows = append(values.Rows, []webCell{{Text: field.Title.Zh, Small: name}, cell})
	}
	where := webTable{Title: "位置 Place"}
	for _, region := range f.Regions {
		where.Rows = append(where.Rows, []webCell{{Text: region.Name, Small: region.Code}})
	}
	for _, g := range f.Grids {
		where.Rows = append(where.Rows, []webCell{{Text: g.SchemeTitle + " " + g.Code, Small: g.SchemeTitleEn}})
	}
	geometry := string(f.Geometry)
	if len(geometry) > 2000 {
		geometry = geometry[:2000] + "…"
	}
	where.Rows = append(where.Rows, []webCell{{Text: geometry}})
	id := strconv.FormatInt(f.ID, 10)
	self := h.Base(r) + "/ogc/collections/" + l.ID + "/items/" + id
	path := append(h.path(r, l), link{Href: h.Base(r) + "/ogc/collections/" + l.ID + "/items?f=html", Title: "对象 Features"})
	return h.sendPage(w, r, webPage{
		Title: l.Title.Zh + " " + id, TitleEn: l.Title.En, Path: path, Sections: []webTable{values, where},
		Links: []link{{Href: self + "?f=json", Rel: "alternate", Title: "GeoJSON"}, {Href: h.Base(r) + "/?select=" + l.ID + "/" + id, Title: "地图 Map"}},
	})
}

// fieldsPage shows by what a collection can be filtered.
func (h *Handler) fieldsPage(w http.ResponseWriter, r *http.Request, l *layers.Layer, fields []*layers.Field) error {
	t := webTable{Head: []webCell{{Text: "字段", Small: "Field"}, {Text: "名称", Small: "Title"}, {Text: "类型", Small: "Type"}, {Text: "取值", Small: "Values"}}}
	for _, f := range fields {
		var values []string
		for _, v := range f.Values {
			values = append(values, v.Code+" "+v.Label.Zh)
		}
		t.Rows = append(t.Rows, []webCell{{Text: f.Name}, {Text: f.Title.Zh, Small: f.Title.En}, {Text: string(f.Type), Small: f.Unit}, {Text: strings.Join(values, "，")}})
	}
	self := h.Base(r) + "/ogc/collections/" + l.ID + "/queryables"
	return h.sendPage(w, r, webPage{
		Title: l.Title.Zh + "：可过滤字段", TitleEn: "Queryables", Path: h.path(r, l), Sections: []webTable{t}, Links: []link{{Href: self + "?f=json", Title: "JSON Schema"}},
	})
}
