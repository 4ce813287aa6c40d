package detect

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// reading is a phone number as it would be dialled.
type reading struct {
	e164, region, kind string
}

// dialling is what helps to read a number that is printed without its country.
type dialling struct {
	regions []string // ISO 3166-1 alpha-2, the likeliest first
	lang    string   // of the page
	trust   bool     // something says that this is a number to call
}

// read turns printed digits into a number. groups are the digit groups as printed;
// plus tells that an international prefix is printed as "+".
func (d dialling) read(groups []string, plus bool) (reading, bool) {
	all := strings.Join(groups, "")
	if len(all) < 8 || len(all) > 18 || isFiller(all) {
		return reading{}, false
	}
	if plus {
		return d.readInternational(groups, all)
	}
	if r, ok := d.readPrefixed(all); ok {
		return r, true
	}
	if nanp := strings.TrimPrefix(all, "1"); len(all) == 11 && isTollFree(nanp) {
		return northAmerican(nanp)
	}
	return d.readNational(groups, all)
}

// readInternational reads what follows "+". Kits print "+" before numbers without a
// country code too, and the trunk 0 after it: "+49 (0) 30 ...".
func (d dialling) readInternational(groups []string, all string) (reading, bool) {
	if r, ok := international(all, false); ok {
		return r, true
	}
	for cc := 1; cc <= 3 && cc < len(all); cc++ {
		if all[cc] == '0' && groups[0] == all[:cc] {
			if r, ok := international(all[:cc]+all[cc+1:], false); ok {
				return r, true
			}
		}
	}
	if len(all) == 10 && isTollFree(all) {
		return northAmerican(all)
	}
	if all[0] == '0' {
		return dialling{d.regions, d.lang, d.trust}.read(groups, false)
	}
	return international(all, true)
}

// readPrefixed reads a dialled international prefix, however it is regrouped: 00
// (ITU-T E.164 recommends it), 011 from North America, 0011 from Australia, 010
// from Japan ("(0101) 20255-50143" is 010, 1, 202 555 0143).
func (d dialling) readPrefixed(all string) (reading, bool) {
	for _, prefix := range []string{"0011", "00", "011", "010"} {
		rest, ok := strings.CutPrefix(all, prefix)
		if !ok || len(rest) < 10 {
			continue
		}
		if nanp, ok := strings.CutPrefix(rest, "1"); ok {
			if r, ok := northAmerican(nanp); ok {
				return r, true
			}
			continue
		}
		if prefix == "010" && d.lang != "ja" || prefix == "0011" && !contains(d.regions[:min(2, len(d.regions))], "AU") {
			continue
		}
		if r, ok := international(rest, false); ok {
			return r, true
		}
	}
	return reading{}, false
}

// readNational tries the regions in turn. Where a number is valid in several, the
// one that would print it in these groups is preferred: 0670-308-1235 on a German
// page is an Austrian mobile number.
func (d dialling) readNational(groups []string, all string) (reading, bool) {
	if d.lang == "ja" && len(all) >= 12 && (strings.HasPrefix(all, "184") || strings.HasPrefix(all, "186")) {
		all = all[3:] // shows or hides the caller's own number (NTT)
		groups = []string{all}
	}
	var first reading
	for _, region := range d.regions {
		r, ok := national(groups, all, region, d.trust)
		if !ok && all[0] == '0' && len(all) >= 10 && region == d.regions[0] && !dialsTrunk(region) {
			// An extra 0: "0936 07 07 24" in Spain.
			if r, ok := national(groups, strings.TrimLeft(all, "0"), region, false); ok && r.region != "US" && r.region != "CA" {
				return r, true
			}
		}
		if ok && (region == "US" || region == "CA" || printsAlike(r.e164, groups[0])) {
			return r, true
		}
		if ok && first.e164 == "" {
			first = r
		}
	}
	if first.e164 != "" {
		return first, true
	}
	if len(d.regions) > 0 && d.trust && len(groups) > 1 {
		return possible(all, d.regions[0])
	}
	return reading{}, false
}

// national reads a number as people in one region write it.
func national(groups []string, all, region string, trust bool) (reading, bool) {
	if region == "US" || region == "CA" {
		nanp := all
		if len(all) == 11 {
			nanp = strings.TrimPrefix(all, "1")
		}
		if !trust && !isTollFree(nanp) && !groupedLikeNANP(groups) {
			return reading{}, false
		}
		return northAmerican(nanp)
	}
	if all[0] != '0' && dialsTrunk(region) && !isShared1(all, region) {
		return reading{}, false
	}
	n, err := phonenumbers.Parse(all, region)
	if err != nil || !phonenumbers.IsValidNumberForRegion(n, region) {
		return reading{}, false
	}
	return describe(n), true
}

// dialsTrunk tells whether people of a region print a 0 before the area code, so
// that digits without it are something else.
func dialsTrunk(region string) bool {
	switch region {
	case "DE", "AT", "CH", "FR", "BE", "NL", "GB", "IE", "JP", "AU", "NZ", "SE", "FI", "TR", "KR", "TW":
		return true
	}
	return false
}

// isShared1 knows the ranges that begin with 1 in Australia (ACMA) and Ireland (ComReg).
func isShared1(all, region string) bool {
	if region != "AU" && region != "IE" {
		return false
	}
	return strings.HasPrefix(all, "1800") || strings.HasPrefix(all, "1300") || strings.HasPrefix(all, "1850") || strings.HasPrefix(all, "1890")
}

// international reads a country code and what follows; loose takes any length that
// the country uses, also of ranges that nobody was given (those for fiction).
func international(all string, loose bool) (reading, bool) {
	if all[0] == '1' {
		return northAmerican(all[1:])
	}
	n, err := phonenumbers.Parse("+"+all, "")
	if err != nil || !phonenumbers.IsValidNumber(n) && !(loose && phonenumbers.IsPossibleNumber(n)) {
		return reading{}, false
	}
	return describe(n), true
}

// possible reads a number of a length that the region uses, whoever has it.
func possible(all, region string) (reading, bool) {
	n, err := phonenumbers.Parse(all, region)
	if err != nil || region == "US" || region == "CA" ||
		phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE || all[0] != '0' {
		return reading{}, false
	}
	return describe(n), true
}

// printsAlike tells whether a number's own national form begins with the group.
func printsAlike(e164, group string) bool {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return false
	}
	form := phonenumbers.Format(n, phonenumbers.NATIONAL)
	end := strings.IndexFunc(form, func(r rune) bool { return r < '0' || r > '9' })
	return end < 0 || strings.Trim(form[:end], " ") == group
}

// isFiller knows digits that stand for a number: 0000000000, 1234567890.
func isFiller(all string) bool {
	tail := all[max(0, len(all)-10):]
	return strings.Count(tail, tail[:1]) == len(tail) || tail == "1234567890" || strings.HasSuffix(tail, "0000000") || strings.HasSuffix(tail, "1111111")
}
