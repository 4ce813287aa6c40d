package render

import (
	"slices"

	"popdown/internal/scam"
)

const (
	maxHopURL = 64 << 10 // of a step that is not the last, in bytes
	minHopURL = 2 << 10  // that stays of it though the rest of the landing is large
)

// bound shortens what landings say to at most limit bytes in all, so that a visit can be
// stored. Each has the same share: a page must not hide the next one by its size. What
// counts most against a page is taken first. The last step of a chain stays whole, as
// that is where the landing is.
func bound(landings []scam.Landing, limit int) {
	for i := range landings {
		l, left := &landings[i], limit/len(landings)
		take := func(text *string, limit int) {
			*text = clip(*text, max(0, limit))
			left -= len(*text)
		}
		step := min(maxHopURL, left/4/max(1, len(l.Chain)))
		for j := range max(0, len(l.Chain)-1) {
			take(&l.Chain[j].URL, max(minHopURL, step))
		}
		take(&l.Title, left)
		for j := range l.Dialogs {
			take(&l.Dialogs[j].Text, left)
		}
		for j := range l.Behaviors {
			take(&l.Behaviors[j].Arguments, left)
		}
		for j := range l.TelLinks {
			take(&l.TelLinks[j], left)
		}
		take(&l.Text, left)
		l.Frames = slices.Clone(l.Frames) // an earlier look may share them
		for j := range l.Frames {
			take(&l.Frames[j].URL, min(left, maxHopURL))
			take(&l.Frames[j].Text, left)
		}
	}
}
