package style

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// picture is one picture of the sprite, sized in units of the map: pixels at ratio 1.
type picture struct {
	name   string
	width  int
	height int
	shapes []shape
}

// Entry tells where a picture lies in the sheet, in pixels, as the MapLibre sprite index does.
type Entry struct {
	X          int `json:"x"`
	Y          int `json:"y"`
	Width      int `json:"width"`
	Height     int `json:"height"`
	PixelRatio int `json:"pixelRatio"`
}

// Sprite draws the sheet of a theme: the index and the PNG, ratio 1 or 2 pixels to a unit. All pictures stand in one row.
func Sprite(theme string, ratio int) (map[string]Entry, []byte, error) {
	flavour, ok := Flavours()[theme]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %q", ErrNoTheme, theme)
	}
	all := pictures()
	width, height := 0, 0
	for _, p := range all {
		width, height = width+p.width*ratio, max(height, p.height*ratio)
	}
	sheet := image.NewNRGBA(image.Rect(0, 0, width, height))
	index := make(map[string]Entry, len(all))
	x := 0
	for _, p := range all {
		at := image.Rect(x, 0, x+p.width*ratio, p.height*ratio)
		if err := paint(sheet, at, ratio, p.shapes, flavour); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		index[p.name] = Entry{X: x, Width: at.Dx(), Height: at.Dy(), PixelRatio: ratio}
		x = at.Max.X
	}
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, sheet); err != nil {
		return nil, nil, fmt.Errorf("style: sprite: %w", err)
	}
	return index, encoded.Bytes(), nil
}
