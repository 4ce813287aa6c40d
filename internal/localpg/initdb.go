package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"

	"popdown/internal/confine"
)

// initialise makes the data folder beside its place and renames it when it is whole, so
// that a cut-off one is never taken for data.
func (s *Server) initialise(ctx context.Context, bin string) error {
	if _, err := os.Lstat(s.data); err == nil {
		return fmt.Errorf("%s is no PostgreSQL data folder (it has no PG_VERSION): move it away", s.data)
	}
	fresh := s.data + ".new"
	if err := os.RemoveAll(fresh); err != nil { // only ever an unfinished one
		return fmt.Errorf("clear an unfinished data folder: %w", err)
	}
	if err := s.user.MakeDir(fresh); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	var out bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, "initdb"), "-D", fresh, "-U", owner, "-E", "UTF8", "--locale=C", //nolint:noctx // confine.Run heeds ctx
		"--auth-local=peer", "--auth-host=reject", "--data-checksums")
	if s.noSync {
		cmd.Args = append(cmd.Args, "--no-sync")
	}
	confine.Child{User: s.user, Dir: s.run}.Prepare(cmd)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := confine.Run(ctx, cmd); err != nil {
		return s.explain("make the data folder", out.String(), err)
	}
	if err := s.writeAccess(fresh); err != nil {
		return fmt.Errorf("write access rules: %w", err)
	}
	if err := os.Rename(fresh, s.data); err != nil {
		return fmt.Errorf("put the data folder in place: %w", err)
	}
	return syncDir(s.dir)
}

// writeAccess lets root, the server's user and ourselves connect as the owner, proven
// by the kernel (peer authentication with a user name map).
func (s *Server) writeAccess(data string) error {
	names := []string{"root"}
	if !s.user.IsZero() {
		names = append(names, s.user.Name)
	}
	if me, err := user.Current(); err == nil {
		names = append(names, me.Username)
	}
	slices.Sort(names)
	ident := ""
	for _, name := range slices.Compact(names) {
		ident += fmt.Sprintf("popdown %q %s\n", name, owner)
	}
	return errors.Join(
		writeSynced(filepath.Join(data, "pg_ident.conf"), ident),
		writeSynced(filepath.Join(data, "pg_hba.conf"), "local all all peer map=popdown\n"))
}

// createDatabase makes our database in a new server.
func (s *Server) createDatabase(ctx context.Context) error {
	found, err := s.query(ctx, "postgres", "SELECT 1 FROM pg_database WHERE datname = '"+database+"'")
	if err == nil && len(found) == 0 {
		_, err = s.query(ctx, "postgres", "CREATE DATABASE "+database)
	}
	if err != nil {
		return s.explain("create the database", err.Error(), err)
	}
	return nil
}

// writeSynced overwrites a file that initdb made, and so keeps its owner and mode.
func writeSynced(path, content string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
