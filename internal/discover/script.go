package discover

import "strings"

// maxScriptURLs bounds what is taken from one script.
const maxScriptURLs = 200

// inScript gives the ad links whose addresses stand whole in a script's text (or an
// event handler's). Nothing is run: what a script puts together itself, only a browser
// sees.
func (r rules) inScript(at place, text, where string) []ad {
	var ads []ad
	for _, raw := range r.address.FindAllString(text, maxScriptURLs) {
		raw = strings.ReplaceAll(strings.TrimLeft(raw, "\"'`"), `\/`, "/")
		raw = strings.TrimRight(raw, `\),;`)
		u, raw, ok := r.foreign(at, raw)
		if !ok {
			continue
		}
		points, why := r.shape(u)
		if points < threshold {
			continue
		}
		kind := adLink
		switch asset(u.Path) {
		case "code":
			kind = adScript
		case "media":
			continue
		}
		ads = append(ads, ad{kind, raw, points, append(why, "named by a "+where)})
	}
	return ads
}

// asset tells code and media from pages by the path's extension; "" is a page.
func asset(path string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return ""
	}
	switch strings.ToLower(path[dot+1:]) {
	case "js", "mjs":
		return "code"
	case "css", "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "woff", "woff2", "mp4", "mp3", "json":
		return "media"
	}
	return ""
}
