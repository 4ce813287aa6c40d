package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// doubling is a retry policy that starts at base.
type doubling struct{ base time.Duration }

// NextRetry adds up to a tenth, so that failures part.
func (d doubling) NextRetry(job *rivertype.JobRow) time.Time {
	wait := d.base << min(max(len(job.Errors), 0), 6)
	return time.Now().UTC().Add(wait + rand.N(wait/10+1))
}

// atLeast drops what is below a level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

// WithAttrs implements slog.Handler.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements slog.Handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}

// jobLog writes down jobs that failed; River logs them below our level.
type jobLog struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (j jobLog) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	j.log.WarnContext(ctx, "job failed", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (j jobLog) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	j.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "error", fmt.Sprint(value), "trace", trace)
	return nil
}
