package render

import (
	"os"
	"strings"
	"syscall"
)

// flags gives the browser's command line (https://peter.sh/experiments/chromium-command-line-switches/).
// Its own sandbox is never switched off.
func flags(profile string) []string {
	all := []string{
		"--headless",
		"--remote-debugging-pipe", // descriptors 3 and 4: no port that others on the machine could use
		"--user-data-dir=" + profile,
		"--no-startup-window",
		"--no-first-run",
		"--no-default-browser-check",
		"--password-store=basic",
		"--lang=en-US",
		"--window-size=1280,800",
		"--hide-scrollbars",
		"--mute-audio",
		"--disable-gpu",

		// Fail closed: a context that has no proxy of its own reaches nothing, and neither
		// does the browser itself. <-loopback> takes loopback out of Chromium's own exceptions.
		"--proxy-server=http://127.0.0.1:1",
		"--proxy-bypass-list=<-loopback>",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--disable-quic",
		"--force-webrtc-ip-handling-policy=disable_non_proxied_udp",

		// No traffic and no work of the browser's own.
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-component-extensions-with-background-pages",
		"--disable-default-apps",
		"--disable-extensions",
		"--disable-sync",
		"--disable-breakpad",
		"--disable-crash-reporter",
		"--disable-domain-reliability",
		"--metrics-recording-only",
		"--no-pings",
		"--no-service-autorun",
		"--disable-features=" + strings.Join(disabledFeatures(), ","),

		// What a visitor's browser would show to a page. Navigator.webdriver is false, and
		// windows that the page opens are opened, to be looked at.
		"--disable-blink-features=AutomationControlled",
		"--disable-popup-blocking",

		// A page behind another keeps running as if it were in front.
		"--disable-backgrounding-occluded-windows",
		"--disable-renderer-backgrounding",
		"--disable-background-timer-throttling",
	}
	if smallShm() {
		all = append(all, "--disable-dev-shm-usage")
	}
	return all
}

func disabledFeatures() []string {
	return []string{
		"Translate", "OptimizationHints", "MediaRouter", "DialMediaRouteProvider", "InterestFeedContentSuggestions",
		"CertificateTransparencyComponentUpdater", "AutofillServerCommunication", "NetworkTimeServiceQuerying",
		"DnsOverHttps", "AsyncDns",
		// An http page is looked at over http, and the guard alone judges addresses.
		"HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LocalNetworkAccessChecks",
		// Each window would render two hidden pages of the address bar: three times the CPU of a visit.
		"WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
		// A renderer started ahead for a site that never comes: a fifth of a visit's CPU.
		"SpareRendererForSitePerProcess",
		// A page kept for the back button would keep running after it was left.
		"BackForwardCache",
	}
}

// smallShm tells whether /dev/shm is a container's 64 MB, which pages overrun.
func smallShm() bool {
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err != nil {
		_, err := os.Stat("/dev/shm")
		return err != nil
	}
	return fs.Blocks*uint64(fs.Bsize) < 512<<20
}
