package render

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

const (
	maxPageText  = 2 << 20 // characters of a document's text
	maxPageHTML  = 8 << 20 // characters of its serialised DOM
	maxFrameText = 256 << 10
	maxFrames    = 50 // frames of a page that are read

	readLimit  = 3 * time.Second // to read a document
	frameLimit = time.Second     // to read a frame
	framesTime = 4 * time.Second // to read all frames
	shotLimit  = 1500 * time.Millisecond
)

// reading is what a document says.
type reading struct {
	URL   string   `json:"url"`
	Title string   `json:"title"`
	Text  string   `json:"text"`
	HTML  string   `json:"html"`
	Tel   []string `json:"tel"`
}

// errNothing says that a frame has no document to read.
var errNothing = errors.New("no document")

// look reads and shoots a page. A page that does not let us has its scripts stopped
// first. It tells whether anything but the browser's own error page is shown.
func (v *visit) look(ctx context.Context, t *tab) (look, bool) {
	v.mu.Lock()
	seen, landed, crashed := look{loader: t.loader}, t.chain.landed(), t.crashed
	blank := t.popup && landed == nil
	v.mu.Unlock()
	if crashed || !blank && (landed == nil || !landed.shown()) {
		return seen, false
	}
	if !v.answers(ctx, t) {
		v.freeze(ctx, t)
	}
	err := v.capture(ctx, t, &seen)
	if err != nil && !t.frozen {
		v.freeze(ctx, t)
		err = v.capture(ctx, t, &seen)
	}
	if err != nil {
		v.o.Logger.DebugContext(ctx, "a page did not let us see all of it", "url", v.request.URL, "error", err)
	}
	return seen, true
}

// capture takes what a look has not got yet.
func (v *visit) capture(ctx context.Context, t *tab, seen *look) error {
	var readErr, shotErr error
	if seen.page.URL == "" {
		if readErr = v.read(ctx, t, seen); readErr == nil {
			v.readFrames(ctx, t, seen)
		}
	}
	if seen.shot == nil {
		shotErr = v.shoot(ctx, t, seen)
	}
	return errors.Join(readErr, shotErr)
}

// orElse completes a look that the page did not allow by an earlier one.
func (l look) orElse(earlier look) look {
	if l.page.HTML == "" && l.page.Text == "" {
		l.page, l.frames = earlier.page, earlier.frames
	}
	if l.shot == nil {
		l.shot = earlier.shot
	}
	l.loader = earlier.loader
	return l
}

func (v *visit) read(ctx context.Context, t *tab, seen *look) error {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	return v.evaluate(ctx, t.session, v.mainFrame(t), collect(maxPageText, maxPageHTML), &seen.page)
}

// shoot takes a picture of what a person sees. A picture that is asked for while the
// page moves on is never answered.
func (v *visit) shoot(ctx context.Context, t *tab, seen *look) error {
	ctx, cancel := context.WithTimeout(ctx, shotLimit)
	defer cancel()
	if len(v.allTabs()) > 1 {
		t.session.post(ctx, do(page.BringToFront, cdp.Empty{})) // a tab behind another is not painted
	}
	res, err := cdp.Call(ctx, t.session, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, OptimizeForSpeed: new(true),
	})
	if err == nil {
		seen.shot = res.Data
	}
	return err
}

// freeze stops a page's scripts for good, even one that never yields.
func (v *visit) freeze(ctx context.Context, t *tab) {
	t.frozen = true
	ctx, cancel := context.WithTimeout(ctx, shotLimit)
	defer cancel()
	_ = t.session.all(ctx,
		try(runtime.TerminateExecution, cdp.Empty{}),
		try(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}),
		try(page.StopLoading, cdp.Empty{}),
	)
}

func collect(text, html int) string {
	return strings.NewReplacer("MAX_TEXT", strconv.Itoa(text), "MAX_HTML", strconv.Itoa(html)).Replace(collectJS)
}

// evaluate runs an expression in a world of our own in a frame, where the page's
// scripts cannot change what we call, and decodes its value.
func (v *visit) evaluate(ctx context.Context, s *session, frame cdp.FrameID, expression string, into any) error {
	world, err := cdp.Call(ctx, s, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: v.binding})
	if err != nil {
		return err
	}
	res, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world.ExecutionContextID, ReturnByValue: new(true), Silent: new(true),
	})
	if err != nil {
		return err
	}
	if res.ExceptionDetails != nil || res.Result == nil || len(res.Result.Value) == 0 {
		return errNothing
	}
	return json.Unmarshal(res.Result.Value, into)
}
