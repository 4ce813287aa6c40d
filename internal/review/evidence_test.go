package review

import (
	"net/http"
	"strings"
	"testing"
)

func TestEvidenceIsAPictureOrText(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	const text = "text/plain; charset=utf-8"
	png := string(s.shelf[s.findings[0].Screenshot.SHA256])
	for _, tc := range []struct{ name, data, query, want string }{
		{"a PNG", png, "?type=image/png", "image/png"},
		{"a PNG without a type", png, "", "image/png"},
		{"a JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "?type=image/png", "image/jpeg"},
		{"a PNG as text", png, "?type=text/plain", text},
		{"a PNG that somebody calls HTML", png, "?type=text/html", text},
		{"HTML", "<!doctype html><script>alert(1)</script>", "", text},
		{"HTML that somebody calls a picture", "<html><script>alert(1)</script>", "?type=image/png", text},
		{"HTML that somebody calls HTML", "<html>", "?type=text/html", text},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "?type=image/svg%2Bxml", text},
		{"GIF, which we never make", "GIF89a<script>", "?type=image/gif", text},
		{"XML", "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "", text},
		{"PDF", "%PDF-1.7", "?type=application/pdf", text},
		{"nothing", "", "", text},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := s.shelf.put("x", "", []byte(tc.data))
			res := s.get(t, "/evidence/"+f.SHA256+tc.query)
			res.want(t, http.StatusOK, "")
			if got := res.Header.Get("Content-Type"); got != tc.want {
				t.Errorf("type %q, want %q", got, tc.want)
			}
			if res.body != tc.data {
				t.Error("the bytes are not those that were stored")
			}
			policy := res.Header.Get("Content-Security-Policy")
			if !strings.HasPrefix(policy, "sandbox;") || !strings.Contains(policy, "default-src 'none'") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", res.Header)
			}
		})
	}
}

func FuzzEvidenceIsNeverHTML(f *testing.F) {
	f.Add([]byte("<html>"))
	f.Add([]byte("\x89PNG\r\n\x1a\n<html>"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if kind := imageType(head); kind != "" && kind != "image/png" && kind != "image/jpeg" {
			t.Errorf("%q is served as %s", head, kind)
		}
	})
}

func TestEvidenceNamesAreHashes(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	known := s.findings[0].Screenshot.SHA256
	for _, name := range []string{strings.Repeat("a", 64), strings.ToUpper(known), known[:63], known + "0", "..%2f..%2fetc%2fpasswd", "x"} {
		s.get(t, "/evidence/"+name).want(t, http.StatusNotFound, "")
	}
}

func TestAttachedTextIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	s := loggedIn(t)
	long := strings.Repeat("ä", maxShown) // two bytes each: twice what is shown
	f := s.shelf.put("long.txt", "text/plain", []byte("x"+long))
	s.reports[0].Attachments = append(s.reports[0].Attachments, f)
	s.reports[0].ContentHash = s.reports[0].Hash()
	body := s.get(t, "/reports/1").body
	if strings.Contains(body, "⟨C3⟩") || !strings.Contains(body, "read it whole") || !strings.Contains(body, `id="approve"`) {
		t.Error("the long text is not shown well")
	}
}
