package egress

// chatter tells what the browser wants of a host when no page asked for it. Chrome
// goes there in spite of its flags, and a visit's record should hold the page's alone.
func chatter(host string) (string, bool) {
	why, found := map[string]string{
		"accounts.google.com":                     "sign-in state, asked at start",
		"android.clients.google.com":              "registration for push messages",
		"clients2.google.com":                     "extension updates, time",
		"clientservices.googleapis.com":           "field trials",
		"connectivitycheck.gstatic.com":           "captive portal check after a certificate error",
		"content-autofill.googleapis.com":         "what forms mean",
		"edgedl.me.gvt1.com":                      "component downloads",
		"mtalk.google.com":                        "push messages",
		"optimizationguide-pa.googleapis.com":     "page hints and models",
		"redirector.gvt1.com":                     "component downloads",
		"safebrowsing.googleapis.com":             "lists of bad sites",
		"safebrowsingohttpgateway.googleapis.com": "lists of bad sites",
		"update.googleapis.com":                   "component updates",
	}[host]
	return why, found
}
