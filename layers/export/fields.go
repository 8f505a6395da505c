package export

import (
	"fmt"
	"strings"

	"wangge/layers"
)

// dbfNameBytes is how long the name of a field of a Shapefile is at most.
const dbfNameBytes = 10

// shortNames are names of a Shapefile's fields, in the order of names: themselves where they are short, cut where not, numbered where two would be one.
// Case does not tell names apart.
func shortNames(names []string) []string {
	taken := map[string]bool{}
	for _, n := range names {
		if len(n) <= dbfNameBytes {
			taken[strings.ToUpper(n)] = true
		}
	}
	short := make([]string, len(names))
	for i, n := range names {
		if short[i] = n; len(n) <= dbfNameBytes {
			continue
		}
		short[i] = n[:dbfNameBytes]
		for k := 1; taken[strings.ToUpper(short[i])]; k++ {
			tail := fmt.Sprint("_", k)
			short[i] = n[:dbfNameBytes-len(tail)] + tail
		}
		taken[strings.ToUpper(short[i])] = true
	}
	return short
}

// SidecarName is the file beside a Shapefile that says which field of the catalogue each of its fields is: a csv in UTF-8 with the columns column, field, title
// and title_en.
const SidecarName = "fields.csv"

// sidecar is the content of that file.
func sidecar(short []string, fields []*layers.Field) [][]any {
	var rows [][]any
	for i, f := range fields {
		rows = append(rows, []any{short[i], f.Name, f.Title.Zh, f.Title.En})
	}
	return append(rows, []any{short[len(fields)], "id", "编号", "Number"})
}
