package scam

// The arguments of the jobs that follow from state changes. Each is enqueued in the
// transaction of the change that causes it; the engines work them.
type (
	// RunSeed turns a due seed into candidates. Worked by crawler.
	RunSeed struct {
		SeedID int64 `json:"seed_id" river:"unique"`
	}
	// Recheck looks whether a reported page is still up. Asked by takedown, worked by crawler.
	Recheck struct {
		CheckID int64 `json:"check_id" river:"unique"`
	}
	// FindContacts finds who can act on a case and drafts the reports. Worked by takedown.
	FindContacts struct {
		CaseID int64 `json:"case_id"`
	}
	// SendReport hands an approved report over. Worked by takedown.
	SendReport struct {
		ReportID int64 `json:"report_id" river:"unique"`
	}
)

// Kind names the job in the queue.
func (RunSeed) Kind() string { return "run_seed" }

// Kind names the job in the queue.
func (Recheck) Kind() string { return "recheck" }

// Kind names the job in the queue.
func (FindContacts) Kind() string { return "find_contacts" }

// Kind names the job in the queue.
func (SendReport) Kind() string { return "send_report" }
