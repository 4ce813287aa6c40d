package detect

import "github.com/nyaruka/phonenumbers"

// describe names a number's region and kind.
func describe(n *phonenumbers.PhoneNumber) reading {
	r := reading{e164: phonenumbers.Format(n, phonenumbers.E164), kind: kindOf(phonenumbers.GetNumberType(n))}
	r.region = phonenumbers.GetRegionCodeForNumber(n)
	if r.region == "" {
		r.region = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	}
	if r.region == "001" || r.region == "ZZ" {
		r.region = "" // a global service
	}
	return r
}

func kindOf(t phonenumbers.PhoneNumberType) string {
	switch t {
	case phonenumbers.TOLL_FREE:
		return "toll_free"
	case phonenumbers.FIXED_LINE:
		return "fixed_line"
	case phonenumbers.MOBILE:
		return "mobile"
	case phonenumbers.FIXED_LINE_OR_MOBILE:
		return "fixed_line_or_mobile"
	case phonenumbers.VOIP:
		return "voip"
	case phonenumbers.PREMIUM_RATE:
		return "premium"
	case phonenumbers.SHARED_COST:
		return "shared_cost"
	case phonenumbers.UAN:
		return "uan"
	}
	return "unknown"
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
