package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"popdown/internal/scam"
)

func TestDialogsAreRecordedAndAnswered(t *testing.T) {
	t.Parallel()
	alert := func(text string) scam.Dialog { return scam.Dialog{Type: "alert", Text: text} }
	tests := []struct {
		page string
		want []scam.Dialog
		text string
		loop bool
	}{
		{"alert-loop", []scam.Dialog{alert("Virus! call 844-555-0143")}, "Loop", true},
		{"alert-stubborn", []scam.Dialog{alert("Virus!")}, "Stubborn", true},
		{"alert-timer", []scam.Dialog{alert("again 1"), alert("again 2"), alert("again 0")}, "Timer", true},
		{"ask", []scam.Dialog{{Type: "confirm", Text: "Scan now?"}, {Type: "prompt", Text: "Your name?"}}, "true", false},
		{"auth", []scam.Dialog{{Type: "auth", Text: "Microsoft support 1-844-555-0143"}}, "Denied", false},
	}
	for _, tt := range tests {
		t.Run(tt.page, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, "http://site.example/"+tt.page)
			l := v.Landings[0]
			if diff := cmp.Diff(tt.want, l.Dialogs, cmpopts.IgnoreFields(scam.Dialog{}, "Count")); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(l.Text, tt.text) {
				t.Errorf("text %q, want %q", l.Text, tt.text)
			}
			if _, loop := behavior(l, "dialog_loop"); loop != tt.loop || loop && l.Dialogs[0].Count < 2 {
				t.Errorf("behaviors %+v, dialogs %+v", l.Behaviors, l.Dialogs)
			}
			if captureNames(v)[0] != "screenshot.png" {
				t.Errorf("captures %q: no picture", captureNames(v))
			}
		})
	}
}

func behavior(l scam.Landing, name string) (string, bool) {
	for _, b := range l.Behaviors {
		if b.Name == name {
			return b.Arguments, true
		}
	}
	return "", false
}

func TestBehaviorsAreObserved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url  string
		want map[string]string
	}{
		{"https://x.secure.example/full", map[string]string{"fullscreen": "html", "keyboard_lock": "[]", "pointer_lock": "body"}},
		{"http://site.example/trap", map[string]string{
			"history_trap": "#t4", "notification_prompt": "", "print": "", "speech": "call 844 555 0143", "audio": "http://site.example/beep.mp3",
		}},
		{"http://site.example/leave", map[string]string{
			"beforeunload": "Write something clever here", "contextmenu_blocked": "", "cursor_hidden": "none", "keys_blocked": "Escape F5 F11 F12",
		}},
		{"http://site.example/download", map[string]string{"download": "support.exe http://site.example/file.exe"}},
		{"http://site.example/auth", map[string]string{"auth_prompt": "basic http://site.example"}},
		{"http://site.example/plain", map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for _, b := range visitURL(t, tt.url).Landings[0].Behaviors {
				got[b.Name] = b.Arguments
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestInstrumentCannotBeSeen(t *testing.T) {
	t.Parallel()
	want := "function alert() { [native code] }|function toString() { [native code] }|function pushState() { [native code] }|alert|0||false"
	if got := visitURL(t, "http://site.example/native").Landings[0].Text; got != want {
		t.Errorf("the page sees %q\nwant %q", got, want)
	}
}

func TestPagesThatNeverYield(t *testing.T) {
	t.Parallel()
	for page, text := range map[string]string{"busy": "Busy", "busy-later": "Busy later", "endless": ""} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			v := visitURL(t, "http://site.example/"+page)
			if v.Outcome != scam.OutcomeLoaded || v.Landings[0].Text != text || captureNames(v)[0] != "screenshot.png" {
				t.Errorf("outcome %s, text %q, captures %q", v.Outcome, v.Landings[0].Text, captureNames(v))
			}
		})
	}
}
