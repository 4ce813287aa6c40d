package report

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

func TestPictureCarriesItsCaption(t *testing.T) {
	t.Parallel()
	out, err := picture(screenshot(t, 800, 300, 0), []string{"URL: https://a.example/", "First seen: 2026-11-23T09:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	strip := img.Bounds().Dy() - 300
	white := 0
	for y := range strip {
		for x := range 800 {
			if (color.RGBAModel.Convert(img.At(x, y)) == color.RGBA{255, 255, 255, 255}) {
				white++
			}
		}
	}
	if img.Bounds().Dx() != 800 || strip < 40 || white < 1000 {
		t.Errorf("%v, strip of %d lines with %d white dots", img.Bounds(), strip, white)
	}
}

func TestPictureFitsIntoAMail(t *testing.T) {
	t.Parallel()
	shot := screenshot(t, 1366, 768, 0.9)
	if len(shot) <= pictureLimit {
		t.Fatalf("the test's own picture has %d bytes only", len(shot))
	}
	out, err := picture(shot, []string{"URL: https://a.example/"})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) > pictureLimit {
		t.Errorf("%d bytes", len(out))
	}
}

func TestPictureRefuses(t *testing.T) {
	t.Parallel()
	bomb := screenshot(t, 100, 100, 0)
	binary.BigEndian.PutUint32(bomb[16:], 60000) // width and height of the header chunk
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, tc := range map[string]struct {
		shot []byte
		says string
	}{
		"nothing":              {nil, "read screenshot"},
		"another format":       {[]byte("GIF89a......"), "read screenshot"},
		"a cut-off file":       {screenshot(t, 200, 100, 0.5)[:500], "read screenshot"},
		"a decompression bomb": {bomb, "60000 x 60000 pixels is too large"},
		"a dot":                {screenshot(t, 2, 2, 0), "too small"},
	} {
		if _, err := picture(tc.shot, []string{"x"}); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, tc.says)
		}
	}
}

func TestWrapCutsEndlessURLs(t *testing.T) {
	t.Parallel()
	got := wrap([]string{strings.Repeat("a", 5000), "time"}, 100)
	if len(got) != captionLines+1 || !strings.HasSuffix(got[captionLines-1], "...") || got[captionLines] != "time" {
		t.Errorf("%d lines: %q", len(got), got[len(got)-2:])
	}
}

func TestFontHoldsEveryCharacter(t *testing.T) {
	t.Parallel()
	if want := 2 * glyphWidth * int('~'-' '+1); len(glyphs) != want {
		t.Fatalf("%d hex digits, want %d", len(glyphs), want)
	}
	seen := map[string]rune{}
	for r := ' '; r <= '~'; r++ {
		g := glyphs[int(r-' ')*10:][:10]
		if other, ok := seen[g]; ok {
			t.Errorf("%q looks like %q", r, other)
		}
		seen[g] = r
	}
}
