package ingest

import (
	"bytes"
	"testing"
)

// FuzzDBF: whatever a file holds, it has one of two charsets, and nothing breaks.
func FuzzDBF(f *testing.F) {
	head := append(make([]byte, 32), append([]byte("NAME\x00\x00\x00\x00\x00\x00\x00C\x00\x00\x00\x00\x06"), make([]byte, 15)...)...)
	head[8], head[10] = 65, 7
	file := append(append(head, 0x0d), " \xb4\xf3\xcd\xac\xc9\xe7"...) // 大同社 in GBK
	f.Add(file)
	f.Add(file[:40])
	if got, err := dbfCharset(bytes.NewReader(file)); err != nil || got != CharsetGBK {
		f.Errorf("GBK is %s, %v", got, err)
	}
	cut := append(append(head[:64:64], 0x0d), " a大\xe5\x90"...)
	if got, err := dbfCharset(bytes.NewReader(cut)); err != nil || got != CharsetUTF8 {
		f.Errorf("UTF-8, cut in a character, is %s, %v", got, err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := dbfCharset(bytes.NewReader(b))
		if err != nil || got != CharsetUTF8 && got != CharsetGBK {
			t.Errorf("%s %v", got, err)
		}
	})
}
