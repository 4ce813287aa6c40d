package detect

import (
	"strconv"

	"github.com/nyaruka/phonenumbers"
)

// northAmerican reads ten digits by the shape of the North American Numbering Plan
// (NPA-NXX-XXXX, https://www.nanpa.com), not by who was given them: 555-01xx is
// read like any other.
func northAmerican(all string) (reading, bool) {
	if len(all) != 10 || all[0] < '2' || all[3] < '2' || all[1] == '9' || all[1:3] == "11" || all[4:6] == "11" || isFiller(all) {
		return reading{}, false
	}
	n, err := phonenumbers.Parse("+1"+all, "")
	if err != nil {
		return reading{}, false
	}
	r := describe(n)
	if r.kind == "unknown" {
		if r.kind = "fixed_line_or_mobile"; isTollFree(all) {
			r.kind = "toll_free"
		}
	}
	return r, true
}

// isTollFree knows the codes in use (8YY, https://www.nanpa.com).
func isTollFree(all string) bool {
	if len(all) != 10 || all[0] != '8' || all[1] != all[2] || all[3] < '2' {
		return false
	}
	return all[1] == '0' || all[1] >= '3' && all[1] <= '8'
}

// groupedLikeNANP accepts the groups in which people print ten or eleven digits.
func groupedLikeNANP(groups []string) bool {
	shape := ""
	for _, g := range groups {
		shape += strconv.Itoa(len(g)) + " "
	}
	switch shape {
	case "3 3 4 ", "1 3 3 4 ", "3 7 ", "1 3 7 ", "1 10 ", "4 3 4 ", "3 3 2 2 ", "1 3 3 2 2 ", "6 4 ", "1 6 4 ", "11 ":
		return true
	}
	return false
}
