package render

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
)

// tidyUp closes the visit's pages with all that they keep. It has a little time of its
// own when the visit's is over.
func (v *visit) tidyUp(ctx context.Context) {
	if v.contextID == "" {
		v.tidy = ctx.Err() == nil
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyLimit)
	defer cancel()
	_, err := cdp.Call(ctx, v.chrome.root, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: v.contextID})
	v.chrome.wire.leave(v.contextID)
	for _, t := range v.allTabs() {
		if err != nil {
			break
		}
		select {
		case <-t.session.gone:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	v.tidy = err == nil
}
