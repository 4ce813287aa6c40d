package review

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"

	"popdown/internal/scam"
)

// funcs are the words that templates use.
func funcs(now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"ago":    func(t time.Time) string { return ago(now().Sub(t)) },
		"brand":  brandName,
		"cents":  func(f float64) string { return fmt.Sprintf("%.0f %%", f*100) },
		"clip":   clip,
		"cut":    cut,
		"defang": scam.Defang,
		"detail": detailText,
		"held":   func(n int) int { return min(100, max(0, n)) },
		"iso":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"short":  func(s string) string { return s[:min(12, len(s))] },
		"size":   sizeText,
		"span":   func(from, to time.Time) string { return spanText(to.Sub(from)) },
		"took":   func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) },
		"via":    viaText,
		"when":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"words":  func(name any) string { return words(fmt.Sprint(name)) },
	}
}

// words makes a stable name readable: "dialog_loop" is "dialog loop".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// brandName is how people speak of a brand.
func brandName(slug string) string { return cmp.Or(scam.BrandOf(slug).Name, "No brand") }

// ago is how long something is past, or how far ahead.
func ago(d time.Duration) string {
	switch {
	case d < -time.Second:
		return "in " + spanText(-d)
	case d < 10*time.Second:
		return "just now"
	}
	return spanText(d) + " ago"
}

// spanText names a duration by its two largest units: "3 h 20 min".
func spanText(d time.Duration) string {
	const day = 24 * time.Hour
	two := func(big time.Duration, bigName string, small time.Duration, smallName string) string {
		n, rest := d/big, d%big/small
		if rest == 0 {
			return fmt.Sprintf("%d %s", n, bigName)
		}
		return fmt.Sprintf("%d %s %d %s", n, bigName, rest, smallName)
	}
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return two(time.Minute, "min", time.Second, "s")
	case d < day:
		return two(time.Hour, "h", time.Minute, "min")
	}
	return two(day, "d", time.Hour, "h")
}

func sizeText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// viaText says how one step of a chain came about.
func viaText(v scam.Via) string {
	switch v {
	case scam.ViaStart:
		return "opened"
	case scam.ViaHTTP:
		return "HTTP redirect"
	case scam.ViaMeta:
		return "meta refresh"
	case scam.ViaScript:
		return "script"
	case scam.ViaForm:
		return "form it sent itself"
	case scam.ViaClick:
		return "our click"
	case scam.ViaWindowOpen:
		return "popup"
	case scam.ViaFrame:
		return "frame"
	}
	return words(string(v))
}
