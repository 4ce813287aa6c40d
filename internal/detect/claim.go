package detect

import "strings"

// A page that warns of scams repeats their claims. What follows tells a claim that
// is made from one that is supposed, denied, or another's word.

// supposed tells whether a claim comes soon after, or in Japanese before, a word
// that takes its force, in the same sentence: "if your account has been locked, call
// the help desk", "protect your PC against viruses", "it says that your PC is blocked".
func supposed(r *ruleSet, p place, h hit) bool {
	const farthest = 12
	for i := h.from - 1; i >= max(0, h.from-farthest) && sameSentence(p, i); i-- {
		if reach, ok := r.before[p.tokens[i].word]; ok && h.from-i <= reach {
			return true
		}
	}
	for i := h.to; i < min(len(p.tokens), h.to+farthest) && sameSentence(p, i-1); i++ {
		if reach, ok := r.after[p.tokens[i].word]; ok && i-h.to < reach {
			return true
		}
	}
	return false
}

// sameSentence tells whether nothing ends a sentence between a token and the next.
func sameSentence(p place, i int) bool {
	return !strings.ContainsAny(p.text[p.tokens[i].end:p.tokens[i+1].start], ".!?:;\n。！？")
}

// denied tells whether a claim holds a word such as "not", or one of help, of which
// its phrase says nothing: "your PC is not infected", "your PC, protected against
// viruses".
func denied(r *ruleSet, p place, h hit) bool {
	if r.book.phrases[h.phrase].denies {
		return false
	}
	for _, t := range p.tokens[h.from:h.to] {
		if r.nots[t.word] || r.before[t.word] == 1 {
			return true
		}
	}
	return false
}

// inQuotes tells whether at stands within quotation marks that were opened on the
// same line, not far before.
func inQuotes(text string, at int) bool {
	line := text[max(0, at-200):at]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	closing := rune(0) // what ends the quotation that is open; 0: none is
	for _, r := range line {
		switch {
		case closing != 0 && r == closing:
			closing = 0
		case closing == 0:
			closing = closingOf(r)
		}
	}
	return closing != 0
}

// closingOf gives the mark that closes a quotation which r opens, 0 if r opens none.
func closingOf(r rune) rune {
	switch r {
	case '"':
		return '"'
	case '“':
		return '”'
	case '„':
		return '“'
	case '«':
		return '»'
	case '「':
		return '」'
	}
	return 0
}
