package detect

import "strings"

// eachVanity finds numbers written in letters after a toll-free code, such as
// "1-844-WIN-HELP", and gives them with at most the seven letters that count.
func eachVanity(text string, yield func(from, to int, number string)) {
	for i := 0; i < len(text); i++ {
		if text[i] != '8' || i+3 >= len(text) || text[i+1] != text[i+2] || text[i+1] == '1' || text[i+1] == '9' || text[i+1] < '0' || text[i+1] > '9' {
			continue
		}
		from, j := i, i+3
		for j < len(text) && strings.IndexByte(" )-.", text[j]) >= 0 && j < i+6 {
			j++
		}
		if j == i+3 || i > 0 && (isDigit(text[i-1]) && text[i-1] != '1' || isLetter(text[i-1])) {
			continue
		}
		number, letters, k := text[i:i+3], 0, j
		for ; k < len(text) && len(number) < 10; k++ {
			switch c := text[k]; {
			case c >= 'A' && c <= 'Z':
				letters++
				number += string(c)
			case isDigit(c):
				number += string(c)
			case c != '-' && c != '.' && c != ' ':
				letters -= 100
			}
			if letters < 0 {
				break
			}
		}
		if len(number) != 10 || letters < 3 {
			continue
		}
		for k < len(text) && text[k] >= 'A' && text[k] <= 'Z' {
			k++
		}
		for from > 0 && from > i-4 && strings.IndexByte("1+-( .", text[from-1]) >= 0 {
			from--
		}
		from += len(text[from:i]) - len(strings.TrimLeft(text[from:i], " -."))
		yield(from, k, number)
		i = k
	}
}

// vanity reads letters as they stand on a telephone's keys (ITU-T E.161).
func vanity(number string) (reading, bool) {
	const keys = "22233344455566677778889999"
	digits := []byte(number)
	for i, c := range digits {
		if c >= 'A' && c <= 'Z' {
			digits[i] = keys[c-'A']
		}
	}
	return northAmerican(string(digits))
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
