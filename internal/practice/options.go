package practice

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"path/filepath"
	"syscall"
	"time"
)

// Options says what the offline Internet is made of.
type Options struct {
	Sites         fs.FS            // folder with *.txtar and providers.yaml (testdata/sites); required
	Dir           string           // gets mailbox/, inbox/, ca.pem and smtp-password; required, made if missing
	ActAfter      time.Duration    // how long an abuse desk takes to act; 0: it acts at once
	MailAnswer    time.Duration    // how long the mail server takes to say that it took a message; 0: it says so at once
	RDAPPerSecond int              // queries a second that each RDAP server takes; 0: 10
	WebAddr       string           // loopback address of http and https; empty: 127.0.0.1:0
	DNSAddr       string           // loopback address of DNS, UDP and TCP; empty: 127.0.0.1:0
	SMTPAddr      string           // loopback address of submission; empty: 127.0.0.1:0
	Logger        *slog.Logger     // what reporters and desks do; nil: silent
	Now           func() time.Time // clock; nil: the system's
}

func (o *Options) fill() error {
	if o.Sites == nil || o.Dir == "" {
		return errors.New("practice needs the folder of the sites and one for its files")
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil { // its files are named to programs that run elsewhere
		return err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, addr := range []*string{&o.WebAddr, &o.DNSAddr, &o.SMTPAddr} {
		if *addr == "" {
			*addr = "127.0.0.1:0"
		}
		// Pages that imitate Microsoft are shown to this machine alone.
		if at, err := netip.ParseAddrPort(*addr); err != nil || !at.Addr().IsLoopback() {
			return fmt.Errorf("practice listens on loopback only: %q is not like 127.0.0.1:8080", *addr)
		}
	}
	return nil
}

// occupied says in one line what to do when somebody else listens at an address.
func occupied(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is occupied by another program: stop it or choose another port: %w", addr, err)
	}
	return err
}
