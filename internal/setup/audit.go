package setup

import (
	"context"
	"log/slog"
	"time"
)

// auditTrail is what is asked of the database about a program's events.
type auditTrail interface {
	EventHead(ctx context.Context, program string) (string, error)
}

// LogAuditHead writes the hash of the program's last event to the log, at once and then
// daily, until ctx ends: kept with the log, it shows when the end of the chain goes missing.
func LogAuditHead(ctx context.Context, trail auditTrail, program string, log *slog.Logger) {
	for {
		if head, err := trail.EventHead(ctx, program); err == nil {
			log.Info("audit head", "program", program, "hash", head)
		} else if ctx.Err() == nil {
			log.Error("audit head not read", "program", program, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(24 * time.Hour):
		}
	}
}
