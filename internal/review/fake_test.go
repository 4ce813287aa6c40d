package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"popdown/internal/scam"
)

// memory is a Store that keeps the laws that the application leans on: transitions,
// approvals that name the hash, sessions that expire.
type memory struct {
	mu       sync.Mutex
	findings []scam.Finding
	visits   []scam.Visit
	cases    []scam.Case
	contacts []scam.Contact
	checks   []scam.Check
	reports  []scam.Report
	events   []scam.Event
	users    []scam.User
	sessions map[string]session
	sending  bool
	nextAt   time.Time // what SettleReport was told
	broken   error     // what every call answers when set
}

type session struct {
	user    int64
	expires time.Time
}

func find[T any](all []T, is func(T) bool) (*T, error) {
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return nil, scam.ErrNotFound
	}
	return &all[i], nil
}

func part[T any](all []T, limit, offset int) []T {
	offset = min(offset, len(all))
	return slices.Clone(all[offset:min(offset+limit, len(all))])
}

func (m *memory) finding(id int64) (*scam.Finding, error) {
	return find(m.findings, func(f scam.Finding) bool { return f.ID == id })
}

func (m *memory) report(id int64) (*scam.Report, error) {
	return find(m.reports, func(r scam.Report) bool { return r.ID == id })
}

func (m *memory) lock() func() { m.mu.Lock(); return m.mu.Unlock }

func (m *memory) Queue(_ context.Context, state scam.FindingState, limit, offset int) ([]scam.Finding, int, error) {
	defer m.lock()()
	all := slices.DeleteFunc(slices.Clone(m.findings), func(f scam.Finding) bool { return state != "" && f.State != state })
	return part(all, limit, offset), len(all), m.broken
}

func (m *memory) Finding(_ context.Context, id int64) (scam.Finding, error) {
	defer m.lock()()
	f, err := m.finding(id)
	if err != nil {
		return scam.Finding{}, err
	}
	return *f, m.broken
}

func (m *memory) FindingVisits(context.Context, int64) ([]scam.Visit, error) {
	return m.visits, m.broken
}

func (m *memory) Decide(_ context.Context, id int64, to scam.FindingState, by, reason string, at time.Time) (int64, error) {
	defer m.lock()()
	f, err := m.finding(id)
	if err != nil {
		return 0, err
	}
	if err := f.State.CanBecome(to); err != nil {
		return 0, err
	}
	f.State, f.DecidedBy, f.DecidedAt, f.Reason = to, by, at, reason
	if to == scam.FindingDismissed {
		return 0, nil
	}
	f.CaseID = m.cases[0].ID
	return f.CaseID, nil
}

func (m *memory) Cases(_ context.Context, limit, offset int) ([]scam.Case, int, error) {
	defer m.lock()()
	return part(m.cases, limit, offset), len(m.cases), m.broken
}

func (m *memory) Case(_ context.Context, id int64) (scam.Case, error) {
	defer m.lock()()
	c, err := find(m.cases, func(c scam.Case) bool { return c.ID == id })
	if err != nil {
		return scam.Case{}, err
	}
	return *c, m.broken
}

func (m *memory) CaseContacts(_ context.Context, id int64) ([]scam.Contact, error) {
	if id != m.cases[0].ID {
		return nil, m.broken
	}
	return m.contacts, m.broken
}

func (m *memory) Checks(_ context.Context, caseID int64) ([]scam.Check, error) {
	return slices.DeleteFunc(slices.Clone(m.checks), func(c scam.Check) bool { return c.CaseID != caseID }), m.broken
}

func (m *memory) Events(_ context.Context, noun string, id int64) ([]scam.Event, error) {
	return slices.DeleteFunc(slices.Clone(m.events), func(e scam.Event) bool { return e.Noun != noun || e.NounID != id }), m.broken
}

