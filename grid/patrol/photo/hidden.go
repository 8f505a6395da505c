package photo

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// hides tells whether a file is something else besides a picture that ends at a place.
func hides(data []byte, end int) bool {
	rest := bytes.TrimLeft(data[end:], "\x00\r\n\t ")
	for _, magic := range []string{"PK\x03\x04", "Rar!", "7z\xbc\xaf\x27\x1c", "%PDF-", "MZ", "\x7fELF", "#!", "<"} {
		if bytes.HasPrefix(rest, []byte(magic)) {
			return true
		}
	}
	return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) || endsAsZip(data) || hasScript(data)
}

// endsAsZip tells whether a program would open the file as an archive: these are read from their end.
func endsAsZip(data []byte) bool {
	const record = 22
	tail := data[max(0, len(data)-record-1<<16):]
	for {
		i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
		if i < 0 {
			return false
		}
		if len(tail)-i >= record && int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail)-i-record {
			return true
		}
		tail = tail[:i]
	}
}

// hasScript tells whether a browser or a server could find a script in the file. The words are long enough not to come about by chance.
func hasScript(data []byte) bool {
	for {
		i := bytes.IndexByte(data, '<')
		if i < 0 {
			return false
		}
		data = data[i+1:]
		for _, word := range []string{"script>", "script ", "?php ", "?php\n", "?php\r", "!doctype ", "iframe "} {
			if len(data) >= len(word) && data[0]|0x20 == word[0]|0x20 && strings.EqualFold(string(data[:len(word)]), word) {
				return true
			}
		}
	}
}
