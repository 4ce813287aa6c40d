package render

import (
	"context"
	"strings"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"popdown/internal/scam"
)

const (
	dialogDelay  = 250 * time.Millisecond // a person needs a moment
	maxDialogs   = 100                    // different texts of one tab
	maxText      = 4000                   // of one dialog or argument, in bytes
	maxBehaviors = 200                    // of one tab
)

// dialogLocked records a JavaScript dialog and answers it in the way that lets the page
// go on. Nothing is typed into a prompt.
func (v *visit) dialogLocked(ctx context.Context, t *tab, s *session, e *page.EventJavascriptDialogOpening) {
	t.asking, t.moved = true, time.Now()
	v.sayLocked(t, string(e.Type), e.Message)
	if e.Type == page.DialogTypeBeforeunload {
		v.behaviorLocked(t, "beforeunload", e.Message)
	}
	time.AfterFunc(dialogDelay, func() {
		s.post(ctx, do(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}))
	})
}

// authLocked answers the guard's own challenge with the visit's secret, and cancels a site's.
func (v *visit) authLocked(ctx context.Context, t *tab, s *session, e *fetch.EventAuthRequired) {
	answer := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy {
		if !v.asked[e.RequestID] { // asked again: it was refused
			v.asked[e.RequestID] = true
			answer = &fetch.AuthChallengeResponse{
				Response: fetch.AuthChallengeResponseResponseProvideCredentials,
				Username: v.proxy.User, Password: v.proxy.Password,
			}
		}
	} else {
		v.sayLocked(t, "auth", e.AuthChallenge.Realm)
		v.behaviorLocked(t, "auth_prompt", e.AuthChallenge.Scheme+" "+e.AuthChallenge.Origin)
	}
	s.post(ctx, do(fetch.ContinueWithAuth, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: answer}))
}

// observedLocked takes what the instrument saw.
func (v *visit) observedLocked(t *tab, e *runtime.EventBindingCalled) {
	if e.Name != v.binding {
		return
	}
	o, ok := observe(e.Payload)
	if !ok {
		return
	}
	if kind, unseen := strings.CutPrefix(o.Name, "dialog:"); unseen {
		v.sayLocked(t, kind, o.Text)
		return
	}
	v.behaviorLocked(t, o.Name, o.Text)
}

// sayLocked records a dialog; the same text again only counts.
func (v *visit) sayLocked(t *tab, kind, text string) {
	text = clip(text, maxText)
	for i := range t.dialogs {
		if d := &t.dialogs[i]; d.Type == kind && d.Text == text {
			d.Count++
			return
		}
	}
	if len(t.dialogs) < maxDialogs {
		t.dialogs = append(t.dialogs, scam.Dialog{Type: kind, Text: text, Count: 1})
	}
}

// behaviorLocked records a behavior, each with the same arguments once.
func (v *visit) behaviorLocked(t *tab, name, arguments string) {
	arguments = strings.TrimSpace(clip(arguments, maxText))
	for _, b := range t.behaviors {
		if b.Name == name && b.Arguments == arguments {
			return
		}
	}
	if len(t.behaviors) < maxBehaviors {
		at := v.o.Now().Sub(v.started).Milliseconds()
		t.behaviors = append(t.behaviors, scam.Behavior{Name: name, Arguments: arguments, AtMS: at})
	}
}

// clip shortens text to at most limit bytes, never inside a character.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}
