package ogc

import (
	"encoding/base64"

	"wangge/api/param"
)

// writeCursor makes the cursor of the record fit for an address.
func writeCursor(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// readCursor reads it back; nil where none is given. Whether it fits the order is known to who made it.
func readCursor(q *param.Query) []byte {
	if !q.Has("cursor") {
		return nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.Text("cursor", maxCursor))
	if err != nil || len(b) == 0 {
		q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		return nil
	}
	return b
}
