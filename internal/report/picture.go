package report

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/png"
)

const (
	pictureLimit  = 1 << 20  // bytes: desks refuse larger mails, and two copies travel in each
	pictureDots   = 40 << 20 // pixels that are decoded at all
	captionScale  = 2
	captionMargin = 6 // pixels
	captionLines  = 8 // a URL that needs more is cut; report.txt has it whole
)

// picture puts a caption strip with the given lines above a PNG screenshot, and re-encodes
// it until it has at most pictureLimit bytes: with fewer colours, then at half the size.
func picture(screenshot []byte, lines []string) ([]byte, error) {
	head, err := png.DecodeConfig(bytes.NewReader(screenshot))
	if err != nil {
		return nil, fmt.Errorf("read screenshot: %w", err)
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > pictureDots/head.Height {
		return nil, fmt.Errorf("read screenshot: %d x %d pixels is too large", head.Width, head.Height)
	}
	img, err := png.Decode(bytes.NewReader(screenshot))
	if err != nil {
		return nil, fmt.Errorf("read screenshot: %w", err)
	}
	for img.Bounds().Dx() > 80 {
		shown, err := caption(img, lines)
		if err != nil {
			return nil, err
		}
		for _, try := range []image.Image{shown, fewColours(shown)} {
			var out bytes.Buffer
			if err := png.Encode(&out, try); err != nil {
				return nil, fmt.Errorf("encode picture: %w", err)
			}
			if out.Len() <= pictureLimit {
				return out.Bytes(), nil
			}
		}
		img = half(shown.SubImage(image.Rect(0, shown.Bounds().Dy()-img.Bounds().Dy(), shown.Bounds().Dx(), shown.Bounds().Dy())))
	}
	return nil, errors.New("screenshot is too small to be read, or does not fit into a mail")
}

// caption draws the lines, wrapped to the picture's width, on a dark strip above it.
func caption(img image.Image, lines []string) (*image.RGBA, error) {
	width := img.Bounds().Dx()
	lines = wrap(lines, max(10, (width-2*captionMargin)/(glyphAdvance*captionScale)))
	const lineHeight = (glyphHeight + 3) * captionScale
	strip := 2*captionMargin + len(lines)*lineHeight
	out := image.NewRGBA(image.Rect(0, 0, width, strip+img.Bounds().Dy()))
	draw.Draw(out, image.Rect(0, 0, width, strip), image.NewUniform(color.RGBA{0x20, 0x20, 0x28, 0xff}), image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(0, strip, width, out.Bounds().Dy()), image.White, image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(0, strip, width, out.Bounds().Dy()), img, img.Bounds().Min, draw.Over)
	for i, l := range lines {
		if err := write(out, captionMargin, captionMargin+i*lineHeight, captionScale, color.White, l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// wrap cuts lines to at most width characters; a line that fills more than its share of
// the strip is cut short.
func wrap(lines []string, width int) []string {
	var out []string
	for _, l := range lines {
		for n := 0; l != ""; n++ {
			if n == captionLines-1 && len(l) > width {
				out = append(out, l[:width-3]+"...")
				break
			}
			cut := min(width, len(l))
			out, l = append(out, l[:cut]), l[cut:]
		}
	}
	return out
}

// fewColours maps a picture to the 216 colours of palette.WebSafe.
func fewColours(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Bounds(), palette.WebSafe)
	step := func(v uint8) uint8 { return uint8((int(v) + 25) / 51) }
	for i := range out.Pix {
		p := img.Pix[4*i : 4*i+3]
		out.Pix[i] = 36*step(p[0]) + 6*step(p[1]) + step(p[2])
	}
	return out
}

// half shrinks a picture to half its width and height, each pixel the mean of four.
func half(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			var sum [3]uint32
			for i := range 4 {
				r, g, bl, _ := img.At(b.Min.X+2*x+i%2, b.Min.Y+2*y+i/2).RGBA()
				sum[0], sum[1], sum[2] = sum[0]+r, sum[1]+g, sum[2]+bl
			}
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] >> 10), uint8(sum[1] >> 10), uint8(sum[2] >> 10), 0xff})
		}
	}
	return out
}
