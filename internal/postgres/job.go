package postgres

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"popdown/internal/scam"
)

// enqueue inserts a job into the queue of the program that works it, unless the same one
// waits or runs already. Each decision on a finding asks for letters anew: a job that runs
// may have read the case before it.
func (db *DB) enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs) error {
	queue := db.own
	switch args.(type) {
	case scam.RunSeed, scam.Recheck:
		queue = db.crawler
	}
	unique := river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}
	if _, letters := args.(scam.FindContacts); letters {
		unique = river.UniqueOpts{}
	}
	_, err := queue.InsertTx(ctx, tx, args, &river.InsertOpts{UniqueOpts: unique})
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// JobOptions says how jobs are worked.
type JobOptions struct {
	// Logger gets failed jobs and River's warnings. Nil: the one of Open.
	Logger *slog.Logger
	// Concurrency is how many jobs run at a time. Zero: 4.
	Concurrency int
	// JobTimeout bounds a job whose worker names no time of its own. Zero: 1 min.
	JobTimeout time.Duration
	// Retry is the wait before a failed job's second try; each further wait is twice as
	// long, up to 64 times this. Zero: River's own, 1 s, 16 s, 81 s and so on.
	Retry time.Duration
	// Poll is how often the queue is looked at although nothing was announced. Zero: 1 s.
	Poll time.Duration
	// SoftStop is how long running jobs may finish after ctx ends, before their own ctx
	// ends. Zero: 10 s.
	SoftStop time.Duration
	// Rescue is how often jobs of killed processes are looked for. Zero: 2 s.
	Rescue time.Duration
	// LostAfter is how long a job may be ours by its row and unknown to us, before it is
	// given out again. River tries for about 7 s to write a job's end, so less may run
	// one twice. Zero: 10 s.
	LostAfter time.Duration
}

// RunJobs works the jobs of this role's queue until ctx ends, then waits for the running
// ones. Jobs that were running in a process that died are given out again within
// seconds; see rescuer.
func (db *DB) RunJobs(ctx context.Context, workers *river.Workers, o JobOptions) error {
	o.Logger = cmp.Or(o.Logger, db.log)
	self := db.clientID()
	rescue := &rescuer{db: db, self: self, log: o.Logger, lostFor: cmp.Or(o.LostAfter, 10*time.Second)}
	cfg := db.riverConfig(self, workers, o)
	cfg.Middleware = []rivertype.Middleware{rescue}
	var client *river.Client[pgx.Tx]
	err := patiently(ctx, func() error {
		release, err := db.holdLife(ctx, self)
		if err != nil {
			return fmt.Errorf("register as worker: %w", err)
		}
		if client, err = river.NewClient(riverpgxv5.New(db.pool), cfg); err == nil {
			err = client.Start(ctx)
		}
		if err != nil {
			release()
			return fmt.Errorf("start the job queue: %w", err)
		}
		rescue.release = release
		return nil
	})
	if err != nil {
		return err
	}
	defer rescue.release()
	rescue.until(ctx, cmp.Or(o.Rescue, 2*time.Second))
	<-client.Stopped()
	return nil
}

func (db *DB) riverConfig(self string, workers *river.Workers, o JobOptions) *river.Config {
	timeout := cmp.Or(o.JobTimeout, time.Minute)
	cfg := &river.Config{
		ID:                   self,
		Schema:               db.jobSchema(),
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cmp.Or(o.Concurrency, 4)}},
		Logger:               slog.New(atLeast{o.Logger.Handler(), slog.LevelWarn}),
		ErrorHandler:         jobLog{o.Logger},
		JobTimeout:           timeout,
		RescueStuckJobsAfter: timeout + time.Hour, // the backup of rescuer
		SoftStopTimeout:      cmp.Or(o.SoftStop, 10*time.Second),
		FetchPollInterval:    cmp.Or(o.Poll, time.Second),
		FetchCooldown:        min(100*time.Millisecond, cmp.Or(o.Poll, time.Second)),
		ReindexerIndexNames:  []string{}, // takes the tables' owner, which we are not
	}
	if o.Retry > 0 {
		cfg.RetryPolicy = doubling{o.Retry}
	}
	return cfg
}

func (db *DB) jobSchema() string {
	if db.role == RoleCrawler {
		return crawlerJobs
	}
	return takedownJobs
}

// clientID names this process in the jobs that it attempts; no other ever has the same.
func (db *DB) clientID() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s_%.40s_%d_%016x", db.program(), strings.ReplaceAll(host, ".", "_"), os.Getpid(), rand.Uint64())
}
