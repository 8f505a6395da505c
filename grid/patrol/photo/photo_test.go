package photo

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// picture is a picture in four colours, so that one sees which way up it is: red and green above, blue and white below.
func picture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2 && y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			case x >= w/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is what a camera writes into a JPEG.
type exif struct {
	orientation uint16
	taken       string
	offset      string
	at          *orb.Point
}

// in puts it behind the first mark of a JPEG.
func (e exif) in(data []byte) []byte {
	block := append([]byte("Exif\x00\x00"), e.tiff()...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(block)+2))
	return append(append(head, block...), data[2:]...)
}

type tag struct {
	id, kind uint16
	count    uint32
	value    []byte
}

func text(id uint16, s string) tag { return tag{id, 2, uint32(len(s) + 1), append([]byte(s), 0)} }

func long(id uint16, n uint32) tag { return tag{id, 4, 1, binary.BigEndian.AppendUint32(nil, n)} }

func degrees(id uint16, v float64) tag {
	var b []byte
	b = binary.BigEndian.AppendUint32(b, uint32(math.Round(math.Abs(v)*1e6)))
	b = binary.BigEndian.AppendUint32(b, 1e6)
	for range 2 {
		b = binary.BigEndian.AppendUint32(b, 0)
		b = binary.BigEndian.AppendUint32(b, 1)
	}
	return tag{id, 5, 3, b}
}

// table is a directory of tags that begins at a place of the block, with its values behind it.
func table(at int, tags ...tag) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(tags)))
	values, behind := []byte(nil), at+2+12*len(tags)+4
	for _, t := range tags {
		out = binary.BigEndian.AppendUint16(out, t.id)
		out = binary.BigEndian.AppendUint16(out, t.kind)
		out = binary.BigEndian.AppendUint32(out, t.count)
		if len(t.value) <= 4 {
			out = append(out, append(t.value, make([]byte, 4-len(t.value))...)...)
			continue
		}
		out = binary.BigEndian.AppendUint32(out, uint32(behind+len(values)))
		values = append(values, t.value...)
	}
	return append(append(out, 0, 0, 0, 0), values...)
}

func (e exif) tiff() []byte {
	const first, more, place = 8, 200, 500
	block := append([]byte("MM\x00\x2a"), 0, 0, 0, first)
	put := func(at int, part []byte) {
		block = append(block, make([]byte, max(0, at-len(block)))...)
		block = append(block, part...)
	}
	top := []tag{{0x112, 3, 1, binary.BigEndian.AppendUint16(nil, max(e.orientation, 1))}, long(0x8769, more)}
	if e.at != nil {
		top = append(top, long(0x8825, place))
	}
	put(first, table(first, top...))
	var list []tag
	if e.taken != "" {
		list = append(list, text(0x9003, e.taken))
	}
	if e.offset != "" {
		list = append(list, text(0x9011, e.offset))
	}
	put(more, table(more, list...))
	if e.at != nil {
		ns, ew := "N", "E"
		if e.at[1] < 0 {
			ns = "S"
		}
		if e.at[0] < 0 {
			ew = "W"
		}
		put(place, table(place, text(1, ns), degrees(2, e.at[1]), text(3, ew), degrees(4, e.at[0])))
	}
	return block
}

