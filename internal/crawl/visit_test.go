package crawl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"popdown/internal/scam"
)

func TestStoppingWhileVisitingGivesTheCandidateBack(t *testing.T) {
	t.Parallel()
	for name, render := range map[string]renderFunc{
		"the renderer ends with an error": func(ctx context.Context, _ scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			return scam.Visit{}, ctx.Err()
		},
		"the renderer ends with half a visit": func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			return show("half")(ctx, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := &memory{}
				m.add("http://a.example/", "http://b.example/", "http://c.example/")
				e, _ := engine(t, m, render, Options{Slots: 2})
				stop := start(t, e)
				synctest.Wait()
				if m.state(1) != scam.CandidateClaimed || m.state(2) != scam.CandidateClaimed || m.state(3) != scam.CandidateQueued {
					t.Error("two slots hold two candidates")
				}
				stop()
				for id := int64(1); id <= 3; id++ {
					if s := m.state(id); s != scam.CandidateQueued {
						t.Errorf("candidate %d is %s after the stop", id, s)
					}
				}
				if n := len(m.saved()); n != 0 {
					t.Errorf("%d visits saved", n)
				}
			})
		})
	}
}

func TestStoppingWhileSavingFinishes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/", "http://b.example/")
		slow := keepFunc(func(ctx context.Context, v *scam.Visit) error {
			time.Sleep(time.Second)
			return errors.Join(ctx.Err(), keep(ctx, v))
		})
		e, _ := engine(t, m, show("fine"), Options{Slots: 1, Keeper: slow})
		stop := start(t, e)
		synctest.Wait()
		stop()
		if m.state(1) != scam.CandidateVisited || m.state(2) != scam.CandidateQueued || len(m.saved()) != 1 {
			t.Errorf("first %s, second %s, %d visits", m.state(1), m.state(2), len(m.saved()))
		}
	})
}

func TestAPanicInOneVisitIsItsResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://evil.example/", "http://fine.example/")
		render := renderFunc(func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			if strings.Contains(r.URL, "evil") {
				panic("index out of range")
			}
			return show("fine")(ctx, r)
		})
		e, l := engine(t, m, render, Options{Slots: 1})
		stop := start(t, e)
		time.Sleep(10 * time.Minute)
		stop()
		visits := m.saved()
		if len(visits) != 2 || visits[0].Outcome != scam.OutcomeCrashed || visits[0].Error != "panic: index out of range" || visits[1].Outcome != scam.OutcomeLoaded {
			t.Errorf("visits: %+v", visits)
		}
		lines := l.lines(t, "visit not possible")
		if len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0]["error"]), "crawl.Look") {
			t.Errorf("the log has no stack: %v", lines)
		}
	})
}

func TestAnUnknownPersonaIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/")
		e, _ := engine(t, m, renderFunc(func(context.Context, scam.Request) (scam.Visit, error) {
			return scam.Visit{}, fmt.Errorf("%w: persona", scam.ErrInvalid)
		}), Options{})
		stop := start(t, e)
		time.Sleep(10 * time.Minute)
		stop()
		if visits := m.saved(); len(visits) != 1 || visits[0].Outcome != scam.OutcomeBlocked {
			t.Errorf("visits: %+v", visits)
		}
	})
}

func TestAVisitEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		m.add("http://a.example/")
		began := time.Now()
		var ended atomic.Int64
		e, _ := engine(t, m, renderFunc(func(ctx context.Context, _ scam.Request) (scam.Visit, error) {
			<-ctx.Done()
			ended.Store(int64(time.Since(began)))
			return scam.Visit{}, ctx.Err()
		}), Options{Slots: 1, Lease: 40 * time.Second})
		stop := start(t, e)
		time.Sleep(39 * time.Second)
		if ended.Load() == 0 {
			t.Error("still looking when the lease is about to end")
		}
		stop()
	})
}

func TestAPageThatCannotBeStoredIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]struct {
		render renderFunc
		keeper keepFunc
	}{
		"the browser dies of it": {func(ctx context.Context, r scam.Request) (scam.Visit, error) {
			if strings.Contains(r.URL, "poison") {
				return scam.Visit{}, errors.New("the browser died")
			}
			return show("fine")(ctx, r)
		}, keep},
		"its evidence can't be kept": {show("fine"), func(ctx context.Context, v *scam.Visit) error {
			if strings.Contains(v.RequestedURL, "poison") {
				return errors.New("too large")
			}
			return keep(ctx, v)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := &memory{}
				m.add("http://poison.example/", "http://a.example/", "http://b.example/")
				e, _ := engine(t, m, o.render, Options{Slots: 1, Keeper: o.keeper})
				stop := start(t, e)
				time.Sleep(10 * time.Minute)
				stop()
				visits := m.saved()
				if len(visits) != 3 || m.state(1) != scam.CandidateVisited {
					t.Fatalf("%d visits, the candidate is %s", len(visits), m.state(1))
				}
				last := visits[2]
				if last.CandidateID != 1 || last.Outcome != scam.OutcomeCrashed || last.Error != "gave up after 3 tries" || len(last.Landings) != 0 {
					t.Errorf("%+v", last)
				}
			})
		})
	}
}
