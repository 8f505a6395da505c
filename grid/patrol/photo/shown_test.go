package photo

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// colours are those of the four corners of a picture, by name: above, then below.
func colours(img image.Image) (names string) {
	b := img.Bounds()
	for _, p := range []image.Point{{b.Dx() / 4, b.Dy() / 4}, {3 * b.Dx() / 4, b.Dy() / 4}, {b.Dx() / 4, 3 * b.Dy() / 4}, {3 * b.Dx() / 4, 3 * b.Dy() / 4}} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000 && bl > 0xc000:
			names += "w"
		case r > 0xc000:
			names += "r"
		case g > 0xc000:
			names += "g"
		case bl > 0xc000:
			names += "b"
		default:
			names += "?"
		}
	}
	return names
}

func decoded(t testing.TB, data []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// A phone writes the picture as the sensor has it, and how to turn it: after turning, red is above on the left, whatever the orientation.
func TestCopiesStandUpright(t *testing.T) {
	upright := picture(64, 48)
	for orientation := 1; orientation <= 8; orientation++ {
		w, h := 64, 48
		if orientation > 4 {
			w, h = h, w
		}
		sensor := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range 48 {
			for x := range 64 {
				sx, sy := source(orientation, x, y, w, h)
				sensor.Set(sx, sy, upright.At(x, y))
			}
		}
		made, err := Copy(jpegOf(t, sensor), orientation, ShownSide, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		img := decoded(t, made)
		if got := colours(img); got != "rgbw" || img.Bounds().Dx() != 64 || img.Bounds().Dy() != 48 {
			t.Errorf("orientation %d: %s %v", orientation, got, img.Bounds())
		}
	}
	// By EXIF, 6 is a phone held upright: the sensor's top is on the right.
	made, err := Copy(jpegOf(t, picture(64, 48)), 6, ShownSide, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := colours(decoded(t, made)); got != "brwg" {
		t.Errorf("turned by 6: %s", got)
	}
}

func TestCopiesAreBounded(t *testing.T) {
	for _, c := range []struct{ w, h, side, wantW, wantH int }{
		{2000, 1500, ShownSide, 1600, 1200}, {900, 1200, ThumbSide, 240, 320}, {1000, 750, ThumbSide, 320, 240}, {100, 50, ShownSide, 100, 50}, {4000, 1, ThumbSide, 320, 1},
	} {
		data := exif{orientation: 1, taken: "2026:01:01 00:00:00"}.in(jpegOf(t, picture(c.w, c.h)))
		made, err := Copy(data, 1, c.side, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b := decoded(t, made).Bounds(); b.Dx() != c.wantW || b.Dy() != c.wantH {
			t.Errorf("%d × %d within %d: %v", c.w, c.h, c.side, b)
		}
		if bytes.Contains(made, []byte("Exif")) {
			t.Error("the copy has EXIF")
		}
	}
	if _, err := Copy(bomb(900, 900), 1, ThumbSide, nil, nil); !errors.Is(err, ErrNoCopy) {
		t.Errorf("a bomb: %v", err)
	}
	large := jpegOf(t, picture(16, 16))
	if i := bytes.Index(large, []byte{0xff, 0xc0}); i > 0 {
		copy(large[i+5:], []byte{0x04, 0, 0x04, 0}) // 1,024 × 1,024
		if _, err := Copy(large, 1, ThumbSide, nil, nil); !errors.Is(err, ErrNoCopy) {
			t.Errorf("without its data: %v", err)
		}
	}
}

// chineseFace is the font of the machine.
func chineseFace(t testing.TB) *Face {
	t.Helper()
	list, _ := filepath.Glob("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
	if len(list) == 0 {
		t.Skip("this machine has no CJK font: install fonts-noto-cjk")
	}
	file, err := os.Open(list[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	face, err := NewFace(file)
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// inked counts the light pixels of a strip at the foot.
func inked(img image.Image) (n int) {
	b := img.Bounds()
	for y := b.Max.Y * 3 / 4; y < b.Max.Y; y++ {
		for x := range b.Max.X {
			if c := color.GrayModel.Convert(img.At(x, y)).(color.Gray); c.Y > 200 {
				n++
			}
		}
	}
	return n
}

func TestWatermark(t *testing.T) {
	black := image.NewRGBA(image.Rect(0, 0, 1000, 750))
	for i := 3; i < len(black.Pix); i += 4 {
		black.Pix[i] = 255
	}
	data := jpegOf(t, black)
	lines := []string{"2026-03-04 09:08:07", "胶州市 阜安街道 云溪社区", "网格 Z-01", "王小明"}
	plain, err := PlainFace()
	if err != nil {
		t.Fatal(err)
	}
	ink := map[string]int{}
	for name, c := range map[string]struct {
		face  *Face
		lines []string
	}{"none": {plain, nil}, "ascii": {plain, lines}, "only ascii": {plain, []string{lines[0], "Z-01"}}, "chinese": {chineseFace(t), lines}} {
		made, err := Copy(data, 1, ShownSide, c.lines, c.face)
		if err != nil {
			t.Fatal(err)
		}
		ink[name] = inked(decoded(t, made))
	}
	if ink["none"] != 0 || ink["ascii"] == 0 || ink["ascii"] != ink["only ascii"] || ink["chinese"] < 2*ink["ascii"] {
		t.Errorf("light pixels: %v", ink)
	}
	if long, err := Copy(jpegOf(t, picture(40, 30)), 1, ShownSide, []string{string(bytes.Repeat([]byte("网格"), 300)), "\x00\n"}, chineseFace(t)); err != nil || len(long) == 0 {
		t.Errorf("more than fits: %v", err)
	}
}

func TestHEICIsShown(t *testing.T) {
	made, err := Copy(heicOf(t, "test8.heic"), 1, ThumbSide, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b := decoded(t, made).Bounds(); b.Dx() != 320 || b.Dy() != 320 {
		t.Errorf("%v", b)
	}
}

func BenchmarkCopy(b *testing.B) {
	data, face := jpegOf(b, picture(4000, 3000)), chineseFace(b)
	for b.Loop() {
		if _, err := Copy(data, 1, ShownSide, []string{"2026-03-04 09:08:07", "胶州市 阜安街道 云溪社区"}, face); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExamine(b *testing.B) {
	data := jpegOf(b, picture(4000, 3000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Examine(data, now, shanghai); err != nil {
			b.Fatal(err)
		}
	}
}
