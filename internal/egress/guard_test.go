package egress

import (
	"net"
	"net/netip"
	"testing"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		addr  string
		words string // in the refusal; empty: passes
	}{
		// Judged only, never contacted.
		{"20.0.0.1:80", ""},
		{"20.0.0.1:443", ""},
		{"20.0.0.1:8080", ""},
		{"20.0.0.1:8443", ""},
		{"[2600::1]:443", ""},
		{"[::ffff:20.0.0.1]:443", ""},
		{"20.0.0.1:22", "port 22"},
		{"20.0.0.1:25", "port 25"},
		{"127.0.0.1:80", "not a public address"},
		{"127.8.9.1:80", "not a public address"},
		{"[::1]:80", "not a public address"},
		{"0.0.0.0:80", "not a public address"},
		{"[::]:80", "not a public address"},
		{"169.254.169.254:80", "not a public address"},
		{"10.0.0.1:80", "not a public address"},
		{"172.16.0.1:80", "not a public address"},
		{"192.168.1.1:80", "not a public address"},
		{"100.64.0.1:80", "not a public address"},
		{"192.0.2.1:80", "not a public address"},
		{"224.0.0.1:80", "not a public address"},
		{"255.255.255.255:80", "not a public address"},
		{"168.63.129.16:80", "not a public address"},
		{"[::ffff:127.0.0.1]:80", "not a public address"},
		{"[::ffff:10.0.0.1]:80", "not a public address"},
		{"[::127.0.0.1]:80", "not a public address"},
		{"[64:ff9b::7f00:1]:80", "not a public address"},
		{"[64:ff9b:1::1]:80", "not a public address"},
		{"[2002:7f00:1::1]:80", "not a public address"},
		{"[fe80::1]:80", "not a public address"},
		{"[fe80::1%lo]:80", "one network only"},
		{"[fd00:ec2::254]:80", "not a public address"},
		{"[ff02::1]:80", "not a public address"},
		{"[2001:db8::1]:80", "not a public address"},
		{"20.1.2.3:80", "this machine"},
		{"[2600::2]:80", "this machine"},
	}
	g := newGuard(t, Options{})
	g.own = func() ([]net.Addr, error) {
		return []net.Addr{
			&net.IPNet{IP: net.IPv4(20, 1, 2, 3), Mask: net.CIDRMask(8, 32)},
			&net.IPNet{IP: net.ParseIP("2600::2"), Mask: net.CIDRMask(64, 128)},
		}, nil
	}
	for _, tt := range tests {
		err := g.judge(netip.MustParseAddrPort(tt.addr), false)
		if tt.words == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.addr, err)
			}
			continue
		}
		wantErr(t, tt.addr, err, ErrBlocked, tt.words)
	}
}

func TestAllowAndMapWidenJustWhatTheyName(t *testing.T) {
	t.Parallel()
	g := newGuard(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::1/64")}})
	g.setProxy(40000, true)
	tests := []struct {
		addr   string
		mapped bool
		words  string
	}{
		{"127.0.0.1:80", false, ""},
		{"[::ffff:127.0.0.1]:80", false, ""},
		{"[fd00::2]:80", false, ""},
		{"127.0.0.1:5432", false, "port 5432"},
		{"127.0.0.1:5432", true, ""},
		{"127.0.0.2:80", false, "not a public address"},
		{"127.0.0.2:80", true, "not a public address"}, // a map opens no address
		{"0.0.0.0:80", false, "not a public address"},
		{"[::1]:80", false, "not a public address"},
		{"20.0.0.1:5432", true, ""},
		{"127.0.0.1:40000", false, "our own proxy"},
		{"127.0.0.1:40000", true, "our own proxy"},
	}
	for _, tt := range tests {
		err := g.judge(netip.MustParseAddrPort(tt.addr), tt.mapped)
		if tt.words == "" {
			if err != nil {
				t.Errorf("%s, mapped %v: %v", tt.addr, tt.mapped, err)
			}
			continue
		}
		wantErr(t, tt.addr, err, ErrBlocked, tt.words)
	}
	g.setProxy(40000, false)
	if err := g.judge(netip.MustParseAddrPort("127.0.0.1:40000"), true); err != nil {
		t.Errorf("after the proxy has closed: %v", err)
	}
}
