package evidence

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"popdown/internal/scam"
)

// TestFullAndReadOnlyDisk runs itself again in namespaces of its own, where an ordinary
// user may mount a small disk.
func TestFullAndReadOnlyDisk(t *testing.T) {
	t.Parallel()
	if os.Getenv("EVIDENCE_TEST_DISK") != "" {
		onSmallDisk(t, os.Getenv("EVIDENCE_TEST_DISK"))
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullAndReadOnlyDisk$", "-test.v")
	cmd.Env = append(os.Environ(), "EVIDENCE_TEST_DISK="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("no namespaces here: %v", err)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip(string(out))
	}
}

func onSmallDisk(t *testing.T, dir string) {
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("cannot mount: %v", err)
	}
	s := open(t, filepath.Join(dir, "store"))
	large := scam.Capture{Name: "screenshot.png", Data: make([]byte, 2<<20)}
	small := scam.Capture{Name: "dom.html", Data: []byte("hello")}
	v := scam.Visit{Captures: []scam.Capture{small, large}}

	_, err := s.Put(t.Context(), large)
	check(t, "put on a full disk", err, syscall.ENOSPC, dir)
	check(t, "keep a visit on a full disk", s.KeepVisit(t.Context(), &v), syscall.ENOSPC, dir)
	if v.Files != nil || v.Manifest != "" {
		t.Errorf("the visit claims files: %v, %s", v.Files, v.Manifest)
	}
	_, _, err = WriteFolder(filepath.Join(dir, "visit"), v)
	check(t, "write a folder on a full disk", err, syscall.ENOSPC, dir)
	if _, err := s.Put(t.Context(), small); err != nil {
		t.Errorf("after the failures: %v", err)
	}
	if got := fmt.Sprint(files(t, dir)); got != "[store/sha256/2c/"+helloSum+"]" {
		t.Errorf("left on the disk: %s", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "visit")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a folder: %v", err)
	}

	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s = open(t, filepath.Join(dir, "store")) // for reading it will do
	if got := content(t, s, helloSum); got != "hello" {
		t.Errorf("%q", got)
	}
	_, err = s.Put(t.Context(), scam.Capture{Name: "new", Data: []byte("new")})
	check(t, "put on a read-only disk", err, syscall.EROFS, dir)
	_, err = Open(filepath.Join(dir, "other"))
	check(t, "a new store on a read-only disk", err, syscall.EROFS, dir)
}

func check(t *testing.T, what string, err error, want syscall.Errno, path string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
		t.Errorf("%s: got %v, want %v with %s", what, err, want, path)
	}
}
