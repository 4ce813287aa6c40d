// Package setup opens what crawler and takedown both stand on: the data folder, the
// database, the evidence store and the guard on the way to the web.
package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"popdown/internal/confine"
	"popdown/internal/evidence"
	"popdown/internal/scam"
)

// systemDir holds the data folders of checkouts that unprivileged users can't reach.
const systemDir = "/var/lib/popdown"

// Data says where the programs keep what they keep.
type Data struct {
	DataDir string `help:"Folder of all that is kept on disk: private PostgreSQL, evidence, rehearsed mail (default ./var)." default:"./var" placeholder:"DIR"`
}

// Dir makes the data folder and returns its absolute path. As root, where the
// unprivileged users can't reach it (a clone under /root), it is a folder below
// /var/lib/popdown instead, named after the wanted path, and the log says so.
func (d Data) Dir(log *slog.Logger) (string, error) {
	dir, err := filepath.Abs(d.DataDir)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	if os.Getuid() == 0 && !reachable(dir) {
		sum := sha256.Sum256([]byte(dir))
		moved := filepath.Join(systemDir, hex.EncodeToString(sum[:4]))
		log.Warn("data folder moved", "wanted", dir, "dir", moved, "reason", "unprivileged users can't reach it")
		dir = moved
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return "", explain("make the data folder", err)
	}
	return dir, nil
}

// reachable tells whether the users that PostgreSQL and Chrome run as may get to dir.
func reachable(dir string) bool {
	for _, name := range []string{"postgres", "popdown-browser"} {
		user, err := confine.Unprivileged(name, "nobody")
		if err != nil || errors.Is(confine.Reachable(dir, user), fs.ErrPermission) {
			return false
		}
	}
	return true
}

// Evidence opens the evidence store of a data folder.
func Evidence(dataDir string) (*evidence.Store, error) {
	store, err := evidence.Open(filepath.Join(dataDir, "evidence"))
	if err != nil {
		return nil, explain("open the evidence store", err)
	}
	return store, nil
}

// CheckEvidence keeps a line of text in the store, as proof that it can be written, and
// returns where the store is.
func CheckEvidence(ctx context.Context, dataDir string) (string, error) {
	store, err := Evidence(dataDir)
	if err != nil {
		return "", err
	}
	_, err = store.Put(ctx, scam.Capture{Name: "doctor.txt", ContentType: "text/plain", Data: []byte("a checkup wrote this\n")})
	return filepath.Join(dataDir, "evidence"), err
}

// explain adds the mend to errors that an operator can mend.
func explain(act string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s: %w: free some space, or choose another folder with --data-dir", act, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: %w: choose a folder that you may write with --data-dir", act, err)
	}
	return fmt.Errorf("%s: %w", act, err)
}
