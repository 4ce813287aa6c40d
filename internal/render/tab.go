package render

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/target"

	"popdown/internal/scam"
)

// What a page is shown in, in CSS pixels, whatever window it asked for.
const (
	viewWidth  = 1280
	viewHeight = 800
)

// tab is one page of a visit: its own tab, or a popup.
type tab struct {
	session *session
	popup   bool          // not the visit's own
	ready   chan struct{} // closed when the page is set up and let go
	frozen  bool          // its scripts had to be stopped; for browse alone

	// Guarded by visit.mu.
	frame     cdp.FrameID   // main frame
	loader    cdp.LoaderID  // of the document shown
	frames    []*session    // cross-site frames
	chain     chain         // of the main frame
	loaded    bool          // the document shown has loaded
	moved     time.Time     // when the main frame last began, showed or loaded a document, or a dialog came
	leaving   bool          // the page asked to go elsewhere
	asking    bool          // a dialog is open, and everything else waits for it
	clicked   time.Time     // our last click; zero: none
	crashed   bool          // the renderer died
	dialogs   []scam.Dialog // each text once
	behaviors []scam.Behavior
	looks     []look // what was seen of it, in order
}

func newTab(s *session, popup bool) *tab {
	return &tab{session: s, popup: popup, ready: make(chan struct{}), frame: cdp.FrameID(s.info.TargetID), moved: time.Now()}
}

// prepare sets up a page that waits for its first script, and lets it go.
func (v *visit) prepare(ctx context.Context, t *tab) {
	defer close(t.ready)
	steps := append(v.common(),
		do(inspector.Enable, cdp.Empty{}),
		do(security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}),
		try(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: viewWidth, Height: viewHeight, DeviceScaleFactor: 1,
			ScreenWidth: v.persona.Screen.Width, ScreenHeight: v.persona.Screen.Height,
		}),
		try(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		do(runtime.RunIfWaitingForDebugger, cdp.Empty{}),
	)
	if err := t.session.all(ctx, steps...); err != nil {
		v.o.Logger.DebugContext(ctx, "a page was not set up", "url", v.request.URL, "error", err)
	}
}

// prepareFrame does the same for a cross-site frame.
func (v *visit) prepareFrame(ctx context.Context, s *session) {
	steps := append(v.common(), do(runtime.RunIfWaitingForDebugger, cdp.Empty{}))
	if err := s.all(ctx, steps...); err != nil {
		v.o.Logger.DebugContext(ctx, "a frame was not set up", "url", v.request.URL, "error", err)
	}
}

// common is what pages and cross-site frames need alike: their events, the instrument,
// and the persona. What concerns a whole process fails harmlessly in the second frame of it.
func (v *visit) common() []step {
	p := v.persona
	low, full := brands(p.Brand, p.BrandVersion, v.chrome.version)
	return []step{
		do(page.Enable, page.EnableParams{}),
		do(network.Enable, network.EnableParams{MaxTotalBufferSize: new(int64(1)), MaxResourceBufferSize: new(int64(1))}), // no bodies
		// Requests for documents alone are held and let go: enough to answer the proxy's
		// challenge, which Chromium then remembers for the whole context, and to read the realm
		// of a site's own.
		do(fetch.Enable, fetch.EnableParams{HandleAuthRequests: new(true), Patterns: []*fetch.RequestPattern{{URLPattern: "*", ResourceType: network.ResourceTypeDocument}}}),
		do(target.SetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true), Filter: target.Filter{{Type: "iframe"}}}),
		// A binding is put into new documents only while the domain is enabled. Its other
		// events are dropped where they arrive.
		do(runtime.Enable, cdp.Empty{}),
		do(runtime.AddBinding, runtime.AddBindingParams{Name: v.binding}),
		do(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: instrument(v.binding), RunImmediately: new(true)}),
		try(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: p.UserAgent, AcceptLanguage: p.Languages, Platform: p.Platform,
			UserAgentMetadata: &emulation.UserAgentMetadata{
				Brands: low, FullVersionList: full, Platform: p.OS, PlatformVersion: p.OSVersion,
				Architecture: p.Architecture, Bitness: p.Bitness, FormFactors: []string{"Desktop"},
			},
		}),
		try(emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: p.Timezone}),
		try(emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: p.Locale}),
		try(emulation.SetHardwareConcurrencyOverride, emulation.SetHardwareConcurrencyOverrideParams{HardwareConcurrency: p.Cores}),
		try(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: p.TouchPoints > 0, MaxTouchPoints: max(1, p.TouchPoints)}),
	}
}
