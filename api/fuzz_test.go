package api

import (
	"errors"
	"fmt"
	"testing"

	"wangge/api/param"
)

// An address is read as exactly the tile it spells, or it is the caller's fault.
func FuzzParseAddr(f *testing.F) {
	for _, a := range [][3]string{{"0", "0", "0"}, {"18", "262143", "262143"}, {"19", "0", "0"}, {"-1", "0", "0"}, {"3", "8", "-1"}, {"01", "1.5", "\x00"}} {
		f.Add(a[0], a[1], a[2])
	}
	f.Fuzz(func(t *testing.T, z, x, y string) {
		addr, err := parseAddr(z, x, y)
		if err == nil {
			if got := fmt.Sprintf("%d/%d/%d", addr.Z, addr.X, addr.Y); got != z+"/"+x+"/"+y || !addr.Valid() || addr.Z > deepestZoom {
				t.Errorf("%s/%s/%s became %s", z, x, y, got)
			}
			return
		}
		var faults param.Faults
		if !errors.As(err, &faults) && !errors.Is(err, errZoom) {
			t.Errorf("%q/%q/%q: %v", z, x, y, err)
		}
	})
}

// An id of the caller's is kept only where it is safe on a log line and in a header.
func FuzzSaneID(f *testing.F) {
	f.Add("abc-1")
	f.Add("a\r\nSet-Cookie: x")
	f.Fuzz(func(t *testing.T, id string) {
		if saneID(id) != (len(id) >= 1 && len(id) <= 64 && plainText(id)) {
			t.Errorf("%q", id)
		}
	})
}

func plainText(s string) bool {
	for _, r := range s {
		if sane := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'; !sane {
			return false
		}
	}
	return true
}
