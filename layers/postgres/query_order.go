package postgres

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
	"unicode/utf8"

	"wangge/layers"
)

// MaxSortKeys bounds how many fields one can sort by.
const MaxSortKeys = 4

// keyRunes is how much of a text counts in sorting: a cursor carries it. Texts that agree so far go by number.
const keyRunes = 64

// order is a list of keys that ends with the number.
type order []SortKey

func newOrder(keys []SortKey) order {
	for i, k := range keys {
		if k.Field == nil { // numbers are all different: what comes behind decides nothing
			return order(keys[:i+1])
		}
	}
	return append(order(keys[:len(keys):len(keys)]), SortKey{})
}

// fields are the keys before the number.
func (o order) fields() []SortKey { return o[:len(o)-1] }

// expression is what is compared for a key. Texts compare by bytes, as filters do.
func (k SortKey) expression() string {
	switch {
	case k.Field == nil:
		return "f.id"
	case k.Field.Type == layers.String || k.Field.Type == layers.Enum:
		return fmt.Sprintf(`left(%s, %d) COLLATE "C"`, column(k.Field), keyRunes)
	}
	return column(k.Field)
}

// clause is ORDER BY.
func (o order) clause() string {
	var parts []string
	for _, k := range o {
		part := k.expression()
		if k.Down {
			part += " DESC"
		}
		if k.Field != nil {
			part += " NULLS LAST"
		}
		parts = append(parts, part)
	}
	return " ORDER BY " + strings.Join(parts, ", ")
}

// after asks for the rows behind the one of a cursor.
func (q *query) after(o order, c cursor) {
	q.where = append(q.where, "("+q.behind(o, c)+")")
}

func (q *query) behind(o order, c cursor) string {
	sign := ">"
	if o[0].Down {
		sign = "<"
	}
	x := o[0].expression()
	if o[0].Field == nil {
		return fmt.Sprintf("%s %s %s", x, sign, q.arg(c.ID))
	}
	at := len(o) // keys are counted from the end, for c is that of the whole order
	value := q.cast(o[0].Field.Type, c.Keys[len(c.Keys)-at+1])
	return fmt.Sprintf("%[1]s %[2]s %[3]s OR (%[1]s IS NULL AND %[3]s IS NOT NULL) OR (%[1]s IS NOT DISTINCT FROM %[3]s AND (%[4]s))", x, sign, value, q.behind(o[1:], c))
}

// cursor is the place of a row in an order.
type cursor struct {
	Order string    `json:"o"`
	ID    int64     `json:"i"`
	Keys  []*string `json:"k,omitempty"` // as PostgreSQL reads them; nil for NULL
}

// name tells orders apart, of layers too.
func (o order) name(l *layers.Layer) string {
	var b strings.Builder
	b.WriteString(l.ID)
	for _, k := range o {
		b.WriteByte("+-"[btoi(k.Down)])
		if k.Field != nil {
			b.WriteString(k.Field.Name)
		}
	}
	return b.String()
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pack writes a cursor down, with check bytes that keep apart what was made here from what was made up or cut.
func (c cursor) pack() ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(text)), text...), nil
}

// unpack reads the cursor of an order.
func (o order) unpack(l *layers.Layer, b []byte) (cursor, error) {
	var c cursor
	if len(b) < 4 || binary.BigEndian.Uint32(b) != crc32.ChecksumIEEE(b[4:]) {
		return c, ErrCursor
	}
	if err := json.Unmarshal(b[4:], &c); err != nil {
		return c, ErrCursor
	}
	if c.Order != o.name(l) || len(c.Keys) != len(o.fields()) {
		return c, fmt.Errorf("%w: it is one of another order", ErrCursor)
	}
	for i, k := range o.fields() {
		if c.Keys[i] != nil && !fits(k.Field.Type, *c.Keys[i]) {
			return c, ErrCursor
		}
	}
	return c, nil
}

// fits tells whether PostgreSQL would read a key as a value of a type: check bytes can be computed by anybody.
func fits(t layers.Type, s string) bool {
	switch t {
	case layers.String, layers.Enum:
		return utf8.ValidString(s) && utf8.RuneCountInString(s) <= keyRunes && !strings.ContainsRune(s, 0)
	}
	c, ok := parseCell(t, s)
	return ok && !c.Null()
}
