package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"popdown/internal/scam"
)

// rescuer gives the jobs of dead workers out again, and this worker's own that it knows
// nothing of: when the server goes down in the wrong moment, the row says running, and
// its answer never came.
type rescuer struct {
	river.MiddlewareDefaults
	db      *DB
	self    string
	lostFor time.Duration
	release func() // gives our own lock back
	log     *slog.Logger
	working sync.Map            // ids of the jobs that this process is at
	lost    map[int64]time.Time // own jobs that are running in the table alone, and since when
}

// Work implements rivertype.WorkerMiddleware: it keeps the list of what we are at.
func (r *rescuer) Work(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) error {
	r.working.Store(job.ID, true)
	defer r.working.Delete(job.ID)
	return do(ctx)
}

// until looks for orphans until ctx ends.
func (r *rescuer) until(ctx context.Context, every time.Duration) {
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("job rescue failed", "error", err)
		}
		if pause(ctx, every) != nil {
			return
		}
	}
}

func (r *rescuer) look(ctx context.Context) error {
	dead, err := r.db.deadWorkers(ctx, r.self)
	if err != nil {
		return err
	}
	if len(dead) > 0 {
		if err := pause(ctx, grace); err != nil {
			return err
		}
	}
	for _, worker := range dead {
		n, err := r.db.rescueWorker(ctx, worker)
		if err != nil {
			return fmt.Errorf("worker %s: %w", worker, err)
		}
		if n > 0 {
			r.log.Info("jobs of a killed process taken up", "count", n, "worker", worker)
		}
	}
	if err := r.rescueOwn(ctx); err != nil {
		return err
	}
	return r.db.resend(ctx)
}

// rescueOwn gives out again what stayed lost for long enough: a job that has just been
// fetched, or whose end is being written, looks lost for a moment.
func (r *rescuer) rescueOwn(ctx context.Context) error {
	ids, err := r.db.runningJobs(ctx, r.self)
	if err != nil {
		return err
	}
	lost := map[int64]time.Time{}
	var again []int64
	for _, id := range ids {
		if _, at := r.working.Load(id); at {
			continue
		}
		since, before := r.lost[id]
		if !before {
			since = time.Now()
		}
		lost[id] = since
		if before && time.Since(since) >= r.lostFor {
			again = append(again, id)
		}
	}
	r.lost = lost
	if len(again) == 0 {
		return nil
	}
	r.log.Info("lost jobs taken up", "count", len(again))
	return r.db.release(ctx, r.self, again)
}

// deadWorkers lists other clients that have running jobs and don't hold their lock.
func (db *DB) deadWorkers(ctx context.Context, self string) (dead []string, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		dead = nil
		rows, err := tx.Query(ctx, "SELECT DISTINCT attempted_by[cardinality(attempted_by)] FROM "+db.jobSchema()+".river_job WHERE state = 'running' AND cardinality(attempted_by) > 0")
		if err != nil {
			return err
		}
		workers, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, worker := range slices.DeleteFunc(workers, func(w string) bool { return w == self }) {
			var free bool
			if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock("+lifeKey+")", worker).Scan(&free); err != nil {
				return err
			}
			if free {
				dead = append(dead, worker)
			}
		}
		return nil
	})
	return dead, err
}

// rescueWorker gives a dead client's jobs out again, if its lock is still free.
func (db *DB) rescueWorker(ctx context.Context, worker string) (n int64, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		n = 0
		var free bool
		if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock("+lifeKey+")", worker).Scan(&free); err != nil || !free {
			return err
		}
		tag, err := tx.Exec(ctx, db.giveOut(), worker)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

// release gives some of a client's jobs out again.
func (db *DB) release(ctx context.Context, worker string, ids []int64) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, db.giveOut()+" AND id = ANY ($2)", worker, ids)
		return err
	})
}

// giveOut makes a client's running jobs available. The attempt that was cut off doesn't
// count, unless the job was cut off so often that it may be what kills its process; one
// that used up its attempts is left to River, which ends it.
func (db *DB) giveOut() string {
	return "UPDATE " + db.jobSchema() + `.river_job
		SET state = 'available', scheduled_at = now(), attempt = CASE WHEN cardinality(attempted_by) < 10 THEN greatest(attempt - 1, 0) ELSE attempt END
		WHERE state = 'running' AND attempted_by[cardinality(attempted_by)] = $1 AND (cardinality(attempted_by) < 10 OR attempt < max_attempts)`
}

// runningJobs lists a client's jobs by what their rows say.
func (db *DB) runningJobs(ctx context.Context, worker string) (ids []int64, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM "+db.jobSchema()+".river_job WHERE state = 'running' AND attempted_by[cardinality(attempted_by)] = $1", worker)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return ids, err
}

// resend enqueues approved reports that no job will send: an approval that fell into the
// end of an earlier job of the same report was taken for its duplicate.
func (db *DB) resend(ctx context.Context) error {
	if db.role == RoleCrawler {
		return nil
	}
	return db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT r.id FROM reports r WHERE r.state = 'approved' AND r.approved_at > now() - interval '1 day' AND NOT EXISTS (
				SELECT FROM takedown_jobs.river_job j WHERE j.kind = $1 AND j.args @> jsonb_build_object('report_id', r.id)
					AND (j.finalized_at IS NULL OR j.attempted_at >= r.approved_at))
			FOR UPDATE OF r SKIP LOCKED`, scam.SendReport{}.Kind())
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := db.enqueue(ctx, tx, scam.SendReport{ReportID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}
