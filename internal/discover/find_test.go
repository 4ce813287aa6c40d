package discover

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

func mustRules(t testing.TB) rules {
	t.Helper()
	r, err := parseRules(shippedRules)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func publisher(t testing.TB) place {
	t.Helper()
	base, err := url.Parse("https://news.example/today/")
	if err != nil {
		t.Fatal(err)
	}
	return place{base: base, own: []string{"news.example"}}
}

func TestFind(t *testing.T) {
	t.Parallel()
	r := mustRules(t)
	tests := map[string]struct {
		html string
		want []string // kind and address
	}{
		"a link to a known network":                 {`<a href="https://c1.popads.net/x">x</a>`, []string{"link https://c1.popads.net/x"}},
		"a click counter":                           {`<a href="https://t.example/click?id=1">x</a>`, []string{"link https://t.example/click?id=1"}},
		"a click counter with an extension":         {`<a href="https://t.example/www/delivery/ck.php?oaparams=1">x</a>`, []string{"link https://t.example/www/delivery/ck.php?oaparams=1"}},
		"a redirector with something to count":      {`<a href="https://t.example/go?c=1">x</a>`, []string{"link https://t.example/go?c=1"}},
		"a redirector in a new tab":                 {`<a href="https://t.example/go/1" target="_blank">x</a>`, []string{"link https://t.example/go/1"}},
		"a zone parameter":                          {`<a href="https://t.example/?ZoneID=1">x</a>`, []string{"link https://t.example/?ZoneID=1"}},
		"a picture in an ad container":              {`<div id="banner1"><a href="https://t.example/a"><img></a></div>`, []string{"link https://t.example/a"}},
		"a new tab in an ad container":              {`<div class="zone-12"><p><a href="//t.example/a" target="_blank">x</a></p></div>`, []string{"link https://t.example/a"}},
		"marked as sponsored":                       {`<a rel="nofollow sponsored" href="https://t.example/a">x</a>`, []string{"link https://t.example/a"}},
		"an area of an image map":                   {`<map><area href="https://t.example/adclick/1?x=1"></map>`, []string{"link https://t.example/adclick/1?x=1"}},
		"a frame in an ad container":                {`<ins class="adsbygoogle"><iframe src="https://t.example/a"></iframe></ins>`, []string{"iframe https://t.example/a"}},
		"a lazy frame":                              {`<iframe data-src="https://t.example/serve?z=1"></iframe>`, []string{"iframe https://t.example/serve?z=1"}},
		"a frame with data-zone":                    {`<div data-zone="5"><iframe src="https://t.example/a"></iframe></div>`, []string{"iframe https://t.example/a"}},
		"a script tag of a network":                 {`<script src="//cdn.popcash.net/pop.js"></script>`, []string{"script https://cdn.popcash.net/pop.js"}},
		"an address in a script":                    {`<script>var u='https:\/\/t.example\/click?id=1';</script>`, []string{"link https://t.example/click?id=1"}},
		"an address without a scheme in a script":   {"<script>open(`//t.example/click?id=1`)</script>", []string{"link https://t.example/click?id=1"}},
		"an address in an event handler":            {`<body onclick="window.open('https://t.example/click?id=1')">`, []string{"link https://t.example/click?id=1"}},
		"an ad script named by a script":            {`<script>s.src="https://t.example/serve.js?zoneid=1"</script>`, []string{"script https://t.example/serve.js?zoneid=1"}},
		"line breaks inside an address":             {"<a href='https://t.example/cl\nick?id=1'>x</a>", []string{"link https://t.example/click?id=1"}},
		"relative to base":                          {`<base href="https://ads.example/x/"><a href="click?id=1">x</a>`, []string{"link https://ads.example/x/click?id=1"}},
		"the rest of an address does too":           {`<a href="https://T.Example/x/../click?id=1">x</a>`, []string{"link https://T.Example/x/../click?id=1"}},
		"query and fragment stay verbatim":          {`<a href="https://t.example/click?p=%201-844+555#A%20b">x</a>`, []string{"link https://t.example/click?p=%201-844+555#A%20b"}},
		"editorial: another site":                   {`<a href="https://other.example/story">x</a>`, nil},
		"editorial: another site in a new tab":      {`<a href="https://other.example/story" target="_blank"><img></a>`, nil},
		"editorial: a newsletter's link":            {`<a href="https://other.example/story?campaign=may">x</a>`, nil},
		"editorial: our own click counter":          {`<a href="https://www.news.example/click?zoneid=1">x</a>`, nil},
		"editorial: relative":                       {`<div class="ads"><a href="/click?zoneid=1" target="_blank">x</a></div>`, nil},
		"editorial: a well-known site":              {`<div class="ad"><a href="https://www.youtube.com/redirect?zoneid=1" target="_blank">x</a></div>`, nil},
		"editorial: a cookie banner":                {`<div class="cookie-banner"><a href="https://consent.example/" target="_blank">x</a></div>`, nil},
		"editorial: a layout's zone":                {`<div class="zone-content"><a href="https://other.example/" target="_blank">x</a></div>`, nil},
		"editorial: the page is called after ads":   {`<body class="ads"><main class="ad"><a href="https://other.example/" target="_blank">x</a></main></body>`, nil},
		"editorial: words that hold the letters ad": {`<div class="header-shadow loaded read-more"><a href="https://other.example/" target="_blank">x</a></div>`, nil},
		"an embedded video":                         {`<iframe src="https://player.example/v/1"></iframe>`, nil},
		"a library":                                 {`<script src="https://cdn.example/jquery.js"></script>`, nil},
		"no scheme of the web":                      {`<div class="ad"><a href="javascript:click()" target="_blank">x</a><a href="tel:+18445550143" target="_blank">x</a></div>`, nil},
		"a picture named by a script":               {`<script>i="https://t.example/serve/banner.png?zoneid=1"</script>`, nil},
		"an address that is too long":               {`<a href="https://t.example/click?id=` + strings.Repeat("a", 5000) + `">x</a>`, nil},
		"credentials in an address":                 {`<a href="https://a:b@t.example/click?id=1">x</a>`, nil},
		"structured data is no script":              {`<script type="application/ld+json">{"url":"https://t.example/click?id=1"}</script>`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ads, err := r.find(publisher(t), []byte(tt.html))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range ads {
				got = append(got, string(a.kind)+" "+a.url)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindInAFrameTakesWhatItShows(t *testing.T) {
	t.Parallel()
	at := publisher(t)
	at.base, _ = url.Parse("https://serve.ads.example/serve?zoneid=1")
	at.frame = true
	ads, err := mustRules(t).find(at, []byte(`<a href="/c/1" target="_blank">ad</a><a href="https://news.example/" target="_blank">back</a><a href="/about">about</a>`))
	if err != nil {
		t.Fatal(err)
	}
	if len(ads) != 1 || ads[0].url != "https://serve.ads.example/c/1" {
		t.Errorf("ads: %+v", ads)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"no comment":      "host x.example 2 X",
		"unknown kind":    "hots x.example 2 X # why",
		"no points":       "path click # why",
		"points in words": "path click two X # why",
		"upper case":      "param ZoneID 2 X # why",
		"too many words":  "zone ad box # why",
	} {
		if _, err := parseRules("# fine\n" + line); err == nil || !strings.Contains(err.Error(), "adrules.txt:2") {
			t.Errorf("%s: error %v, want one that names line 2", name, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte(`<base href="//x"><div class="ad zone-1"><a href="https://t.example/click?zoneid=1" target=_blank><img></a><iframe src=//a.example/serve?z>`))
	f.Add([]byte(`<script>open("http:\/\/t.example\/click?id=1");"//";'//\`))
	f.Add([]byte(`<body onclick="'//[::1]/click?zoneid=%zz'"><a href="http://xn--/click?x"><area href="http://%41/go?;">`))
	r, at := mustRules(f), publisher(f)
	f.Fuzz(func(t *testing.T, html []byte) {
		ads, err := r.find(at, html)
		if err != nil {
			return
		}
		for _, a := range ads {
			if scam.CheckWebURL(a.url) != nil || len(a.url) > 3*maxURL+100 {
				t.Errorf("not a web address: %q", a.url)
			}
			if target := scam.Target(scam.Host(a.url)); target == "news.example" || r.sites[target] {
				t.Errorf("an editorial link: %q", a.url)
			}
			if a.points < threshold || len(a.why) == 0 {
				t.Errorf("an ad without a reason: %+v", a)
			}
		}
	})
}

func FuzzReadList(f *testing.F) {
	f.Add([]byte("# c\nhttp://a.example/\r\nbad"), true)
	f.Fuzz(func(t *testing.T, text []byte, cut bool) {
		urls, _ := readList(text, cut)
		for _, u := range urls {
			if scam.CheckWebURL(u) != nil {
				t.Errorf("not a web address: %q", u)
			}
		}
	})
}
