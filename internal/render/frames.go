package render

import (
	"context"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"popdown/internal/scam"
)

// readFrames reads the frames of a page, those of other sites included.
func (v *visit) readFrames(ctx context.Context, t *tab, seen *look) {
	ctx, cancel := context.WithTimeout(ctx, framesTime)
	defer cancel()
	v.mu.Lock()
	sessions := append([]*session{t.session}, t.frames...)
	v.mu.Unlock()
	for _, s := range sessions {
		res, err := cdp.Call(ctx, s, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			continue // gone, or busy for ever
		}
		for _, f := range flatten(res.FrameTree) {
			if s == t.session && f.ParentID == "" || len(seen.frames) >= maxFrames {
				continue // the page itself
			}
			v.readFrame(ctx, s, f, seen)
		}
	}
}

func (v *visit) readFrame(ctx context.Context, s *session, f *cdp.Frame, seen *look) {
	ctx, cancel := context.WithTimeout(ctx, frameLimit)
	defer cancel()
	var r reading
	if err := v.evaluate(ctx, s, f.ID, collect(maxFrameText, 0), &r); err != nil {
		r.URL = f.URL + f.URLFragment
	}
	if r.Text == "" && strings.HasPrefix(r.URL, "about:") {
		return // an empty frame of the page's own
	}
	seen.frames = append(seen.frames, scam.Frame{URL: r.URL, Text: r.Text})
	seen.page.Tel = append(seen.page.Tel, r.Tel...)
}

func flatten(tree *page.FrameTree) []*cdp.Frame {
	if tree == nil {
		return nil
	}
	all := []*cdp.Frame{tree.Frame}
	for _, child := range tree.ChildFrames {
		all = append(all, flatten(child)...)
	}
	return all
}
