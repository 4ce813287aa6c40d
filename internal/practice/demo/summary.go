package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"popdown/internal/practice/site"
	"popdown/internal/scam"
)

// Summary is the closing account, printed as the last line.
type Summary struct {
	OK               bool           `json:"ok"`
	ScamPages        int            `json:"scam_pages"`        // that should end down
	Down             int            `json:"down"`              // of them
	HarmlessPages    int            `json:"harmless_pages"`    // that must not be reported
	HarmlessReported int            `json:"harmless_reported"` // of them
	ReportsReceived  int            `json:"reports_received"`
	Duplicates       int            `json:"duplicates"` // letters that came twice
	TookSeconds      float64        `json:"took_s"`
	Stages           map[string]int `json:"stages"`
	Missing          []string       `json:"missing,omitempty"` // hosts that should be down and are not
}

// caseRow is what takedown case list --json prints.
type caseRow struct {
	Target string         `json:"target"`
	State  scam.CaseState `json:"state"`
}

// missing lists the hosts of scam pages without a case that is down.
func (d *Demo) missing(rows []caseRow) []string {
	var hosts []string
	for _, s := range d.Internet.Sites() {
		if s.Label != site.Scam {
			continue
		}
		for _, host := range s.LandingHosts() {
			if !slices.Contains(rows, caseRow{scam.Target(host), scam.CaseDown}) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// account prints the table of stages and the summary, and fails if the loop did not
// close or somebody innocent was reported.
func (d *Demo) account(rows []caseRow) error {
	s := Summary{Missing: d.missing(rows), Stages: map[string]int{}, TookSeconds: time.Since(d.screen.start).Round(100 * time.Millisecond).Seconds()}
	messages := d.Internet.Messages()
	s.ReportsReceived = len(messages)
	s.Duplicates = d.Internet.Duplicates()
	for _, page := range d.Internet.Sites() {
		for _, host := range page.LandingHosts() {
			if page.Label == site.Scam {
				s.ScamPages++
				continue
			}
			s.HarmlessPages++
			reported := slices.ContainsFunc(rows, func(r caseRow) bool { return r.Target == scam.Target(host) })
			for _, m := range messages {
				reported = reported || bytes.Contains(m.Raw, []byte(scam.Defang(host)))
			}
			if reported {
				s.HarmlessReported++
			}
		}
	}
	s.Down = s.ScamPages - len(s.Missing)
	s.OK = len(s.Missing) == 0 && s.ScamPages > 0 && s.HarmlessReported == 0 && s.Duplicates == 0
	if err := d.screen.table(); err != nil {
		return err
	}
	for _, g := range d.screen.stages {
		s.Stages[g.Name] = g.Count
	}
	fmt.Fprintln(d.Out)
	if err := json.NewEncoder(d.Out).Encode(s); err != nil {
		return err
	}
	if !s.OK {
		return fmt.Errorf("the loop did not close: still up: %s; harmless pages reported: %d; letters that came twice: %d",
			strings.Join(s.Missing, ", "), s.HarmlessReported, s.Duplicates)
	}
	return nil
}
