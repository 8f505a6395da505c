package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/gen2brain/heic"
	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// ErrNoCopy says that no copy can be made of a photo: the decoder cannot read it, or not in bounded memory. The original is kept all the same.
var ErrNoCopy = errors.New("no copy of this photo can be made")

// Longest sides of copies, in pixels.
const (
	ShownSide = 1600
	ThumbSide = 320
)

// Bounds of one decoded photo.
const (
	maxDecodedBytes = 400_000_000
	maxScans        = 100 // cameras and programs make about ten; a file of 20 MB has room for half a million, each as long as the first
)

// Copy makes the copy of a photo that is shown: no longer than side, turned by the EXIF orientation, with lines of a watermark, as a JPEG without
// metadata. nil lines for none. The error is an ErrNoCopy. It takes up to 400 MB for a while: bound how many run at once.
func Copy(data []byte, orientation, side int, lines []string, face *Face) ([]byte, error) {
	l, code := read(data)
	switch {
	case code != "":
		return nil, fmt.Errorf("%w: %w", ErrNoCopy, RefusalOf(code))
	case l.width*l.height > maxPixels || l.width*l.height*l.perPixel > maxDecodedBytes:
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrNoCopy, l.width, l.height)
	case l.scans > maxScans:
		return nil, fmt.Errorf("%w: %d scans", ErrNoCopy, l.scans)
	}
	full, err := decode(data, l.mediaType)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCopy, err)
	}
	small := turn(shrink(full, side), orientation)
	if len(lines) > 0 {
		if err := face.mark(small, lines); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 82}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// decode reads the pixels. A decoder that panics over what it is given has not read them.
func decode(data []byte, mediaType string) (img image.Image, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("decoder: %v", cause)
		}
	}()
	r := bytes.NewReader(data)
	switch mediaType {
	case JPEG:
		img, err = jpeg.Decode(r)
	case PNG:
		img, err = png.Decode(r)
	case WebP:
		img, err = webp.Decode(r)
	case HEIC:
		img, err = heic.Decode(r)
	default:
		return nil, errors.New("no decoder")
	}
	if err == nil && (img.Bounds().Dx() < 1 || img.Bounds().Dy() < 1) {
		err = errors.New("no pixels")
	}
	return img, err
}

// shrink draws a picture on white, no longer than side. What a camera writes is averaged over blocks first, which is ten times as fast.
func shrink(img image.Image, side int) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	long := max(w, h)
	if long > side {
		w, h = max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	var scaler draw.Scaler = draw.BiLinear
	if camera, ok := img.(*image.YCbCr); ok {
		img, scaler = average(camera, max(1, long/side)), draw.ApproxBiLinear // the rest is less than a half
	}
	scaler.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// average makes one pixel of every k by k; a picture that is not k high or wide has one all the same.
func average(img *image.YCbCr, k int) image.Image {
	if k < 2 {
		return img
	}
	b := img.Rect
	out := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/k), max(1, b.Dy()/k)))
	for y := range out.Rect.Max.Y {
		for x := range out.Rect.Max.X {
			block := image.Rect(b.Min.X+x*k, b.Min.Y+y*k, b.Min.X+(x+1)*k, b.Min.Y+(y+1)*k).Intersect(b)
			r, g, bl := color.YCbCrToRGB(meanOf(img, block))
			copy(out.Pix[out.PixOffset(x, y):], []byte{r, g, bl, 255})
		}
	}
	return out
}

// meanOf is the mean colour of a block. The two colours are taken from every other row and column: most cameras keep no more of them.
func meanOf(img *image.YCbCr, block image.Rectangle) (y, cb, cr uint8) {
	var sumY, sumB, sumR, n, m int
	for py := block.Min.Y; py < block.Max.Y; py++ {
		at := img.YOffset(block.Min.X, py)
		for _, v := range img.Y[at : at+block.Dx()] {
			sumY += int(v)
		}
		n += block.Dx()
		if (py-block.Min.Y)%2 != 0 {
			continue
		}
		for px := block.Min.X; px < block.Max.X; px += 2 {
			c := img.COffset(px, py)
			sumB += int(img.Cb[c])
			sumR += int(img.Cr[c])
			m++
		}
	}
	return uint8(sumY / n), uint8(sumB / m), uint8(sumR / m)
}

// turn gives a picture the way up that its EXIF orientation says: 1 as it is, 2 mirrored, 3 upside down, 4 both, 5 to 8 on its side.
func turn(img *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	tw, th := w, h
	if orientation > 4 {
		tw, th = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			sx, sy := source(orientation, x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[img.PixOffset(sx, sy):][:4])
		}
	}
	return out
}

// source is the pixel of a picture w by h that comes to x, y when it is turned.
func source(orientation, x, y, w, h int) (sx, sy int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
