package style

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// path is a closed outline in the units of a picture, drawn with the non-zero rule: a part that turns the other way is a hole.
type path func(pen *pen)

// shape is a path in a colour of the flavour.
type shape struct {
	colour string
	paths  []path
}

// pen draws outlines scaled to pixels.
type pen struct {
	raster *vector.Rasterizer
	scale  float32
}

func (p *pen) move(x, y float64) { p.raster.MoveTo(float32(x)*p.scale, float32(y)*p.scale) }
func (p *pen) line(x, y float64) { p.raster.LineTo(float32(x)*p.scale, float32(y)*p.scale) }
func (p *pen) cube(ax, ay, bx, by, x, y float64) {
	s := p.scale
	p.raster.CubeTo(float32(ax)*s, float32(ay)*s, float32(bx)*s, float32(by)*s, float32(x)*s, float32(y)*s)
}

// polygon joins points by straight lines.
func polygon(xy ...float64) path {
	return func(p *pen) {
		p.move(xy[0], xy[1])
		for i := 2; i < len(xy); i += 2 {
			p.line(xy[i], xy[i+1])
		}
		p.raster.ClosePath()
	}
}

// arcHandle is how far the handles of a cubic curve stand from its ends so that it looks like a quarter of a circle.
const arcHandle = 0.5522847498

// disc is a full circle; a negative radius turns the other way and makes a hole.
func disc(x, y, radius float64) path {
	return func(p *pen) {
		ry := math.Abs(radius)
		rx := radius
		hx, hy := rx*arcHandle, ry*arcHandle
		p.move(x+rx, y)
		p.cube(x+rx, y+hy, x+hx, y+ry, x, y+ry)
		p.cube(x-hx, y+ry, x-rx, y+hy, x-rx, y)
		p.cube(x-rx, y-hy, x-hx, y-ry, x, y-ry)
		p.cube(x+hx, y-ry, x+rx, y-hy, x+rx, y)
		p.raster.ClosePath()
	}
}

// box is a rectangle with round corners.
func box(left, top, right, bottom, radius float64) path {
	return func(p *pen) {
		h := radius * (1 - arcHandle)
		p.move(left+radius, top)
		p.line(right-radius, top)
		p.cube(right-h, top, right, top+h, right, top+radius)
		p.line(right, bottom-radius)
		p.cube(right, bottom-h, right-h, bottom, right-radius, bottom)
		p.line(left+radius, bottom)
		p.cube(left+h, bottom, left, bottom-h, left, bottom-radius)
		p.line(left, top+radius)
		p.cube(left, top+h, left+h, top, left+radius, top)
		p.raster.ClosePath()
	}
}

// stroke is a straight bar of a width between two points.
func stroke(x1, y1, x2, y2, width float64) path {
	length := math.Hypot(x2-x1, y2-y1)
	dx, dy := (y2-y1)/length*width/2, -(x2-x1)/length*width/2
	return polygon(x1+dx, y1+dy, x2+dx, y2+dy, x2-dx, y2-dy, x1-dx, y1-dy)
}

// paint draws shapes over one another into a part of a picture, ratio pixels to a unit.
func paint(target draw.Image, at image.Rectangle, ratio int, shapes []shape, flavour Flavour) error {
	for _, s := range shapes {
		colour, err := flavour.rgba(s.colour)
		if err != nil {
			return err
		}
		raster := vector.NewRasterizer(at.Dx(), at.Dy())
		p := &pen{raster: raster, scale: float32(ratio)}
		for _, outline := range s.paths {
			outline(p)
		}
		raster.Draw(target, at, image.NewUniform(colour), image.Point{})
	}
	return nil
}
