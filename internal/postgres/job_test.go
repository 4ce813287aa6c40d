package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"popdown/internal/postgres"
	"popdown/internal/scam"
)

// TestMain lets the test binary play a program that is killed while it works a job.
func TestMain(m *testing.M) {
	if dsn := os.Getenv("POSTGRES_TEST_WORKER"); dsn != "" {
		fmt.Println(work(context.Background(), dsn))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func work(ctx context.Context, dsn string) error {
	db, err := postgres.Open(ctx, postgres.Options{DSN: dsn, Role: postgres.RoleCrawler})
	if err != nil {
		return err
	}
	return db.RunJobs(ctx, workers(func(context.Context, *river.Job[scam.RunSeed]) error {
		fmt.Println("working")
		select {}
	}), postgres.JobOptions{})
}

func workers(do func(context.Context, *river.Job[scam.RunSeed]) error) *river.Workers {
	ws := river.NewWorkers()
	river.AddWorker(ws, river.WorkFunc(do))
	return ws
}

// options are quick where the defaults spare an idle database.
func options() postgres.JobOptions {
	return postgres.JobOptions{Retry: time.Millisecond, Poll: 20 * time.Millisecond, Rescue: 100 * time.Millisecond, LostAfter: time.Second}
}

// works runs jobs until the test ends or stop is called.
func (w *world) works(db *postgres.DB, ws *river.Workers, o postgres.JobOptions) (stop func()) {
	ctx, cancel := context.WithCancel(w.ctx())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := db.RunJobs(ctx, ws, o); err != nil {
			w.t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	w.t.Cleanup(stop)
	return stop
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for until := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatal("never: " + what)
		}
	}
}

// queued stores a seed and enqueues its run.
func (w *world) queued() {
	w.t.Helper()
	w.ok(w.crawler.AddSeeds(w.ctx(), []scam.Seed{seed("a", time.Time{})}))
	w.ok(w.crawler.RunSeedNow(w.ctx(), "a"))
}

func (w *world) jobIs(state string, attempt int) bool {
	return value[bool](w, "SELECT bool_and(state::text = $1 AND attempt = $2) FROM crawler_jobs.river_job", state, attempt)
}

func TestRunJobsRetriesUntilItIsDone(t *testing.T) {
	w := newWorld(t)
	w.queued()
	w.works(w.crawler, workers(func(_ context.Context, job *river.Job[scam.RunSeed]) error {
		if job.Attempt < 3 {
			return errors.New("not yet")
		}
		return nil
	}), options())
	w.eventually("the job is done on its third try", func() bool { return w.jobIs("completed", 3) })
}

func TestStopGivesTheRunningJobBack(t *testing.T) {
	w := newWorld(t)
	w.queued()
	working := make(chan bool)
	o := options()
	o.SoftStop = time.Millisecond
	stop := w.works(w.crawler, workers(func(ctx context.Context, _ *river.Job[scam.RunSeed]) error {
		close(working)
		<-ctx.Done()
		return ctx.Err()
	}), o)
	<-working
	stop()
	if !w.jobIs("available", 0) {
		t.Errorf("the job is %s", value[string](w, "SELECT state || ' ' || attempt FROM crawler_jobs.river_job"))
	}
}

func TestJobOfAKilledProcessIsTakenUp(t *testing.T) {
	w := newWorld(t)
	w.queued()
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), "POSTGRES_TEST_WORKER="+w.d.DSN)
	helper.Stderr = os.Stderr
	out, err := helper.StdoutPipe()
	w.ok(err)
	w.ok(helper.Start())
	t.Cleanup(func() { _ = helper.Process.Kill(); _ = helper.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	w.ok(err)
	w.same("working\n", line)
	w.ok(helper.Process.Kill())
	w.works(w.crawler, workers(func(context.Context, *river.Job[scam.RunSeed]) error { return nil }), options())
	w.eventually("the job is done, its cut-off attempt not counted", func() bool { return w.jobIs("completed", 1) })
}

// running enqueues a job and marks it as being worked by a client.
func (w *world) running(client string) {
	w.t.Helper()
	w.queued()
	w.ok(w.raw("UPDATE crawler_jobs.river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY['before', $1]", client))
}

func TestRescueGoesByTheLifeOfTheWorker(t *testing.T) {
	w := newWorld(t)
	w.running("other")
	release, err := w.crawler.HoldLife(w.ctx(), "other")
	w.ok(err)
	w.ok(w.crawler.Rescue(w.ctx(), "me"))
	w.same(true, w.jobIs("running", 1))

	// Its connection is cut, as by a restart of the server: it comes back in time.
	w.same(true, value[bool](w, "SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
	w.ok(w.crawler.Rescue(w.ctx(), "me"))
	w.same(true, w.jobIs("running", 1))

	release()
	w.ok(w.crawler.Rescue(w.ctx(), "other")) // nobody takes its own
	w.same(true, w.jobIs("running", 1))
	w.ok(w.crawler.Rescue(w.ctx(), "me"))
	w.same(true, w.jobIs("available", 0))
}

func TestOwnJobThatWeKnowNothingOfIsTakenUp(t *testing.T) {
	w := newWorld(t)
	w.running("me")
	looks := w.crawler.Rescuer("me")
	w.ok(looks(w.ctx()))
	w.same(true, w.jobIs("running", 1)) // it may just have been fetched
	w.ok(looks(w.ctx()))
	w.same(true, w.jobIs("available", 0))
}

func TestRescueCountsTheAttemptsOfAJobThatKills(t *testing.T) {
	w := newWorld(t)
	w.running("dead")
	w.ok(w.raw("UPDATE crawler_jobs.river_job SET attempted_by = array_fill('dead'::text, ARRAY[10])"))
	w.ok(w.crawler.Rescue(w.ctx(), "me"))
	w.same(true, w.jobIs("available", 1))
	w.ok(w.raw("UPDATE crawler_jobs.river_job SET state = 'running', attempt = max_attempts"))
	w.ok(w.crawler.Rescue(w.ctx(), "me"))
	w.same(true, w.jobIs("running", 25)) // River's rescuer ends it
}

func TestApprovalThatFellIntoTheEndOfAnEarlierJobIsSent(t *testing.T) {
	w := newWorld(t)
	r := w.approved(true)
	w.ok(w.raw("UPDATE takedown_jobs.river_job SET state = 'running', attempted_at = $1, attempted_by = ARRAY['me']", w.at))
	w.ok(w.takedown.ReopenReport(w.ctx(), r.ID, "ana", w.now()))
	w.ok(w.takedown.ApproveReport(w.ctx(), r.ID, r.ContentHash, w.mode(), "ana", w.now())) // taken for the running job's duplicate
	w.ok(w.takedown.Rescue(w.ctx(), "me"))
	w.same(0, len(w.jobs("takedown_jobs")))
	w.ok(w.raw("UPDATE takedown_jobs.river_job SET state = 'completed', finalized_at = $1", w.now()))
	w.ok(w.takedown.Rescue(w.ctx(), "me"))
	w.ok(w.takedown.Rescue(w.ctx(), "me"))
	w.same([]string{`send_report {"report_id": 1}`}, w.jobs("takedown_jobs"))
	// One that was tried since the approval and given up is not sent again by itself.
	w.ok(w.raw("UPDATE takedown_jobs.river_job SET state = 'discarded', attempted_at = $1, finalized_at = $1 WHERE state = 'available'", w.now()))
	w.ok(w.takedown.Rescue(w.ctx(), "me"))
	w.same(0, len(w.jobs("takedown_jobs")))
}
