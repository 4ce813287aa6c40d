package detect

import (
	"slices"
	"strings"

	"popdown/internal/scam"
)

// calls is what was read of numbers on a landing.
type calls struct {
	numbers  []scam.CallbackNumber // in the order in which they were met
	urgent   *scam.CallbackNumber  // one beside words that tell to call
	official string                // a brand's own number that the page names; "" for none
}

// maxReadings bounds the work on a page of digits: candidates tried per landing.
const maxReadings = 20000

// maxNumbers bounds what is listed of one landing.
const maxNumbers = 100

// reader collects the numbers of one landing.
type reader struct {
	rules    *ruleSet
	dial     dialling
	calls    calls
	index    map[string]int // E.164 -> in calls.numbers
	urgent   int            // in calls.numbers; -1: none
	readings int
	known    map[string]outcome // by printed form: kits repeat their number
}

type outcome struct {
	reading reading
	ok      bool
}

// readNumbers reads the numbers of all places, of tel: links and of the address.
func readNumbers(r *ruleSet, l scam.Landing, all []place, persona, lang string) calls {
	rd := &reader{
		rules: r, dial: dialling{regions: regionsFor(l, lang, persona), lang: lang},
		index: map[string]int{}, urgent: -1, known: map[string]outcome{},
	}
	for _, p := range all {
		rd.readPlace(p)
	}
	for _, link := range l.TelLinks {
		rd.readLink(link)
	}
	rd.readURL(l.URL)
	for i := range rd.calls.numbers {
		n := &rd.calls.numbers[i]
		slices.SortFunc(n.Sources, func(a, b scam.Source) int { return sourceRank(a) - sourceRank(b) })
	}
	if rd.urgent >= 0 {
		rd.calls.urgent = &rd.calls.numbers[rd.urgent]
	}
	return rd.calls
}

// sourceRank is the order of the constants in scam.
func sourceRank(s scam.Source) int {
	return slices.Index([]scam.Source{scam.SourceText, scam.SourceTelLink, scam.SourceDialog, scam.SourceScript,
		scam.SourceAttribute, scam.SourceImage, scam.SourceURL, scam.SourceSpeech, scam.SourceAuthRealm}, s)
}

func (rd *reader) readPlace(p place) {
	spans := callSpans(rd.rules, p)
	eachRun(p.text, func(r run) {
		for part := range withoutDates(r) {
			rd.readRun(p, part, spans)
		}
	})
	eachVanity(p.text, func(from, to int, number string) {
		if r, ok := vanity(number); ok {
			rd.add(r, p, from, to, spans)
		}
	})
}

// readRun finds the numbers in a row of groups: the longest window that reads, from
// the left, where ten digits in the usual groups win over everything else.
func (rd *reader) readRun(p place, r run, spans []span) {
	for i := 0; i < len(r.groups); {
		j, read, ok := rd.window(p, r, i, spans)
		if !ok {
			i++
			continue
		}
		from := r.groups[i].from
		for from > 0 && strings.IndexByte("+(", p.text[from-1]) >= 0 {
			from--
		}
		rd.add(read, p, from, r.groups[j-1].to, spans)
		i = j
	}
}

// window reads the groups from i on; it returns the index after the last one used.
func (rd *reader) window(p place, r run, i int, spans []span) (int, reading, bool) {
	first := r.groups[i]
	if first.openL || len(r.groups)-i < 1 || notStart(r, i) {
		return 0, reading{}, false
	}
	ends := make([]int, 0, 8)
	total := 0
	for j := i; j < len(r.groups) && j < i+8; j++ {
		if j > i && r.groups[j].plus {
			break
		}
		if total += r.groups[j].to - r.groups[j].from; total > 18 {
			break
		}
		if total >= 8 && !r.groups[j].openR {
			ends = append(ends, j+1)
		}
	}
	for _, usual := range []bool{true, false} {
		for _, j := range slices.Backward(ends) {
			groups := groupTexts(p.text, r.groups[i:j])
			if usual != groupedLikeNANP(groups) && !(first.plus && usual) {
				continue
			}
			if read, ok := rd.try(p, r, i, j, groups, spans); ok {
				return j, read, true
			}
		}
	}
	return 0, reading{}, false
}

// try reads one window, unless what stands around it says that it is no number.
func (rd *reader) try(p place, r run, i, j int, groups []string, spans []span) (reading, bool) {
	first, last := r.groups[i], r.groups[j-1]
	sure := first.plus || groupedLikeNANP(groups) && len(groups) > 2
	near := nearest(spans, first.from, last.to) <= nearCall || saysCall(p.text, first.from)
	if !sure && (first.afterSign || last.beforeSign || isYearsOrAddress(p.text, r.groups[i:j], groups) || !near && afterLabel(p.text, first.from)) {
		return reading{}, false
	}
	if !near && !first.plus && len(groups) == 1 {
		return reading{}, false // bare digits: an id, a price, a path
	}
	return rd.readCached(groups, first.plus, near)
}

func (rd *reader) readCached(groups []string, plus, trust bool) (reading, bool) {
	key := strings.Join(groups, " ")
	if plus {
		key = "+" + key
	}
	if trust {
		key += "!"
	}
	if known, ok := rd.known[key]; ok {
		return known.reading, known.ok
	}
	if rd.readings++; rd.readings > maxReadings {
		return reading{}, false
	}
	dial := rd.dial
	dial.trust = trust
	read, ok := dial.read(groups, plus)
	rd.known[key] = outcome{read, ok}
	return read, ok
}

// add lists a number, or adds a source to it; the brand's own are only noted.
func (rd *reader) add(r reading, p place, from, to int, spans []span) {
	if rd.rules.official[r.e164] != "" {
		rd.calls.official = r.e164
		return
	}
	i, seen := rd.index[r.e164]
	if !seen {
		if len(rd.calls.numbers) >= maxNumbers {
			return
		}
		i = len(rd.calls.numbers)
		rd.index[r.e164] = i
		rd.calls.numbers = append(rd.calls.numbers, scam.CallbackNumber{
			E164: r.e164, Raw: strings.TrimSpace(shorten(p.text[from:to])), Region: r.region, Kind: r.kind,
			Excerpt: excerptAround(p.text, from, to),
		})
	}
	n := &rd.calls.numbers[i]
	if !slices.Contains(n.Sources, p.source) {
		n.Sources = append(n.Sources, p.source)
	}
	if rd.urgent < 0 && (nearest(spans, from, to) <= nearCall || saysCall(p.text, from)) {
		rd.urgent = i
	}
}
