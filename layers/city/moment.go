package city

import "time"

// timeLayout is RFC 3339 in UTC with all the digits that the record has, so that texts sort as times do.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// moment writes dates and times as texts, the last of which it remembers: the rows of an import have the same.
type moment struct {
	last int64
	text []byte
}

// of is the text of a count of units since the year 2000, as PostgreSQL counts; its largest and smallest values are infinite.
func (m *moment) of(n, infinity int64, unit time.Duration, layout string) []byte {
	if m.text != nil && n == m.last {
		return m.text
	}
	m.last = n
	switch n {
	case infinity:
		m.text = []byte("infinity")
	case -infinity - 1:
		m.text = []byte("-infinity")
	default:
		perSecond := int64(time.Second / unit)
		seconds, rest := n, int64(0)
		if perSecond > 0 {
			seconds, rest = n/perSecond, n%perSecond
		} else {
			seconds *= int64(unit / time.Second)
		}
		epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		m.text = time.Unix(epoch+seconds, rest*int64(unit)).UTC().AppendFormat(nil, layout)
	}
	return m.text
}
