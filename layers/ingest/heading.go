package ingest

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"wangge/layers"
)

// heading makes headings comparable: full-width letters, spaces, line breaks and case do not count.
func heading(s string) string {
	s = width.Fold.String(strings.TrimPrefix(s, "\ufeff"))
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '*' }), " "))
}

// Heading is a heading as it is remembered and compared.
func Heading(s string) string { return heading(s) }

// bare is a comparable heading without what stands in brackets behind it, and that, which may be a unit: 面积(亩) is 面积 and 亩.
func bare(h string) (name, inner string) {
	if i := strings.IndexAny(h, "([【"); i > 0 && strings.IndexAny(h[len(h)-1:], ")]") == 0 || i > 0 && strings.HasSuffix(h, "】") {
		inner = strings.Trim(h[i:], "()[]【】 ")
		return strings.TrimSpace(h[:i]), inner
	}
	return h, ""
}

// tight is a comparable heading without spaces: 经 度 is 经度.
func tight(h string) string {
	if strings.IndexFunc(h, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		return h
	}
	return strings.ReplaceAll(h, " ", "")
}

// The headings of coordinates, addresses and texts of positions. "x" and "y" may be either axis: surveyors' X points north.
var (
	lonHeadings = []string{"经度", "东经", "lon", "lng", "long", "longitude", "经度坐标", "坐标经度", "经度值", "东坐标", "东坐标e", "e", "easting", "gcj经度", "wgs84经度", "百度经度", "高德经度", "中心点经度", "中心经度"}
	latHeadings = []string{"纬度", "北纬", "lat", "latitude", "纬度坐标", "坐标纬度", "纬度值", "北坐标", "北坐标n", "n", "northing", "gcj纬度", "wgs84纬度", "百度纬度", "高德纬度", "中心点纬度", "中心纬度"}
	xHeadings   = []string{"x", "x坐标", "坐标x", "横坐标", "x坐标值", "point_x", "coord_x", "x值", "xcoord"}
	yHeadings   = []string{"y", "y坐标", "坐标y", "纵坐标", "y坐标值", "point_y", "coord_y", "y值", "ycoord"}
	wktHeadings = []string{"wkt", "geom", "geometry", "the_geom", "坐标", "坐标串", "边界坐标", "位置坐标", "经纬度", "坐标位置", "图形", "范围坐标", "边界", "坐标点", "geojson"}

	addressHeadings = []string{"地址", "详细地址", "位置", "所在位置", "具体位置", "坐落", "地点", "地理位置", "address", "location", "所在地", "坐落位置", "建设地点", "工程地点", "设置地点"}
	serialHeadings  = []string{"序号", "no", "no.", "行号", "id", "fid", "编号(序)", "index"}
)

func isOneOf(h string, list []string) bool {
	name, _ := bare(h)
	return slices.Contains(list, tight(h)) || slices.Contains(list, tight(name))
}

// headings lists the names by which a layer's fields are known in files. Where things come from is never guessed.
func headings(l *layers.Layer) map[string]*layers.Field {
	known := map[string]*layers.Field{}
	for _, f := range importable(l) {
		if f.Name == "source" || f.Name == "source_key" || f.Name == "extra" {
			continue
		}
		for _, name := range append([]string{f.Name, f.Title.Zh, f.Title.En}, f.Aliases...) {
			if _, taken := known[heading(name)]; !taken {
				known[heading(name)] = f
			}
		}
	}
	return known
}

// findHeading finds the field that a heading names, and the unit that stands in it.
func findHeading(known map[string]*layers.Field, h string) (f *layers.Field, inner string) {
	if f = known[h]; f != nil {
		return f, ""
	}
	name, inner := bare(h)
	for _, try := range []string{tight(h), name, tight(name)} {
		if f = known[try]; f != nil {
			return f, inner
		}
	}
	return nil, ""
}
