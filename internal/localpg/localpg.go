// Package localpg runs a private PostgreSQL below the data folder, shared by all
// programs that open it: the first starts it, the last stops it, and whoever notices
// that it died starts it again. It listens on a Unix socket only, and runs as an
// unprivileged user when we are root.
//
// Two files are locked with flock(2), which the kernel undoes when a program dies:
// start.lock (exclusive) while the server is started or stopped, and users.lock
// (shared) for as long as a program uses it. A server whose programs were all killed
// runs on and is adopted by the next one.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"popdown/internal/confine"
)

const (
	owner    = "popdown_owner" // superuser of the private server
	database = "popdown"
	maxPath  = 107 // bytes of a Unix socket's path (unix(7): sun_path holds 108 with its end)
)

// Options says where the server lives and who runs it.
type Options struct {
	// Dir holds the data folder, the socket, the locks and postgres.log. Required. It is
	// made when missing; its parent must let User pass. A data folder is never deleted.
	Dir string
	// User runs the server. Zero: ourselves, which PostgreSQL refuses for root. A data
	// folder that belongs to another user is run by that one when we are root.
	User confine.User
	// Logger gets what a person should know: started, adopted, came back. Nil: discarded.
	Logger *slog.Logger
	// NoSync trades durability for speed: what was committed may be lost, and the data
	// folder with it, when the machine goes down. For tests alone.
	NoSync bool
	// WatchEvery is how often we look whether the server still runs. Zero: 1 s.
	WatchEvery time.Duration
}

// Server is a program's share in the private server.
type Server struct {
	dir, data, run string
	user           confine.User
	log            *slog.Logger
	noSync         bool
	users          *os.File // holds users.lock
	unwatch        func()   // ends the watchdog and waits for it
}

// Open starts the server, or takes a share in the one that runs. It waits, until ctx
// ends, for other programs' starts and stops and for crash recovery. Errors are one line
// that names the mend.
func Open(ctx context.Context, o Options) (*Server, error) {
	s := &Server{user: o.User, log: o.Logger, noSync: o.NoSync}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.prepare(o.Dir); err != nil {
		return nil, err
	}
	start, err := s.lockStart(ctx)
	if err != nil {
		return nil, err
	}
	defer start.Close()
	if err := s.join(ctx); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		return nil, errors.Join(err, s.stopUnused(ctx)) // a start that was cut off leaves nothing running
	}
	s.watch(context.WithoutCancel(ctx), o.WatchEvery)
	return s, nil
}

// join makes sure that the server runs and takes a share in it. The caller holds start.lock.
func (s *Server) join(ctx context.Context) error {
	if err := s.ensure(ctx); err != nil {
		return err
	}
	if err := s.createDatabase(ctx); err != nil {
		return err
	}
	var err error
	s.users, err = lock(ctx, filepath.Join(s.dir, "users.lock"), shared)
	return err
}

// DSN is how pgx connects, in keyword form: role popdown_owner, proven by our user id.
func (s *Server) DSN() string { return s.dsn(database) }

func (s *Server) dsn(database string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s.run)
	return fmt.Sprintf("host='%s' port=5432 user=%s dbname=%s sslmode=disable", quoted, owner, database)
}

// Close gives our share back; the last one out stops the server. It must be called
// once, when all connections are closed.
func (s *Server) Close(ctx context.Context) error {
	s.unwatch()
	start, err := s.lockStart(ctx)
	if err != nil {
		return errors.Join(err, s.users.Close())
	}
	defer start.Close()
	if err := s.users.Close(); err != nil {
		return fmt.Errorf("give users.lock back: %w", err)
	}
	return s.stopUnused(ctx)
}

// stopUnused stops the server if no program holds a share. The caller holds start.lock.
func (s *Server) stopUnused(ctx context.Context) error {
	last, err := tryLock(filepath.Join(s.dir, "users.lock"), exclusive)
	if errors.Is(err, errLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer last.Close()
	return s.stop(ctx)
}

func (s *Server) lockStart(ctx context.Context) (*os.File, error) {
	return lock(ctx, filepath.Join(s.dir, "start.lock"), exclusive)
}
