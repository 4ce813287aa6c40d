package detect

import (
	"fmt"
	"strings"
)

// step is one part of a phrase: any of alts (each a run of words), nothing at all
// when optional, or up to gap words of any kind.
type step struct {
	alts     [][]uint32
	optional bool
	gap      int
}

// phrase is a compiled line of a rules file.
type phrase struct {
	steps  []step
	family int
	text   string
	denies bool // it holds a word such as "not" itself
}

// book holds phrases by the words that they can begin with.
type book struct {
	words   map[string]uint32
	phrases []phrase
	byFirst [][]int // by word: indices of phrases
}

// hit is a phrase found in a place.
type hit struct {
	phrase   int
	from, to int // tokens
}

const (
	wordGap      = 4  // words that "*" may skip
	characterGap = 14 // characters that "*" may skip where each is a token
)

func newBook() *book { return &book{words: map[string]uint32{}, byFirst: [][]int{nil}} }

// add compiles a phrase and returns its index.
func (b *book) add(text, lang string, family int) (int, error) {
	gap := wordGap
	if lang == "ja" {
		gap = characterGap
	}
	steps, err := b.compile(text, gap)
	if err != nil {
		return 0, fmt.Errorf("phrase %q: %w", text, err)
	}
	b.phrases = append(b.phrases, phrase{steps: steps, family: family, text: text})
	index := len(b.phrases) - 1
	for _, s := range steps {
		for _, alt := range s.alts {
			if list := b.byFirst[alt[0]]; len(list) == 0 || list[len(list)-1] != index {
				b.byFirst[alt[0]] = append(list, index)
			}
		}
		if !s.optional {
			return index, nil
		}
	}
	return 0, fmt.Errorf("phrase %q: nothing in it must be there", text)
}

func (b *book) compile(text string, gap int) ([]step, error) {
	var steps []step
	for text != "" {
		i := strings.IndexAny(text, "([*")
		if i < 0 {
			i = len(text)
		}
		if strings.ContainsAny(text[:i], ")]?|") {
			return nil, fmt.Errorf("a bracket was never opened")
		}
		if words := b.intern(text[:i]); len(words) > 0 {
			steps = append(steps, step{alts: [][]uint32{words}})
		}
		if text = text[i:]; text == "" {
			break
		}
		if text[0] == '*' {
			steps, text = append(steps, step{gap: gap}), text[1:]
			continue
		}
		end := strings.IndexAny(text, ")]")
		if end < 0 {
			return nil, fmt.Errorf("a bracket stays open")
		}
		if strings.ContainsAny(text[1:end], "([*") {
			return nil, fmt.Errorf("brackets can't hold brackets or gaps")
		}
		s := step{optional: text[0] == '['}
		for alt := range strings.SplitSeq(text[1:end], "|") {
			words := b.intern(alt)
			if len(words) == 0 {
				return nil, fmt.Errorf("an alternative is empty")
			}
			s.alts = append(s.alts, words)
		}
		steps, text = append(steps, s), text[end+1:]
	}
	if len(steps) == 0 || steps[0].gap > 0 || steps[len(steps)-1].gap > 0 {
		return nil, fmt.Errorf("it must begin and end with a word")
	}
	return steps, nil
}

// intern gives the words of a text their numbers.
func (b *book) intern(text string) []uint32 {
	var words []uint32
	for _, t := range tokenize(clean(text), func(skeleton []byte) uint32 {
		if n, ok := b.words[string(skeleton)]; ok {
			return n
		}
		n := uint32(len(b.byFirst))
		b.words[string(skeleton)] = n
		b.byFirst = append(b.byFirst, nil)
		return n
	}) {
		words = append(words, t.word)
	}
	return words
}

func (b *book) lookup(skeleton []byte) uint32 { return b.words[string(skeleton)] }

// find calls yield for every phrase found in tokens, in order of their first word.
func (b *book) find(tokens []token, yield func(hit)) {
	for i, t := range tokens {
		for _, p := range b.byFirst[t.word] {
			if t.word == 0 {
				break
			}
			if end, ok := match(tokens, i, b.phrases[p].steps); ok {
				yield(hit{p, i, end})
			}
		}
	}
}

// match tells where the steps that begin at token i end. Phrases are short and gaps
// bounded, so its work per token is bounded too.
func match(tokens []token, i int, steps []step) (int, bool) {
	if len(steps) == 0 {
		return i, true
	}
	s, rest := steps[0], steps[1:]
	if s.gap > 0 {
		for skip := 0; skip <= s.gap && i+skip < len(tokens); skip++ {
			if end, ok := match(tokens, i+skip, rest); ok {
				return end, true
			}
		}
		return 0, false
	}
	for _, alt := range s.alts {
		if startsWith(tokens[i:], alt) {
			if end, ok := match(tokens, i+len(alt), rest); ok {
				return end, true
			}
		}
	}
	if s.optional {
		return match(tokens, i, rest)
	}
	return 0, false
}

func startsWith(tokens []token, words []uint32) bool {
	if len(tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if tokens[i].word != w {
			return false
		}
	}
	return true
}
