// Package evidence keeps what visits produced: files that are written once and named
// by their SHA-256, and a manifest of each visit that names its files by theirs.
package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"popdown/internal/scam"
)

// Store is a folder of write-once files: DIR/sha256/ab/abcd... of mode 0444. Several
// processes may use one folder at the same time. Its folders are closed to other
// users; two users share it through a common group and umask 0007. What a crash
// leaves in DIR/tmp is read by nobody and may be deleted.
type Store struct {
	dir string
}

// Open opens the store below dir and makes what is missing of it.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	if err := os.MkdirAll(s.tmp(), 0o770); err != nil {
		return nil, fmt.Errorf("open evidence store: %w", err)
	}
	// All 256 now, so that storing a file never has to make a folder last, too.
	for i := range 256 {
		if err := os.MkdirAll(filepath.Join(dir, "sha256", fmt.Sprintf("%02x", i)), 0o770); err != nil {
			return nil, fmt.Errorf("open evidence store: %w", err)
		}
	}
	// The parent may be closed to us for reading; then its owner made dir, and synced it or not.
	if err := syncDir(filepath.Dir(dir)); err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("open evidence store: %w", err)
	}
	for _, made := range []string{dir, filepath.Join(dir, "sha256")} {
		if err := syncDir(made); err != nil {
			return nil, fmt.Errorf("open evidence store: %w", err)
		}
	}
	return s, nil
}

func (s *Store) tmp() string { return filepath.Join(s.dir, "tmp") }

func (s *Store) path(sum string) string { return filepath.Join(s.dir, "sha256", sum[:2], sum) }

// Put stores a capture's bytes and returns only when they will outlast a power cut.
// Bytes that are there already are left as they are. Name and content type go into
// the returned File alone: the store knows content. A full or unwritable disk is an
// error that names the path and wraps the system's (syscall.ENOSPC, fs.ErrPermission);
// nothing half-written is left under a hash.
func (s *Store) Put(ctx context.Context, c scam.Capture) (scam.File, error) {
	if err := ctx.Err(); err != nil {
		return scam.File{}, fmt.Errorf("store %q: %w", c.Name, err)
	}
	sum := sha256.Sum256(c.Data)
	f := scam.File{Name: c.Name, ContentType: c.ContentType, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(c.Data))}
	if err := s.put(f.SHA256, c.Data); err != nil {
		return scam.File{}, fmt.Errorf("store %q: %w", c.Name, err)
	}
	return f, nil
}

func (s *Store) put(sum string, data []byte) error {
	path := s.path(sum)
	kept, err := intact(path, sum)
	if err != nil {
		return err
	}
	if !kept {
		if err := s.write(path, data); err != nil {
			return err
		}
	}
	// Also when another process has just put the file there: its own sync may be to come.
	return syncDir(filepath.Dir(path))
}

// write makes the file whole and durable elsewhere, then gives it its name. A link,
// unlike a rename, never takes the place of what is there.
func (s *Store) write(path string, data []byte) error {
	tmp, err := os.CreateTemp(s.tmp(), "put-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if err := fill(tmp, data, 0o444); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Open opens a stored file. An unknown hash, or what is no hash (64 lower-case hex
// digits), is scam.ErrNotFound. Reading to the end checks the content: bytes that no
// longer match their name give an error in place of io.EOF.
func (s *Store) Open(ctx context.Context, sum string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	if !isSHA256(sum) {
		return nil, fmt.Errorf("evidence %.80q: %w", sum, scam.ErrNotFound)
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("evidence %s: %w", sum, scam.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	return &checked{file: f, sum: sum, hash: sha256.New()}, nil
}

func isSHA256(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
