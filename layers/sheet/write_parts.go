package sheet

import (
	"strconv"
	"strings"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// fixedPart is a part of a workbook that is the same whatever its rows.
type fixedPart struct{ name, text string }

// fixedParts are the parts of a workbook with sheets of some names, told apart by a number where two are alike. There are fewer than nine.
func fixedParts(names ...string) []fixedPart {
	const (
		main  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		rel   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		rels  = "http://schemas.openxmlformats.org/package/2006/relationships"
		types = "http://schemas.openxmlformats.org/package/2006/content-types"
		kind  = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	escaped := func(s string) string { return string(appendXML(nil, s)) }
	var sheets, links, overrides strings.Builder
	seen := map[string]bool{}
	for i, title := range names {
		id := strconv.Itoa(i + 1)
		if seen[strings.ToLower(title)] {
			title += id
		}
		seen[strings.ToLower(title)] = true
		sheets.WriteString(`<sheet name="` + escaped(title) + `" sheetId="` + id + `" r:id="rId` + id + `"/>`)
		links.WriteString(`<Relationship Id="rId` + id + `" Type="` + rel + `/worksheet" Target="worksheets/sheet` + id + `.xml"/>`)
		overrides.WriteString(`<Override PartName="/xl/worksheets/sheet` + id + `.xml" ContentType="` + kind + `worksheet+xml"/>`)
	}
	return []fixedPart{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + types + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + kind + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + kind + `styles+xml"/>` + overrides.String() + `</Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + rels + `"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + rels + `">` + links.String() +
			`<Relationship Id="rId9" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xmlHead + `<styleSheet xmlns="` + main + `">` + stylesXML + `</styleSheet>`},
	}
}

// stylesXML: text, days, instants and headings. Numbers of formats: 49 is text; those from 164 on are our own.
const stylesXML = `<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>`