func (m *memory) CloseCase(_ context.Context, id int64, by, reason string, at time.Time) error {
	defer m.lock()()
	c, err := find(m.cases, func(c scam.Case) bool { return c.ID == id })
	if err != nil {
		return err
	}
	if err := c.State.CanBecome(scam.CaseClosed); err != nil {
		return err
	}
	c.State, c.ClosedAt = scam.CaseClosed, at
	m.events = append(m.events, scam.Event{At: at, Actor: by, Verb: "closed", Noun: "case", NounID: id, Detail: fmt.Appendf(nil, "{%q:%q}", "reason", reason)})
	return nil
}

func (m *memory) CaseReports(_ context.Context, caseID int64) ([]scam.Report, error) {
	defer m.lock()()
	return slices.DeleteFunc(slices.Clone(m.reports), func(r scam.Report) bool { return r.CaseID != caseID }), m.broken
}

func (m *memory) Report(_ context.Context, id int64) (scam.Report, error) {
	defer m.lock()()
	r, err := m.report(id)
	if err != nil {
		return scam.Report{}, err
	}
	return *r, m.broken
}

func (m *memory) ApproveReport(_ context.Context, id int64, hash string, shown scam.Mode, by string, at time.Time) error {
	defer m.lock()()
	r, err := m.report(id)
	if err != nil {
		return err
	}
	if hash != r.ContentHash || shown != modeOf(m.sending) {
		return scam.ErrConflict
	}
	if err := r.State.CanBecome(scam.ReportApproved); err != nil {
		return err
	}
	r.State, r.Mode, r.ApprovedBy, r.ApprovedAt = scam.ReportApproved, modeOf(m.sending), by, at
	return nil
}

func (m *memory) ReopenReport(_ context.Context, id int64, _ string, _ time.Time) error {
	defer m.lock()()
	r, err := m.report(id)
	if err != nil {
		return err
	}
	if err := r.State.CanBecome(scam.ReportDraft); err != nil {
		return err
	}
	r.State, r.Mode = scam.ReportDraft, ""
	return nil
}

func (m *memory) SettleReport(_ context.Context, id int64, _ string, at, nextCheck time.Time) error {
	defer m.lock()()
	r, err := m.report(id)
	if err != nil {
		return err
	}
	if r.State != scam.ReportUncertain {
		return scam.ErrTransition
	}
	r.State, r.SentAt, m.nextAt = scam.ReportSent, at, nextCheck
	return nil
}

func (m *memory) Sending(context.Context) (bool, error) {
	defer m.lock()()
	return m.sending, m.broken
}

func (m *memory) User(_ context.Context, name string) (scam.User, error) {
	u, err := find(m.users, func(u scam.User) bool { return u.Name == name })
	if err != nil {
		return scam.User{}, err
	}
	return *u, m.broken
}

func (m *memory) CreateSession(_ context.Context, hash string, user int64, expires time.Time) error {
	defer m.lock()()
	m.sessions[hash] = session{user, expires}
	return m.broken
}

func (m *memory) SessionUser(_ context.Context, hash string, now time.Time) (scam.User, error) {
	defer m.lock()()
	s, ok := m.sessions[hash]
	if !ok || !now.Before(s.expires) {
		return scam.User{}, scam.ErrNotFound
	}
	u, err := find(m.users, func(u scam.User) bool { return u.ID == s.user })
	if err != nil {
		return scam.User{}, err
	}
	return *u, nil
}

func (m *memory) DeleteSession(_ context.Context, hash string) error {
	defer m.lock()()
	delete(m.sessions, hash)
	return nil
}

// shelf is an evidence store in memory.
type shelf map[string][]byte

func (s shelf) put(name, contentType string, data []byte) scam.File {
	sum := sha256.Sum256(data)
	f := scam.File{Name: name, ContentType: contentType, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	s[f.SHA256] = data
	return f
}

func (s shelf) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	data, ok := s[sum]
	if !ok {
		return nil, scam.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
