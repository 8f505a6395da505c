package cql2

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// fixed gives the text of an expression that depends on no field, differences taken away.
func (w *writer) fixed(n *node) string {
	switch {
	case n.is("casei"):
		return foldCase(w.fixed(n.args[0]))
	case n.is("accenti"):
		return foldAccents(w.fixed(n.args[0]))
	}
	return n.text
}

// folded writes CASEI and ACCENTI. Literals are folded here; of columns PostgreSQL takes the same differences away.
func (w *writer) folded(n *node) string {
	inner := n
	for inner.is("casei") || inner.is("accenti") {
		inner = inner.args[0]
	}
	if inner.kind == kindText {
		return w.param(w.fixed(n), "text")
	}
	x := w.value(n.args[0])
	if n.text == "accenti" {
		return "normalize(regexp_replace(normalize(" + x + `, NFD) COLLATE "C", ` + w.param(accents, "text") + ", '', 'g'), NFC)"
	}
	table := caseTable()
	if w.cases == "" {
		w.cased, w.cases = w.param(table.cased, "text"), w.param(table.folds, "jsonb")
	}
	return `(SELECT lower(CASE WHEN v.s ~ ` + w.cased + ` THEN (SELECT string_agg(coalesce(` + w.cases + ` ->> c, c), '' ORDER BY i)
			FROM unnest(string_to_array(v.s, NULL)) WITH ORDINALITY AS t(c, i)) ELSE v.s END COLLATE "C")
		FROM (SELECT (` + x + `) COLLATE "C" AS s OFFSET 0) AS v)`
}

// accents is the regular expression of what accent tells.
const accents = `[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF]`

// foldTable has what foldCase does to characters beyond ASCII.
type foldTable struct {
	cased string // the regular expression of such characters
	folds string // what each becomes, a JSON object
}

// lastCased is beyond all characters that have case.
const lastCased = 0x1FFFF

// caseTable is made once. With it folding depends neither on the locale of the database nor on its version of Unicode.
var caseTable = sync.OnceValue(func() foldTable {
	folds := map[string]string{}
	var class strings.Builder
	from := rune(-1)
	for c := rune(0x80); c <= lastCased; c++ {
		s := string(c)
		if to := foldCase(s); to != s && c != 0xFFFD && (c < 0xD800 || c > 0xDFFF) {
			folds[s] = to
			if from < 0 {
				from = c
			}
		} else if from >= 0 {
			fmt.Fprintf(&class, `\U%08X-\U%08X`, from, c-1)
			from = -1
		}
	}
	text, _ := json.Marshal(folds) // a map of texts always can be
	return foldTable{cased: "[" + class.String() + "]", folds: string(text)}
})
