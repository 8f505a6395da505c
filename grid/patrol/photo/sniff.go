package photo

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// Media types of photos.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	HEIC = "image/heic"
)

// Info is what the bytes of a photo say.
type Info struct {
	MediaType     string
	Width, Height int       // in pixels, before it is turned
	Orientation   int       // of EXIF, 1 to 8; 1 where the format turns pictures itself
	TakenAt       time.Time // zero for unknown
	At            *orb.Point
	Flags         []patrol.Flag
}

// maxPixels bounds a photo by its header.
const maxPixels = 100_000_000

// layout is how a format is built, as far as it matters before decoding.
type layout struct {
	mediaType     string
	width, height int
	perPixel      int // bytes of memory that decoding takes
	scans         int // of a JPEG: how often decoding goes over the pixels
	end           int // of the picture in the file: what follows is something else
}

// Examine looks at the bytes of a photo. zone is the city's: EXIF seldom says its own. The error is a *Refusal.
func Examine(data []byte, now time.Time, zone *time.Location) (Info, error) {
	l, code := read(data)
	if code == "" {
		code = l.judge(data)
	}
	if code != "" {
		return Info{}, RefusalOf(code)
	}
	info := Info{MediaType: l.mediaType, Width: l.width, Height: l.height, Orientation: 1}
	info.readEXIF(data, now, zone)
	return info, nil
}

// read walks over a file by its kind. It gives the code of a refusal, or "".
func read(data []byte) (layout, string) {
	switch {
	case len(data) == 0:
		return layout{}, Empty
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return readJPEG(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return readPNG(data)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return readWebP(data)
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		return readHEIF(data)
	}
	return layout{}, Unknown
}

// judge holds a picture against the bounds, and looks for what should not be in its file.
func (l layout) judge(data []byte) string {
	switch {
	case l.width <= 0 || l.height <= 0 || l.width > 1<<16 || l.height > 1<<16:
		return Broken
	case l.width*l.height > maxPixels:
		return TooLarge
	case hides(data, l.end):
		return TwoKinds
	}
	return ""
}

// readPNG walks over the chunks.
func readPNG(data []byte) (l layout, code string) {
	const frame = 12 // length, type and checksum of a chunk
	for at := 8; ; {
		if len(data)-at < frame {
			return l, Truncated
		}
		size, kind := uint64(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if size > uint64(len(data)-at-frame) {
			return l, Truncated
		}
		body := data[at+8 : at+8+int(size)]
		at += frame + int(size)
		switch {
		case (l.mediaType == "") != (kind == "IHDR") || kind == "IHDR" && len(body) != 13:
			return l, Broken
		case kind == "IHDR":
			l = layout{mediaType: PNG, width: clip(binary.BigEndian.Uint32(body)), height: clip(binary.BigEndian.Uint32(body[4:])), perPixel: 4}
			if body[8] == 16 {
				l.perPixel = 8
			}
		case kind == "acTL":
			return l, Animated
		case kind == "IEND":
			l.end = at
			return l, ""
		}
	}
}

// clip makes what is far too much a number that can be multiplied.
func clip(n uint32) int { return int(min(n, 1<<20)) }

// readWebP walks over the chunks of the container. The size is the largest of what the canvas and the pictures say: a decoder believes either.
func readWebP(data []byte) (l layout, code string) {
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > uint64(len(data)) {
		return l, Truncated
	}
	l, seen := layout{mediaType: WebP, perPixel: 4, end: int(size)}, false
	for at := 12; at < l.end; {
		if l.end-at < 8 {
			return l, Truncated
		}
		kind, n := string(data[at:at+4]), uint64(binary.LittleEndian.Uint32(data[at+4:]))
		if n > uint64(l.end-at-8) {
			return l, Truncated
		}
		body := data[at+8 : at+8+int(n)]
		w, h := 0, 0
		switch {
		case kind == "ANIM" || kind == "ANMF":
			return l, Animated
		case kind == "VP8X" && len(body) >= 10:
			w, h = uint24(body[4:])+1, uint24(body[7:])+1
		case kind == "VP8L" && len(body) >= 5:
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		case kind == "VP8 " && len(body) >= 10:
			w, h = int(binary.LittleEndian.Uint16(body[6:])&0x3fff), int(binary.LittleEndian.Uint16(body[8:])&0x3fff)
		}
		if l.width, l.height = max(l.width, w), max(l.height, h); kind == "VP8 " || kind == "VP8L" {
			seen = true
		}
		at += 8 + int(n+n%2)
	}
	if !seen {
		return l, Truncated
	}
	return l, ""
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
