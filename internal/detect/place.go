package detect

import (
	"strings"

	"popdown/internal/scam"
)

// place is one stretch of text that the visitor met, as cleaned text and as tokens.
type place struct {
	source scam.Source
	name   string // title, text, frame, dialog, auth_realm, speech
	text   string
	tokens []token
	hits   []hit
}

// places gives everything that a landing showed or said, in the order in which a
// person would notice it.
func places(r *ruleSet, l scam.Landing) []place {
	var all []place
	left := maxText
	add := func(source scam.Source, name, text string) {
		text = clean(cut(text, left))
		left -= min(left, len(text))
		if strings.TrimSpace(text) == "" {
			return
		}
		p := place{source: source, name: name, text: text, tokens: tokenize(text, r.book.lookup)}
		r.book.find(p.tokens, func(h hit) { p.hits = append(p.hits, h) })
		all = append(all, p)
	}
	add(scam.SourceText, "title", l.Title)
	for _, d := range l.Dialogs {
		if d.Type == "auth" {
			add(scam.SourceAuthRealm, "auth_realm", d.Text)
		} else {
			add(scam.SourceDialog, "dialog", d.Text)
		}
	}
	add(scam.SourceText, "text", l.Text)
	for _, f := range l.Frames {
		add(scam.SourceText, "frame", f.Text)
	}
	for _, b := range l.Behaviors {
		if b.Name == "speech" {
			add(scam.SourceSpeech, "speech", b.Arguments)
		}
	}
	return all
}

// span is a stretch of a place in bytes.
type span struct{ from, to int }

func (p place) span(h hit) span { return span{p.tokens[h.from].start, p.tokens[h.to-1].end} }

// wordCount is how many words all places have together.
func wordCount(all []place) int {
	n := 0
	for _, p := range all {
		n += len(p.tokens)
	}
	return n
}
