package setup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"popdown/internal/confine"
	"popdown/internal/localpg"
	"popdown/internal/postgres"
)

// Database says which PostgreSQL the programs use.
type Database struct {
	DatabaseURL string `help:"PostgreSQL to use, as a URL or key=value words. Empty: a private server below the data folder, started and shared by both programs." placeholder:"URL"`
}

// Open connects in the given role. The private server is started if it does not run yet
// and its schema brought up to date; another's schema is only checked, as takedown
// migrate is its owner's decision. The returned func closes everything; it must be called.
func (d Database) Open(ctx context.Context, dataDir string, role postgres.Role, log *slog.Logger) (*postgres.DB, func(), error) {
	dsn, stop, err := d.server(ctx, dataDir, log)
	if err != nil {
		return nil, nil, err
	}
	if d.DatabaseURL == "" {
		if err := postgres.Migrate(ctx, dsn); err != nil {
			stop()
			return nil, nil, fmt.Errorf("migrate the private database: %w", err)
		}
	}
	db, err := postgres.Open(ctx, postgres.Options{DSN: dsn, Role: role, Logger: log})
	if err != nil {
		stop()
		if d.DatabaseURL != "" {
			err = fmt.Errorf("%w (POPDOWN_DATABASE_URL)", err)
		}
		return nil, nil, fmt.Errorf("open the database: %w", err)
	}
	return db, func() { db.Close(); stop() }, nil
}

// Migrate brings the database's schema up to date, as its owner.
func (d Database) Migrate(ctx context.Context, dataDir string, log *slog.Logger) error {
	dsn, stop, err := d.server(ctx, dataDir, log)
	if err != nil {
		return err
	}
	defer stop()
	return postgres.Migrate(ctx, dsn)
}

func (d Database) server(ctx context.Context, dataDir string, log *slog.Logger) (dsn string, stop func(), err error) {
	if d.DatabaseURL != "" {
		return d.DatabaseURL, func() {}, nil
	}
	user, err := confine.Unprivileged("postgres")
	if err != nil {
		return "", nil, errors.New("no user postgres to run the private database as root: apt-get install postgresql, or set POPDOWN_DATABASE_URL")
	}
	server, err := localpg.Open(ctx, localpg.Options{Dir: filepath.Join(dataDir, "postgres"), User: user, Logger: log})
	if err != nil {
		return "", nil, explain("start the private database", err)
	}
	return server.DSN(), func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			log.Error("private database did not stop", "error", err)
		}
	}, nil
}
