package setup

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDirIsMadeWhereItWasAsked(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "popdown-setup-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	got, err := Data{DataDir: filepath.Join(dir, "var")}.Dir(slog.New(slog.DiscardHandler))
	if err != nil || got != filepath.Join(dir, "var") {
		t.Errorf("Dir = %q, %v", got, err)
	}
}

func TestDirMovesAwayFromWhatUnprivilegedUsersCannotReach(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root runs children as somebody else")
	}
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Data{DataDir: filepath.Join(closed, "var")}.Dir(slog.New(slog.DiscardHandler))
	if err != nil || !strings.HasPrefix(got, systemDir+"/") {
		t.Fatalf("Dir = %q, %v", got, err)
	}
	t.Cleanup(func() { _ = os.Remove(got) })
}

func TestDirNamesTheMend(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "popdown-setup-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Data{DataDir: filepath.Join(file, "var")}).Dir(slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a data folder below a file is accepted")
	}
}
