package render

import (
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// brands gives the lists of Sec-CH-UA and Sec-CH-UA-Full-Version-List as a Chromium of
// this version would: three brands in an order, and with a made-up one ("greased"),
// that follow from the major version
// (https://chromium.googlesource.com/chromium/src/+/main/components/embedder_support/user_agent_utils.cc).
func brands(brand, brandVersion, chromium string) (low, full []*emulation.UserAgentBrandVersion) {
	major, _, _ := strings.Cut(chromium, ".")
	seed, err := strconv.Atoi(major)
	if err != nil {
		return nil, nil
	}
	marks := []string{" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"}
	greased := "Not" + marks[seed%len(marks)] + "A" + marks[(seed+1)%len(marks)] + "Brand"
	greasedVersion := []string{"8", "99", "24"}[seed%3]
	order := [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}[seed%6]

	brandMajor, _, _ := strings.Cut(brandVersion, ".")
	low = make([]*emulation.UserAgentBrandVersion, 3)
	full = make([]*emulation.UserAgentBrandVersion, 3)
	for i, b := range []struct{ name, major, full string }{
		{greased, greasedVersion, greasedVersion + ".0.0.0"},
		{"Chromium", major, chromium},
		{brand, brandMajor, brandVersion},
	} {
		low[order[i]] = &emulation.UserAgentBrandVersion{Brand: b.name, Version: b.major}
		full[order[i]] = &emulation.UserAgentBrandVersion{Brand: b.name, Version: b.full}
	}
	return low, full
}