// heicOf is a HEIC that comes with the decoder.
func heicOf(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/heic").Output()
	if err != nil {
		t.Skip("the decoder's own photos are not here")
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", name))
	if err != nil {
		t.Skip("the decoder's own photos are not here")
	}
	return data
}

var (
	shanghai = time.FixedZone("CST", 8*3600)
	now      = time.Date(2026, 3, 4, 12, 0, 0, 0, shanghai)
)

func TestExamine(t *testing.T) {
	plain := jpegOf(t, picture(64, 48))
	at := orb.Point{120.0123, 36.2701}
	for name, c := range map[string]struct {
		data []byte
		want Info
	}{
		"jpeg":           {plain, Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1}},
		"png":            {pngOf(t, picture(64, 48)), Info{MediaType: PNG, Width: 64, Height: 48, Orientation: 1}},
		"turned":         {exif{orientation: 6}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 6}},
		"time and place": {exif{taken: "2026:03:04 09:08:07", at: &at}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, TakenAt: time.Date(2026, 3, 4, 9, 8, 7, 0, shanghai), At: &at}},
		"with a zone":    {exif{taken: "2026:03:04 01:08:07", offset: "+00:00"}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, TakenAt: time.Date(2026, 3, 4, 9, 8, 7, 0, shanghai)}},
		"south west":     {exif{at: &orb.Point{-70.5, -33.25}}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, At: &orb.Point{-70.5, -33.25}}},
		"0,0":            {exif{at: &orb.Point{}}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, Flags: []patrol.Flag{patrol.FlagZero}}},
		"beyond earth":   {exif{at: &orb.Point{190, 36}}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, Flags: []patrol.Flag{patrol.FlagZero}}},
		"2030":           {exif{taken: "2030:01:01 00:00:00"}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, TakenAt: time.Date(2030, 1, 1, 0, 0, 0, 0, shanghai), Flags: []patrol.Flag{patrol.FlagClock}}},
		"1980":           {exif{taken: "1980:01:01 00:00:00"}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, TakenAt: time.Date(1980, 1, 1, 0, 0, 0, 0, shanghai), Flags: []patrol.Flag{patrol.FlagClock}}},
		"no time":        {exif{taken: "0000:00:00 00:00:00"}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1, Flags: []patrol.Flag{patrol.FlagClock}}},
		"orientation 9":  {exif{orientation: 9}.in(plain), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1}},
		"heic":           {heicOf(t, "test8.heic"), Info{MediaType: HEIC, Width: 512, Height: 512, Orientation: 1}},
		"webp":           {webpOf(64, 48), Info{MediaType: WebP, Width: 64, Height: 48, Orientation: 1}},
		"a film behind":  {append(bytes.Clone(plain), "\x00\x00\x00\x18ftypmp42 some film"...), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1}},
		"another behind": {append(bytes.Clone(plain), plain...), Info{MediaType: JPEG, Width: 64, Height: 48, Orientation: 1}},
	} {
		got, err := Examine(c.data, now, shanghai)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, got, cmp.Comparer(time.Time.Equal), cmp.Comparer(near)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// bomb is a PNG that says that it is very large.
func bomb(w, h uint32) []byte {
	chunk := func(kind string, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		out = append(append(out, kind...), body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0)), chunk("IDAT", []byte{0x78, 0x9c}), chunk("IEND", nil)}, nil)
}

