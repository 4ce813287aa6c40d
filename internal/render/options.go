package render

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"popdown/internal/confine"
	"popdown/internal/egress"
	"popdown/internal/scam"
)

// Options says how pages are looked at. The zero value looks at the public web with
// the system's Chromium.
type Options struct {
	// Binary is the browser's executable. Empty: /usr/lib/chromium/chromium (Debian's own,
	// without its wrapper script), else chromium or google-chrome in PATH.
	Binary string
	// Dir is where profiles are kept while the browser runs, one folder each. The
	// browser's user must be able to reach it. Empty: the system's temporary folder.
	Dir string
	// Guard is the door to the web that every page goes through. Nil: public addresses only.
	Guard *egress.Guard
	// Limits bounds what one visit may fetch; zero: egress's defaults.
	Limits egress.Limits
	// User is whom the browser runs as. Zero: ourselves, or, when we are root, the first
	// of popdown-browser and nobody that exists. It never runs as root.
	User confine.User
	// Slots is how many visits run at the same time; 0: 4. Visits wait for pages most of
	// the time; beyond twice the number of cores more slots only add latency and memory.
	Slots int
	// Timeout ends a visit, whatever the page does; 0: 45 s. What was seen by then is kept.
	Timeout time.Duration
	// Settle is how long a loaded page is watched before it is read, and again after
	// the click; 0: 3 s. Numbers appear up to 5 s after load.
	Settle time.Duration
	// Words is how many bytes of text, titles, frames, dialogs, behaviors and addresses one
	// visit brings home, all landings together; 0: 16 MiB. Files are bounded elsewhere.
	Words int
	// Recycle is after how many visits a fresh browser takes over; 0: 200.
	Recycle int
	// Personas are the known visitors, the first one being the default. Nil: the shipped ones.
	Personas []Persona
	// Logger hears what goes wrong outside a single visit. Nil: nobody does.
	Logger *slog.Logger
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() (Options, error) {
	o.Slots = cmp.Or(o.Slots, 4)
	o.Recycle = cmp.Or(o.Recycle, 200)
	o.Words = cmp.Or(o.Words, 16<<20)
	o.Timeout = cmp.Or(o.Timeout, 45*time.Second)
	o.Settle = cmp.Or(o.Settle, 3*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var err error
	if o.Guard == nil {
		if o.Guard, err = egress.New(egress.Options{}); err != nil {
			return o, err
		}
	}
	if len(o.Personas) == 0 {
		if o.Personas, err = Personas(); err != nil {
			return o, err
		}
	}
	if o.User.IsZero() {
		if o.User, err = confine.Unprivileged("popdown-browser", "nobody"); err != nil {
			return o, err
		}
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	if err := confine.Reachable(o.Dir, o.User); err != nil {
		return o, fmt.Errorf("the browser's user cannot reach its folder, choose another: %w", err)
	}
	o.Binary, err = findBinary(o.Binary)
	return o, err
}

// findBinary looks for the browser. The error says how to mend its absence.
func findBinary(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%w: no browser at %s: name its executable, or none to use the installed one", scam.ErrInvalid, named)
		}
		return path, nil
	}
	for _, name := range []string{"/usr/lib/chromium/chromium", "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium is installed: apt-get install chromium chromium-sandbox")
}
