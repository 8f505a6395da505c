package param

import (
	"encoding/base64"
	"hash/crc32"
)

// maxCursor bounds a cursor, in bytes as sent.
const maxCursor = 400

// Cursor makes the cursor that stands for the position after a key.
func Cursor(key string) string {
	sum := crc32.ChecksumIEEE([]byte(key))
	b := append([]byte{byte(sum >> 8), byte(sum)}, key...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Cursor reads a cursor and gives its key; it is empty where none was given. The two check bytes keep apart what was
// made here from what was made up or cut.
func (q *Query) Cursor(name string) string {
	s := q.values.Get(name)
	if !q.Has(name) {
		return ""
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(s) > maxCursor || len(b) <= 2 || !clean(string(b[2:])) || Cursor(string(b[2:])) != s {
		q.Fault(name, "不是本服务给出的游标", "is no cursor of this service")
		return ""
	}
	return string(b[2:])
}