// webpOf is a WebP with the header of a lossy picture and nothing in it, on a canvas of one pixel.
func webpOf(w, h uint16) []byte {
	canvas := append([]byte("VP8X\x0a\x00\x00\x00"), make([]byte, 10)...)
	frame := append([]byte("VP8 \x0a\x00\x00\x00"), 0, 0, 0, 0x9d, 0x01, 0x2a)
	frame = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(frame, w), h)
	body := append(append([]byte("WEBP"), canvas...), frame...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func zipOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.Create("a"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefusals(t *testing.T) {
	plain := jpegOf(t, picture(640, 480))
	with := func(more string) []byte { return append(bytes.Clone(plain), more...) }
	comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 2 + 20}, "<?php echo 'hello' ?>"[:20]...)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":         {nil, Empty},
		"a script":        {[]byte("#!/bin/sh\nrm -rf /\n"), Unknown},
		"a page":          {[]byte("<!doctype html><script>alert(1)</script>"), Unknown},
		"a gif":           {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), Unknown},
		"a film":          {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x08mdat"), Unknown},
		"two bytes":       {[]byte("\xff\xd8"), Unknown},
		"a beginning":     {plain[:4], Truncated},
		"half":            {plain[:len(plain)/2], Truncated},
		"without its end": {plain[:len(plain)-2], Truncated},
		"half a png":      {pngOf(t, picture(64, 48))[:60], Truncated},
		"half a heic":     {heicOf(t, "test8.heic")[:9000], Truncated},
		"no picture":      {[]byte("\xff\xd8\xff\xd9"), Broken},
		"no frame":        {[]byte("\xff\xd8\xff\xda\x00\x02\x00\xff\xd9"), Broken},
		"a bomb":          {bomb(50_000, 50_000), TooLarge},
		"a huge bomb":     {bomb(1<<31-1, 1<<31-1), Broken},
		"no pixels":       {bomb(0, 10), Broken},
		"two headers":     {append(bomb(20_000, 20_000)[:33], bomb(10, 10)[8:]...), Broken},
		"half a webp":     {webpOf(10, 10)[:30], Truncated},
		"a webp of none":  {[]byte("RIFF\x04\x00\x00\x00WEBP"), Truncated},
		"a webp bomb":     {webpOf(16383, 16383), TooLarge},
		"a moving webp":   {[]byte("RIFF\x0c\x00\x00\x00WEBPANIM\x00\x00\x00\x00"), Animated},
		"with a zip":      {append(bytes.Clone(plain), zipOf(t)...), TwoKinds},
		"with a late zip": {append(with(strings.Repeat("x", 999)), zipOf(t)...), TwoKinds},
		"with a pdf":      {with("%PDF-1.4"), TwoKinds},
		"with a page":     {with("<html>"), TwoKinds},
		"with a script":   {with("xyz<SCRIPT>alert(1)</script>"), TwoKinds},
		"php within":      {append(comment, plain[2:]...), TwoKinds},
		"with a program":  {with("\x7fELF\x02\x01"), TwoKinds},
	} {
		_, err := Examine(c.data, now, shanghai)
		var got *Refusal
		if !errors.As(err, &got) || !errors.Is(err, ErrRefused) || got.Code != c.want || got.Zh == "" || got.En == "" {
			t.Errorf("%s: %v (%+v), want %s", name, err, got, c.want)
		}
		if got != nil && RefusalOf(got.Code).En != got.En {
			t.Errorf("%s: %s is told in another way when it is read again", name, got.Code)
		}
	}
	if RefusalOf("from the future").Code != Broken {
		t.Error("a refusal that nobody knows is not told")
	}
}

// Every start of a photo that ends before its end is refused, and so is nothing else of it.
func TestCutAnywhere(t *testing.T) {
	for _, whole := range [][]byte{jpegOf(t, picture(48, 32)), pngOf(t, picture(48, 32))} {
		if _, err := Examine(whole, now, shanghai); err != nil {
			t.Fatal(err)
		}
		for n := range len(whole) {
			if _, err := Examine(whole[:n], now, shanghai); !errors.Is(err, ErrRefused) {
				t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
			}
		}
	}
}

// FuzzExamine: whatever the bytes are, there is an answer; and what is accepted has a size within bounds.
func FuzzExamine(f *testing.F) {
	plain := jpegOf(f, picture(16, 16))
	at := orb.Point{120, 36}
	for _, seed := range [][]byte{nil, plain, exif{orientation: 3, taken: "2026:03:04 09:08:07", at: &at}.in(plain), pngOf(f, picture(16, 16)), bomb(1000, 1000),
		webpOf(30, 20), []byte("RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x0f\x00\x00............"), []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1\x00\x00\x00\x24meta\x00\x00\x00\x00\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02\x00")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Examine(data, now, shanghai)
		if err != nil {
			if !errors.Is(err, ErrRefused) {
				t.Fatalf("no refusal: %v", err)
			}
			return
		}
		if info.Width < 1 || info.Height < 1 || info.Width*info.Height > maxPixels || info.Orientation < 1 || info.Orientation > 8 {
			t.Fatalf("%+v", info)
		}
		if info.At != nil && (math.Abs(info.At[0]) > 180 || math.Abs(info.At[1]) > 90) {
			t.Fatalf("at %v", *info.At)
		}
		if info.Width*info.Height < 1<<16 {
			if _, err := Copy(data, info.Orientation, ThumbSide, nil, nil); err != nil && !errors.Is(err, ErrNoCopy) {
				t.Fatal(err)
			}
		}
	})
}
