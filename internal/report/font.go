package report

import (
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
)

// The caption's letters are 5 columns of 7 dots, the classic shape of character displays.
const (
	glyphWidth   = 5
	glyphHeight  = 7
	glyphAdvance = 6
)

// glyphs holds ASCII 0x20 to 0x7e in order, five bytes each: one a column from the left,
// whose lowest bit is the top dot.
const glyphs = "" +
	"0000000000" + "00005f0000" + "0007000700" + "147f147f14" + "242a7f2a12" + "2313086462" + "3649562050" + "0005030000" + // space ! " # $ % & '
	"001c224100" + "0041221c00" + "2a1c7f1c2a" + "08083e0808" + "0050300000" + "0808080808" + "0060600000" + "2010080402" + // ( ) * + , - . /
	"3e5149453e" + "00427f4000" + "4261514946" + "2141454b31" + "1814127f10" + "2745454539" + "3c4a494930" + "0171090503" + // 0 1 2 3 4 5 6 7
	"3649494936" + "064949291e" + "0036360000" + "0056360000" + "0814224100" + "1414141414" + "0041221408" + "0201510906" + // 8 9 : ; < = > ?
	"324979413e" + "7e1111117e" + "7f49494936" + "3e41414122" + "7f4141221c" + "7f49494941" + "7f09090901" + "3e4149497a" + // @ A B C D E F G
	"7f0808087f" + "00417f4100" + "2040413f01" + "7f08142241" + "7f40404040" + "7f020c027f" + "7f0408107f" + "3e4141413e" + // H I J K L M N O
	"7f09090906" + "3e4151215e" + "7f09192946" + "4649494931" + "01017f0101" + "3f4040403f" + "1f2040201f" + "3f4038403f" + // P Q R S T U V W
	"6314081463" + "0708700807" + "6151494543" + "007f414100" + "0204081020" + "0041417f00" + "0402010204" + "4040404040" + // X Y Z [ \ ] ^ _
	"0001020400" + "2054545478" + "7f48444438" + "3844444420" + "384444487f" + "3854545418" + "087e090102" + "0c5252523e" + // ` a b c d e f g
	"7f08040478" + "00447d4000" + "2040443d00" + "7f10284400" + "00417f4000" + "7c04180478" + "7c08040478" + "3844444438" + // h i j k l m n o
	"7c14141408" + "081414187c" + "7c08040408" + "4854545420" + "043f444020" + "3c4040207c" + "1c2040201c" + "3c4030403c" + // p q r s t u v w
	"4428102844" + "0c5050503c" + "4464544c44" + "0008364100" + "00007f0000" + "0041360800" + "1008081008" // x y z { | } ~

// write draws a line of ASCII with its top left corner at (x, y), each dot scale pixels
// wide. Other characters show as a question mark.
func write(img *image.RGBA, x, y, scale int, ink color.Color, line string) error {
	columns, err := hex.DecodeString(glyphs)
	if err != nil {
		return fmt.Errorf("read caption font: %w", err)
	}
	for _, r := range line {
		if r < ' ' || r > '~' {
			r = '?'
		}
		at := int(r-' ') * glyphWidth
		for col, bits := range columns[at : at+glyphWidth] {
			for row := range glyphHeight + 1 {
				if bits>>row&1 == 1 {
					dot(img, x+col*scale, y+row*scale, scale, ink)
				}
			}
		}
		x += glyphAdvance * scale
	}
	return nil
}

func dot(img *image.RGBA, x, y, scale int, ink color.Color) {
	for dx := range scale {
		for dy := range scale {
			img.Set(x+dx, y+dy, ink)
		}
	}
}
