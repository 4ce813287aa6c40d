package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"popdown/internal/confine"
)

// startLimit is how long a browser may take to answer its first command.
const startLimit = 30 * time.Second

// chrome is one running browser.
type chrome struct {
	process *confine.Process
	root    *chromedp.Browser
	wire    *wire
	profile *profile
	version string // "156.0.8078.79"
	said    *tail  // on standard error
	cancel  context.CancelFunc
	stop    sync.Once

	// Guarded by Browser.mu.
	visits int  // begun on it
	busy   int  // running on it
	sick   bool // takes no further visit
}

// startChrome starts a browser that lives until close, whatever ctx does.
func startChrome(ctx context.Context, o Options) (*chrome, error) {
	p, err := newProfile(o.Dir, o.User)
	if err != nil {
		return nil, err
	}
	c := &chrome{profile: p, said: &tail{max: 4 << 10}}
	if err := c.launch(context.WithoutCancel(ctx), o); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", o.Binary, err), c.close())
	}
	start, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.greet(start); err != nil {
		closed := c.close() // and with it all that it had to say
		return nil, errors.Join(fmt.Errorf("start %s: %w: %s", o.Binary, err, c.said), closed)
	}
	return c, nil
}

// launch starts the process and connects to it.
func (c *chrome) launch(ctx context.Context, o Options) error {
	theirRead, ourWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	ourRead, theirWrite, err := os.Pipe()
	if err != nil {
		return errors.Join(err, theirRead.Close(), ourWrite.Close())
	}
	ctx, c.cancel = context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, o.Binary, flags(c.profile.home)...)
	// With no program in PATH there is none that could open tel: and the like. The time
	// zone reaches workers, which no emulation does.
	confine.Child{User: o.User, Dir: c.profile.home, Env: []string{"PATH=/nonexistent", "TZ=" + o.Personas[0].Timezone}}.Prepare(cmd)
	cmd.ExtraFiles = []*os.File{theirRead, theirWrite}
	cmd.Stderr = c.said
	cmd.WaitDelay = time.Second
	c.process, err = confine.Start(cmd)
	err = errors.Join(err, theirRead.Close(), theirWrite.Close())
	if err != nil {
		return errors.Join(err, ourRead.Close(), ourWrite.Close())
	}
	c.wire = newWire(ctx, chromedp.NewPipeConn(ourRead, ourWrite))
	quiet := func(string, ...any) {} // it misses the sessions that we keep from it
	c.root, err = chromedp.NewBrowserTransport(ctx, c.wire, chromedp.WithBrowserLogf(quiet), chromedp.WithBrowserErrorf(quiet))
	return err
}

// greet waits for the first answer and asks to be attached to every page from its start.
func (c *chrome) greet(ctx context.Context) error {
	v, err := cdp.Call(ctx, c.root, browser.GetVersion, cdp.Empty{})
	if err != nil {
		return err
	}
	_, c.version, _ = strings.Cut(v.Product, "/")
	filter := target.Filter{{Type: "page"}}
	_, err = cdp.Call(ctx, c.root, target.SetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true), Filter: filter,
	})
	return err
}

// died is closed when the browser is gone.
func (c *chrome) died() <-chan struct{} { return c.wire.end }

func (c *chrome) alive() bool {
	select {
	case <-c.died():
		return false
	default:
		return true
	}
}

// close ends the browser with all it started, and removes its profile.
func (c *chrome) close() error {
	var err error
	c.stop.Do(func() {
		if c.process != nil {
			c.process.Kill()
			<-c.process.Done()
		}
		if c.cancel != nil {
			c.cancel()
		}
		if c.wire != nil {
			err = c.wire.Close()
		}
		err = errors.Join(err, c.profile.remove())
	})
	return err
}

// tail keeps the end of what a browser says on standard error.
type tail struct {
	max int

	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-t.max):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// closeTarget closes a page, whatever it says to that.
func (c *chrome) closeTarget(ctx context.Context, id target.ID) {
	_, _ = cdp.Call(ctx, c.root, target.CloseTarget, target.CloseTargetParams{TargetID: id})
}
