package detect

import "strings"

// A page that warns of scams repeats their claims. What follows tells a claim that
// is made from one that is supposed, denied, or another's word.

// supposed tells whether a claim comes soon after a word that takes its force, in
// the same sentence: "if your account has been locked, call the help desk", "protect
// your PC against viruses", "it says that your PC is blocked".
func supposed(r *ruleSet, p place, h hit) bool {
	const farthest = 10
	for i := h.from - 1; i >= 0 && i >= h.from-farthest; i-- {
		if strings.ContainsAny(p.text[p.tokens[i].end:p.tokens[i+1].start], ".!?:;\n。！？") {
			return false
		}
		if reach, ok := r.before[p.tokens[i].word]; ok && h.from-i <= reach {
			return true
		}
	}
	return false
}

// denied tells whether a claim holds a word such as "not" of which its phrase says
// nothing: "your PC is not infected".
func denied(r *ruleSet, p place, h hit) bool {
	if r.book.phrases[h.phrase].denies {
		return false
	}
	for _, t := range p.tokens[h.from:h.to] {
		if r.nots[t.word] {
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
	if strings.Count(line, `"`)%2 == 1 {
		return true
	}
	for _, pair := range [][2]string{{"“", "”"}, {"«", "»"}, {"„", "“"}, {"「", "」"}} {
		if open := strings.LastIndex(line, pair[0]); open >= 0 && !strings.Contains(line[open+len(pair[0]):], pair[1]) {
			return true
		}
	}
	return false
}
