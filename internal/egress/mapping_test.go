package egress

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"popdown/internal/scam"
)

func TestParseMapping(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     string // as String gives it; empty: refused
	}{
		{"exact", "shop.example=127.0.0.1:8080", "shop.example=127.0.0.1:8080"},
		{"wildcard", "*.example=127.0.0.1:8080", "*.example=127.0.0.1:8080"},
		{"IPv6", "shop.example=[2001:db8::1]:80", "shop.example=[2001:db8::1]:80"},
		{"v4-mapped is IPv4", "shop.example=[::ffff:127.0.0.1]:80", "shop.example=127.0.0.1:80"},
		{"case and final dot", "*.Shop.EXAMPLE.=127.0.0.1:1", "*.shop.example=127.0.0.1:1"},
		{"punycode", "bücher.example=127.0.0.1:1", "xn--bcher-kva.example=127.0.0.1:1"},
		{"one label", "localhost=127.0.0.1:1", "localhost=127.0.0.1:1"},
		{"underscore", "a_b.example=127.0.0.1:1", "a_b.example=127.0.0.1:1"},
		{"no address", "shop.example", ""},
		{"no host", "=127.0.0.1:1", ""},
		{"everything", "*=127.0.0.1:1", ""},
		{"wildcard of nothing", "*.=127.0.0.1:1", ""},
		{"wildcard in the middle", "a.*.example=127.0.0.1:1", ""},
		{"wildcard twice", "*.*.example=127.0.0.1:1", ""},
		{"wildcard without dot", "*shop.example=127.0.0.1:1", ""},
		{"empty label", "a..example=127.0.0.1:1", ""},
		{"URL", "http://shop.example=127.0.0.1:1", ""},
		{"host with port", "shop.example:80=127.0.0.1:1", ""},
		{"IPv4", "192.0.2.1=127.0.0.1:1", ""},
		{"IPv4 below a wildcard", "*.2.1=127.0.0.1:1", ""},
		{"IPv6 on the left", "[::1]=127.0.0.1:1", ""},
		{"IPv6 bare", "::1=127.0.0.1:1", ""},
		{"decimal address", "2130706433=127.0.0.1:1", ""},
		{"hex address", "0x7f.1=127.0.0.1:1", ""},
		{"hex of nothing", "a.0x=127.0.0.1:1", ""},
		{"port missing", "shop.example=127.0.0.1", ""},
		{"port zero", "shop.example=127.0.0.1:0", ""},
		{"name on the right", "shop.example=localhost:80", ""},
		{"zone", "shop.example=[fe80::1%eth0]:80", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMapping(tt.in)
			if tt.want == "" {
				if !errors.Is(err, scam.ErrInvalid) {
					t.Errorf("%q gave %v, %v; want it refused", tt.in, m, err)
				}
				return
			}
			if err != nil || m.String() != tt.want {
				t.Errorf("%q gave %v, %v; want %s", tt.in, m, err, tt.want)
			}
		})
	}
}

func TestMapPrecedenceAndDepth(t *testing.T) {
	t.Parallel()
	g := newGuard(t, Options{Map: []Mapping{
		mapping(t, "*.example=127.0.0.1:1"),
		mapping(t, "*.shop.example=127.0.0.1:2"),
		mapping(t, "shop.example=127.0.0.1:3"),
		mapping(t, "www.shop.example=127.0.0.1:4"),
	}})
	for host, want := range map[string]uint16{
		"a.example":             1,
		"a.b.c.d.example":       1,
		"example":               0, // the suffix itself is not below it
		"a.shop.example":        2,
		"a.b.shop.example":      2,
		"shop.example":          3,
		"www.shop.example":      4,
		"a.www.shop.example":    2,
		"notshop.example":       1,
		"shop.example.test":     0,
		"badexample":            0,
		"127.0.0.1":             0,
		"::1":                   0,
		"":                      0,
		".":                     0,
		"shop.example.":         0, // splitTarget has taken the dot off
		"127.0.0.1.nip.example": 1,
	} {
		got, ok := g.mapped(host)
		if got.Port() != want || ok != (want != 0) {
			t.Errorf("%q is mapped to %v, %v; want port %d", host, got, ok, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"an empty prefix":         {Allow: []netip.Prefix{{}}},
		"a v4-mapped prefix":      {Allow: []netip.Prefix{netip.MustParsePrefix("::ffff:127.0.0.0/104")}},
		"a mapping of an address": {Map: []Mapping{{Pattern: "192.0.2.1", Addr: netip.MustParseAddrPort("127.0.0.1:1")}}},
		"a mapping to nowhere":    {Map: []Mapping{{Pattern: "shop.example"}}},
		"one host to two places":  {Map: []Mapping{mapping(t, "a.example=127.0.0.1:1"), mapping(t, "A.example=127.0.0.1:2")}},
		"a resolver by name":      {Resolver: "localhost:53"},
	} {
		if _, err := New(o); !errors.Is(err, scam.ErrInvalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if _, err := New(Options{Map: []Mapping{mapping(t, "a.example=127.0.0.1:1"), mapping(t, "a.example=127.0.0.1:1")}}); err != nil {
		t.Errorf("the same mapping twice: %v", err)
	}
}

func FuzzParseMapping(f *testing.F) {
	for _, seed := range []string{
		"shop.example=127.0.0.1:8080", "*.example=[::1]:80", "xn--a=1.2.3.4:5", "0x7f.1=127.0.0.1:1", "ⓐ.example=1.1.1.1:1",
		"127。0。0。1=127.0.0.1:1", "a.１=127.0.0.1:1", "=", "*.=:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMapping(s)
		if err != nil {
			if !errors.Is(err, scam.ErrInvalid) {
				t.Fatalf("%q gave %v, not an invalid", s, err)
			}
			return
		}
		again, err := ParseMapping(m.String())
		if err != nil {
			t.Fatalf("%q gave %q, which is refused: %v", s, m, err)
		}
		if diff := cmp.Diff(m, again, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Fatal(diff)
		}
		if _, err := netip.ParseAddr(m.Pattern); err == nil || endsInNumber(m.Pattern) {
			t.Fatalf("%q maps the address %q", s, m.Pattern)
		}
	})
}
