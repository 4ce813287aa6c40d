package review

import "net/http"

// flash is what a page says once about the step that led to it.
type flash string

// flashOf reads the code that a redirect carries. Only these texts can appear, whatever
// the address says: nobody can put words into our mouth with a link.
func flashOf(r *http.Request) flash {
	switch r.URL.Query().Get("done") {
	case "confirmed":
		return "Confirmed. The case is open; who can act is being looked up, and draft reports follow."
	case "dismissed":
		return "Dismissed. It will not be reported."
	case "approved":
		return "Approved exactly as shown. It leaves when its turn comes."
	case "reopened":
		return "Back to draft. Nothing leaves until it is approved anew."
	case "settled":
		return "Noted as sent. The case is checked from now on."
	case "closed":
		return "Closed. Nothing more is sent or checked for this case."
	case "logged_out":
		return "You are logged out."
	}
	return ""
}

// done sends the browser from a form to the page that shows what came of it.
func done(w http.ResponseWriter, r *http.Request, path, code string) {
	http.Redirect(w, r, path+"?done="+code, http.StatusSeeOther)
}
