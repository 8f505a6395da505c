package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// CSVWriter writes a csv as Excel opens it: UTF-8 with a byte order mark, commas, CRLF. It streams.
type CSVWriter struct {
	w       *bufio.Writer
	columns []Column
	buf     []byte
}

// NewCSVWriter begins a csv with its headings.
func NewCSVWriter(w io.Writer, columns []Column) (*CSVWriter, error) {
	x := &CSVWriter{w: bufio.NewWriterSize(w, 64<<10), columns: columns}
	headings := make([]any, len(columns))
	for i, c := range columns {
		headings[i] = c.Heading
	}
	if _, err := x.w.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	return x, x.Row(headings)
}

// Row writes a row. A truth is true or false, a day 2006-01-02, an instant RFC 3339.
func (x *CSVWriter) Row(values []any) error {
	x.buf = x.buf[:0]
	for i, v := range values {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = x.appendValue(x.buf, i, v)
	}
	x.buf = append(x.buf, "\r\n"...)
	_, err := x.w.Write(x.buf)
	return err
}

func (x *CSVWriter) appendValue(b []byte, column int, value any) []byte {
	switch v := value.(type) {
	case nil:
		return b
	case string:
		return appendQuoted(b, Guard(v))
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	case time.Time:
		if column < len(x.columns) && x.columns[column].Day {
			return v.AppendFormat(b, time.DateOnly)
		}
		return v.AppendFormat(b, time.RFC3339)
	}
	return appendQuoted(b, Guard(fmt.Sprint(value)))
}

// appendQuoted puts quotes around what needs them: spaces at the ends too, which some programs drop.
func appendQuoted(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",;|\t\"\r\n") && strings.TrimSpace(s) == s {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// Close ends the csv.
func (x *CSVWriter) Close() error { return x.w.Flush() }

// Flush sends on what has been written so far.
func (x *CSVWriter) Flush() error { return x.w.Flush() }
