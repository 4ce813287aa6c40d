package scam

// Request asks for one visit.
type Request struct {
	URL         string  // verbatim
	Referrer    string  // sent as Referer; empty: none
	Persona     string  // name of the visitor; empty: the default persona
	Purpose     Purpose // empty: manual
	CandidateID int64   // 0 unless Purpose is crawl
}
