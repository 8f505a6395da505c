package photo

import (
	"image"
	"image/color"
	"io"
	"strings"
	"sync"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face writes watermarks. It is safe for concurrent use.
type Face struct {
	font *sfnt.Font
	cjk  bool
	mu   sync.Mutex // of font: glyphs are read one at a time
}

// NewFace reads a font, or the simplified Chinese face of a collection, which stays open. It is an error where it has no 网 in it.
func NewFace(r io.ReaderAt) (*Face, error) {
	all, err := opentype.ParseCollectionReaderAt(r)
	if err != nil {
		return nil, err
	}
	var chosen *sfnt.Font
	for i := range all.NumFonts() {
		f, err := all.Font(i)
		if err != nil {
			return nil, err
		}
		var b sfnt.Buffer
		if glyph, err := f.GlyphIndex(&b, '网'); err != nil || glyph == 0 {
			continue
		}
		name, _ := f.Name(&b, sfnt.NameIDFull)
		if chosen == nil || strings.HasSuffix(name, " SC") && !strings.Contains(name, "Mono") {
			chosen = f
		}
		if strings.HasSuffix(name, " SC") && !strings.Contains(name, "Mono") {
			break
		}
	}
	if chosen == nil {
		return nil, sfnt.ErrNotFound
	}
	return &Face{font: chosen, cjk: true}, nil
}

// PlainFace writes ASCII and nothing else: for machines without a CJK font.
func PlainFace() (*Face, error) {
	f, err := opentype.Parse(goregular.TTF)
	return &Face{font: f}, err
}

// Chinese tells whether it writes Chinese.
func (f *Face) Chinese() bool { return f.cjk }

// Bounds of a watermark.
const (
	maxMarkLines = 12
	minMarkPx    = 11
)

// mark writes lines on a dark strip at the foot of a picture.
func (f *Face) mark(img *image.RGBA, lines []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	size := max(float64(max(img.Rect.Dx(), img.Rect.Dy()))/56, minMarkPx)
	face, err := opentype.NewFace(f.font, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return err
	}
	defer func() { _ = face.Close() }() // has nothing to close
	pad := int(size * 0.7)
	var rows []string
	for _, line := range lines {
		rows = append(rows, f.wrap(face, line, img.Rect.Dx()-2*pad)...)
	}
	rows = rows[:min(len(rows), maxMarkLines)]
	step := int(size * 1.4)
	strip := image.Rect(0, img.Rect.Max.Y-len(rows)*step-pad, img.Rect.Max.X, img.Rect.Max.Y)
	draw.Draw(img, strip, image.NewUniform(color.RGBA{A: 0x90}), image.Point{}, draw.Over)
	pen := font.Drawer{Dst: img, Src: image.White, Face: face}
	for i, row := range rows {
		pen.Dot = fixed.P(pad, strip.Min.Y+pad/2+i*step+int(size))
		pen.DrawString(row)
	}
	return nil
}

// wrap breaks a line where it grows wider than the picture.
func (f *Face) wrap(face font.Face, line string, width int) (rows []string) {
	from, wide := 0, fixed.Int26_6(0)
	line = f.writable(line)
	for i, r := range line {
		advance, _ := face.GlyphAdvance(r)
		if wide += advance; wide > fixed.I(width) && i > from {
			rows, from, wide = append(rows, line[from:i]), i, advance
		}
	}
	if line[from:] != "" {
		rows = append(rows, line[from:])
	}
	return rows
}

// writable is what a face can write of a line.
func (f *Face) writable(line string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || !f.cjk && r > '~' {
			return ' '
		}
		return r
	}, line)), " ")
}
