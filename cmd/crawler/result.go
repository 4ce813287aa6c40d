package main

import (
	"popdown/internal/detect"
	"popdown/internal/scam"
)

// result is one line of scan --json: a visit, judged by its worst landing. The fields
// are a promise to scripts; add freely, rename or drop only with a line in CHANGELOG.md.
type result struct {
	RequestedURL string       `json:"requested_url"`
	LandingURL   string       `json:"landing_url"`
	Persona      string       `json:"persona"`
	Outcome      scam.Outcome `json:"outcome"`
	StartedAt    string       `json:"started_at"` // RFC 3339
	TookMS       int64        `json:"took_ms"`
	landing
	OtherLandings []otherLanding `json:"other_landings,omitempty"`
	Evidence      evidencePaths  `json:"evidence"`
	Error         string         `json:"error"`
}

// landing is what was seen where one chain ended.
type landing struct {
	Title     string                `json:"title"`
	Chain     []scam.Hop            `json:"chain"`
	Verdict   verdict               `json:"verdict"`
	Numbers   []scam.CallbackNumber `json:"numbers"`
	Behaviors []string              `json:"behaviors"` // names, each once
	Details   []scam.Behavior       `json:"behavior_details"`
	Dialogs   []scam.Dialog         `json:"dialogs"`
}

type otherLanding struct {
	LandingURL string `json:"landing_url"`
	landing
}

type verdict struct {
	Class        scam.Class    `json:"class"`
	Score        int           `json:"score"`
	Brand        string        `json:"brand"`
	FraudType    string        `json:"fraud_type"`
	Language     string        `json:"language"`
	Signals      []scam.Signal `json:"signals"`
	RulesVersion string        `json:"rules_version"`
}

// evidencePaths are relative to --out.
type evidencePaths struct {
	Dir        string `json:"dir"`
	Screenshot string `json:"screenshot"`
	DOM        string `json:"dom"`
	HAR        string `json:"har"`
	Manifest   string `json:"manifest"`
}

// newResult folds a visit into one line: the landing with the highest score stands in
// front, the others behind it.
func newResult(v scam.Visit, verdicts []scam.Verdict) result {
	r := result{
		RequestedURL: v.RequestedURL, LandingURL: v.RequestedURL, Persona: v.Persona, Outcome: v.Outcome,
		StartedAt: v.StartedAt.UTC().Format("2006-01-02T15:04:05.000Z07:00"), TookMS: v.Took.Milliseconds(), Error: v.Error,
		landing: newLanding(scam.Landing{}, scam.Verdict{Class: scam.ClassBenign}),
	}
	worst := detect.Worst(verdicts)
	for i, l := range v.Landings {
		if i == worst {
			r.LandingURL, r.landing = l.URL, newLanding(l, verdicts[i])
			continue
		}
		r.OtherLandings = append(r.OtherLandings, otherLanding{l.URL, newLanding(l, verdicts[i])})
	}
	return r
}

func newLanding(l scam.Landing, v scam.Verdict) landing {
	names := []string{}
	seen := map[string]bool{}
	for _, b := range l.Behaviors {
		if !seen[b.Name] {
			seen[b.Name] = true
			names = append(names, b.Name)
		}
	}
	return landing{
		Title: l.Title, Chain: list(l.Chain), Numbers: list(v.Numbers),
		Verdict:   verdict{v.Class, v.Score, v.Brand, v.FraudType, v.Language, list(v.Signals), v.RulesVersion},
		Behaviors: names, Details: list(l.Behaviors), Dialogs: list(l.Dialogs),
	}
}

// list makes an empty list print as [] and not as null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
