package crawl

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"popdown/internal/scam"
)

// memory is a Store that several engines may share. It keeps the promises of store.go;
// the real one is tested in its own room.
type memory struct {
	mu         sync.Mutex
	seeds      map[int64]*scam.Seed
	jobs       []int64 // seeds whose scam.RunSeed was enqueued
	candidates []*held
	visits     []scam.Visit
	findings   []scam.Finding
	checks     map[int64]scam.Check
	about      scam.Finding // what every check is about
	fail       error        // returned by every method while it is set
}

type held struct {
	scam.Candidate
	until time.Time
}

func (m *memory) lock() func() { m.mu.Lock(); return m.mu.Unlock }

func (m *memory) add(urls ...string) {
	defer m.lock()()
	for _, u := range urls {
		id := int64(len(m.candidates) + 1)
		m.candidates = append(m.candidates, &held{Candidate: scam.Candidate{ID: id, URL: u, State: scam.CandidateQueued}})
	}
}

func (m *memory) state(id int64) scam.CandidateState {
	defer m.lock()()
	return m.candidates[id-1].State
}

func (m *memory) saved() []scam.Visit {
	defer m.lock()()
	return slices.Clone(m.visits)
}

func (m *memory) TakeDueSeeds(_ context.Context, now time.Time, next func(scam.Seed) (time.Time, error)) ([]scam.Seed, error) {
	defer m.lock()()
	if m.fail != nil {
		return nil, m.fail
	}
	var due []scam.Seed
	for id, s := range m.seeds {
		if !s.Enabled || s.NextRunAt.After(now) {
			continue
		}
		at, err := next(*s)
		if err != nil {
			s.Enabled, s.LastError = false, err.Error()
			continue
		}
		s.NextRunAt = at
		m.jobs = append(m.jobs, id)
		due = append(due, *s)
	}
	return due, nil
}

func (m *memory) Seed(_ context.Context, id int64) (scam.Seed, error) {
	defer m.lock()()
	if s, ok := m.seeds[id]; ok {
		return *s, m.fail
	}
	return scam.Seed{}, scam.ErrNotFound
}

func (m *memory) FinishSeed(ctx context.Context, id int64, at time.Time, found []scam.Candidate, _ time.Duration, failure string) (int, error) {
	defer m.lock()()
	if m.fail != nil || ctx.Err() != nil {
		return 0, cmp.Or(m.fail, ctx.Err())
	}
	m.seeds[id].LastRunAt, m.seeds[id].LastError = at, failure
	queued := 0
	for _, c := range found {
		if slices.ContainsFunc(m.candidates, func(h *held) bool { return h.URL == c.URL && h.Persona == c.Persona }) {
			continue
		}
		c.ID = int64(len(m.candidates) + 1)
		m.candidates = append(m.candidates, &held{Candidate: c})
		queued++
	}
	return queued, nil
}

func (m *memory) ClaimCandidate(_ context.Context, now time.Time, lease time.Duration) (scam.Candidate, error) {
	defer m.lock()()
	if m.fail != nil {
		return scam.Candidate{}, m.fail
	}
	var best *held
	for _, h := range m.candidates {
		free := h.State == scam.CandidateQueued || h.State == scam.CandidateClaimed && !h.until.After(now)
		if free && (best == nil || h.Attempts < best.Attempts) {
			best = h
		}
	}
	if best == nil {
		return scam.Candidate{}, scam.ErrNotFound
	}
	best.State, best.until = scam.CandidateClaimed, now.Add(lease)
	best.Attempts++
	return best.Candidate, nil
}

func (m *memory) ReleaseCandidate(ctx context.Context, id int64) error {
	defer m.lock()()
	if ctx.Err() == nil {
		m.candidates[id-1].State = scam.CandidateQueued
		m.candidates[id-1].Attempts--
	}
	return ctx.Err()
}

func (m *memory) SaveVisit(ctx context.Context, v scam.Visit, seen []scam.Finding, join Join) ([]scam.Finding, error) {
	defer m.lock()()
	if m.fail != nil || ctx.Err() != nil {
		return nil, cmp.Or(m.fail, ctx.Err())
	}
	m.visits = append(m.visits, v)
	m.candidates[v.CandidateID-1].State = scam.CandidateVisited
	var stored []scam.Finding
	for _, f := range seen {
		f.ID = int64(len(m.findings) + 1)
		f.CampaignID, f.CampaignWhy = join(f, nil)
		m.findings = append(m.findings, f)
		stored = append(stored, f)
	}
	return stored, nil
}

func (m *memory) Check(_ context.Context, id int64) (scam.Check, scam.Finding, error) {
	defer m.lock()()
	if c, ok := m.checks[id]; ok {
		return c, m.about, m.fail
	}
	return scam.Check{}, scam.Finding{}, scam.ErrNotFound
}

func (m *memory) SaveCheck(ctx context.Context, c scam.Check, v scam.Visit) error {
	defer m.lock()()
	if m.fail != nil || ctx.Err() != nil {
		return cmp.Or(m.fail, ctx.Err())
	}
	m.checks[c.ID] = c
	m.visits = append(m.visits, v)
	return nil
}
