package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a row of digit groups on one line with only separators between them, such
// as "+1 (844) 555-0143" or "24/7 1-844-555-0143".
type run struct {
	text   string
	groups []digits
}

// digits is one group of a run.
type digits struct {
	from, to   int  // in the run's place
	plus       bool // a "+" stands before it
	openL      bool // glued on its left to something that is no number
	openR      bool // the same on its right
	afterSign  bool // currency, "#", "=" ... before it
	beforeSign bool // "%", currency, unit after it
}

const (
	longestRun   = 24 // groups; a longer row is a table
	longestGroup = 15 // digits; E.164 allows no more, a longer one is an id
	separators   = 5  // characters between two groups
)

// eachRun finds the runs of a cleaned text, left to right.
func eachRun(text string, yield func(run)) {
	current := run{text: text}
	flush := func() {
		if n := len(current.groups); n > 0 && n <= longestRun {
			yield(current)
		}
		current.groups = nil
	}
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		g := digits{from: i}
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		g.to = i
		if n := len(current.groups); n > 0 && !separated(text[current.groups[n-1].to:g.from]) {
			flush()
		}
		look(text, &g)
		current.groups = append(current.groups, g)
	}
	flush()
}

// separated tells whether what stands between two groups may stand within a number.
func separated(between string) bool {
	if between == "" || len(between) > separators {
		return false
	}
	return strings.Trim(between, " ().-/+·") == "" && !strings.Contains(between, "++")
}

// look notes what a group leans on.
func look(text string, g *digits) {
	before := strings.TrimRight(text[:g.from], " (")
	if len(text[:g.from])-len(before) > 3 {
		before = text[:g.from]
	}
	g.plus = strings.HasSuffix(before, "+")
	if !g.plus {
		g.openL = glued(text[:g.from], true)
		r, _ := utf8.DecodeLastRuneInString(before)
		g.afterSign = unicode.Is(unicode.Sc, r) || r == '#' && strings.HasSuffix(text[:g.from], "#")
	}
	after := text[g.to:]
	g.openR = glued(after, false)
	r, _ := utf8.DecodeRuneInString(after)
	g.beforeSign = unicode.Is(unicode.Sc, r) || r == '%' || r == '°' || r == ',' && len(after) > 1 && isDigit(after[1])
}

// glued tells whether a group is part of a longer code: letters, "_" or a decimal
// comma touch it. A plain word may touch it, as where two elements meet:
// "Support1-844-555-0143".
func glued(s string, left bool) bool {
	n := 0
	var r rune
	for s != "" && n < 24 {
		var size int
		if left {
			r, size = utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-size]
		} else {
			r, size = utf8.DecodeRuneInString(s)
			s = s[size:]
		}
		if isIdeograph(r) {
			return false
		}
		if n == 0 && (r == '_' || r == ',' && left || r == '#' && !left) {
			return true
		}
		if !unicode.IsLetter(r) {
			break
		}
		n++
	}
	return n > 0 && (n < 3 || r >= '0' && r <= '9' || r == '_')
}
