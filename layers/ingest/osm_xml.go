package ingest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// maxElementBytes bounds one element of an XML file.
const maxElementBytes = 16 << 20

// readXML reads one pass over an .osm file. The elements may come in any order.
func readXML(ctx context.Context, f *File, want string, do func(*element) error) error {
	r, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	return readElements(&allowance{r: r, each: maxElementBytes}, want, do)
}

// readElements reads a file's elements, each within its allowance.
func readElements(limited *allowance, want string, do func(*element) error) error {
	x := &xmlReader{d: xml.NewDecoder(limited), want: want, do: do}
	for {
		limited.left = limited.each
		t, err := x.d.Token()
		switch {
		case errors.Is(err, io.EOF) && x.root:
			return nil
		case err != nil:
			return x.fault(err)
		}
		if start, is := t.(xml.StartElement); is {
			if err := x.start(start); err != nil {
				return err
			}
		}
	}
}

// allowance ends a reading that takes more than is left.
type allowance struct {
	r          io.Reader
	each, left int
}

var errAllowance = errors.New("element too large")

func (a *allowance) Read(b []byte) (int, error) {
	if a.left <= 0 {
		return 0, errAllowance
	}
	n, err := a.r.Read(b[:min(len(b), a.left)])
	a.left -= n
	return n, err
}

// xmlReader reads the elements below <osm>.
type xmlReader struct {
	d    *xml.Decoder
	want string
	do   func(*element) error
	root bool
}

func (x *xmlReader) fault(err error) error {
	where := fmt.Sprintf("XML, byte %d", x.d.InputOffset())
	var bad *xml.SyntaxError
	switch {
	case errors.Is(err, errAllowance):
		return tooLarge(where)
	case errors.As(err, &bad) && strings.Contains(bad.Msg, "unexpected EOF"):
		return truncated(where)
	case errors.As(err, &bad):
		return syntax(where + ": " + bad.Msg)
	}
	return readFault(err, where)
}

// start takes an element of the file with all that is in it.
func (x *xmlReader) start(s xml.StartElement) error {
	name := s.Name.Local
	if !x.root {
		if name != "osm" {
			return syntax("XML: <" + name + ">")
		}
		x.root = true
		return nil
	}
	if name != "node" && name != "way" && name != "relation" || !strings.Contains(x.want, name[:1]) {
		if err := x.d.Skip(); err != nil {
			return x.fault(err)
		}
		return nil
	}
	e := &element{kind: name[0]}
	ok := readAttributes(e, s.Attr)
	for {
		t, err := x.d.Token()
		if err != nil {
			return x.fault(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			ok = readChild(e, t) && ok
		case xml.EndElement:
			if t.Name.Local != name {
				continue
			}
			if !ok {
				return syntax(fmt.Sprintf("XML, byte %d: <%s>", x.d.InputOffset(), name))
			}
			return x.do(e)
		}
	}
}

// readAttributes reads id and position.
func readAttributes(e *element, attributes []xml.Attr) bool {
	var err error
	var lon, lat float64
	var have [3]bool
	for _, a := range attributes {
		var one error
		switch a.Name.Local {
		case "id":
			e.id, one = strconv.ParseInt(a.Value, 10, 64)
			have[0] = true
		case "lon":
			lon, one = strconv.ParseFloat(a.Value, 64)
			have[1] = true
		case "lat":
			lat, one = strconv.ParseFloat(a.Value, 64)
			have[2] = true
		}
		err = errors.Join(err, one)
	}
	x, y := math.Round(lon*1e7), math.Round(lat*1e7)
	if !(math.Abs(x) <= math.MaxInt32) || !(math.Abs(y) <= math.MaxInt32) {
		return false
	}
	e.lon, e.lat = int32(x), int32(y)
	return err == nil && have[0] && (e.kind != nodeKind || have[1] && have[2])
}

// readChild reads a tag, a node of a way or a member of a relation.
func readChild(e *element, s xml.StartElement) bool {
	at := map[string]string{}
	for _, a := range s.Attr {
		at[a.Name.Local] = a.Value
	}
	switch s.Name.Local {
	case "tag":
		if e.tags == nil {
			e.tags = tags{}
		}
		e.tags[at["k"]] = at["v"]
	case "nd":
		ref, err := strconv.ParseInt(at["ref"], 10, 64)
		e.refs = append(e.refs, ref)
		return err == nil
	case "member":
		ref, err := strconv.ParseInt(at["ref"], 10, 64)
		if kind := at["type"]; kind == "node" || kind == "way" || kind == "relation" {
			e.members = append(e.members, member{kind: kind[0], ref: ref, role: at["role"]})
		}
		return err == nil
	}
	return true
}
