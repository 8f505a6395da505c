package photo

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// readHEIF walks over the boxes of the file. Their sizes must add up; the picture's size is that of the largest image it speaks of.
func readHEIF(data []byte) (l layout, code string) {
	if code := heifBrand(data); code != "" {
		return l, code
	}
	l = layout{mediaType: HEIC, perPixel: 8, end: len(data)}
	for at := 0; at < len(data); {
		kind, body, next := box(data, at)
		if next < 0 {
			return l, Truncated
		}
		if kind == "meta" {
			l.width, l.height = largestExtent(body)
		}
		at = next
	}
	if l.width == 0 {
		return l, Broken
	}
	return l, ""
}

// heifBrand looks at the brands: of a picture coded by HEVC.
func heifBrand(data []byte) string {
	kind, body, next := box(data, 0)
	if next < 0 || kind != "ftyp" || len(body) < 8 || len(body)%4 != 0 {
		return Truncated
	}
	pictures := []string{"heic", "heix", "heim", "heis"}
	for i := 0; i < len(body) && i < 256; i += 4 {
		if slices.Contains(pictures, string(body[i:i+4])) {
			return ""
		}
	}
	return Unknown
}

// box reads the head of a box; next is where the one after it begins, negative where it goes beyond the file.
func box(data []byte, at int) (kind string, body []byte, next int) {
	if len(data)-at < 8 {
		return "", nil, -1
	}
	size, head := uint64(binary.BigEndian.Uint32(data[at:])), 8
	kind = string(data[at+4 : at+8])
	switch size {
	case 0:
		size = uint64(len(data) - at)
	case 1:
		if len(data)-at < 16 {
			return "", nil, -1
		}
		size, head = binary.BigEndian.Uint64(data[at+8:]), 16
	}
	if size < uint64(head) || size > uint64(len(data)-at) {
		return "", nil, -1
	}
	return kind, data[at+head : at+int(size)], at + int(size)
}

// largestExtent is the largest of the sizes (ispe) in a meta box. A decoder may make a picture of any of them.
func largestExtent(meta []byte) (width, height int) {
	const name, length = "ispe", 20
	for at := 0; ; {
		i := bytes.Index(meta[at:], []byte(name))
		if i < 0 {
			return width, height
		}
		at += i
		if at >= 4 && len(meta)-at >= length-4 && binary.BigEndian.Uint32(meta[at-4:]) == length {
			if w, h := clip(binary.BigEndian.Uint32(meta[at+8:])), clip(binary.BigEndian.Uint32(meta[at+12:])); w*h > width*height {
				width, height = w, h
			}
		}
		at += len(name)
	}
}
