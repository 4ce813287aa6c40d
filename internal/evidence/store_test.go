package evidence

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"popdown/internal/scam"
)

const helloSum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" // of "hello"

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func content(t *testing.T, s *Store, sum string) string {
	t.Helper()
	r, err := s.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// files lists what lies below a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	found := []string{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPutNamesByContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	got, err := s.Put(t.Context(), scam.Capture{Name: "dom.html", ContentType: "text/html", Data: []byte("hello")})
	if err != nil {
		t.Fatal(err)
	}
	want := scam.File{Name: "dom.html", ContentType: "text/html", SHA256: helloSum, Size: 5}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := content(t, s, helloSum); got != "hello" {
		t.Errorf("%q", got)
	}
	if diff := cmp.Diff([]string{"sha256/2c/" + helloSum}, files(t, dir)); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(filepath.Join(dir, "sha256/2c", helloSum))
	if err != nil || info.Mode() != 0o444 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestPutAgainRewritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	inode := func() uint64 {
		info, err := os.Stat(filepath.Join(dir, "sha256/2c", helloSum))
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Ino
	}
	if _, err := s.Put(t.Context(), scam.Capture{Name: "a", ContentType: "text/plain", Data: []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	before := inode()
	got, err := open(t, dir).Put(t.Context(), scam.Capture{Name: "b", ContentType: "text/html", Data: []byte("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(scam.File{Name: "b", ContentType: "text/html", SHA256: helloSum, Size: 5}, got); diff != "" {
		t.Error(diff)
	}
	if inode() != before {
		t.Error("the file was replaced")
	}
	// The one that comes second must not take the first one's place either.
	if err := s.write(s.path(helloSum), []byte("other")); err != nil {
		t.Fatal(err)
	}
	if inode() != before || content(t, s, helloSum) != "hello" {
		t.Error("a late writer replaced the file")
	}
}

func TestConcurrentPutsOfTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stores := []*Store{open(t, dir), open(t, dir)} // as two programs would
	data := bytes.Repeat([]byte("x"), 100_000)
	var wg sync.WaitGroup
	sums := make([]string, 24)
	for i := range sums {
		wg.Go(func() {
			f, err := stores[i%2].Put(t.Context(), scam.Capture{Name: "a", Data: data})
			if err != nil {
				t.Error(err)
				return
			}
			sums[i] = f.SHA256
			r, err := stores[1-i%2].Open(t.Context(), f.SHA256) // whole as soon as it has its name
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff([]string{"sha256/" + sums[0][:2] + "/" + sums[0]}, files(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestOpenRefusesWhatIsNoHash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "store"))
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), scam.Capture{Data: []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	for name, sum := range map[string]string{
		"empty":      "",
		"short":      helloSum[:63],
		"long":       helloSum + "0",
		"upper case": strings.ToUpper(helloSum),
		"traversal":  "../../../secret",
		"padded":     "..///////////////////////////////////////////////////..//secret"[:64-1] + "t",
		"absolute":   filepath.Join(dir, "secret"),
		"slash":      helloSum[:2] + "/" + helloSum[3:],
		"zero byte":  helloSum[:63] + "\x00",
		"line end":   helloSum[:63] + "\n",
		"unknown":    strings.Repeat("0", 64),
	} {
		r, err := s.Open(t.Context(), sum)
		if !errors.Is(err, scam.ErrNotFound) {
			t.Errorf("%s: %v, %v; want not found", name, r, err)
		}
	}
}

func TestDamageIsSaid(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{"changed": "jello", "cut": "hel", "longer": "hello!", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir)
			path := filepath.Join(dir, "sha256/2c", helloSum)
			if err := os.WriteFile(path, []byte(damage), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := s.Open(t.Context(), helloSum)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := io.ReadAll(r); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("read %q, %v", got, err)
			}
			if _, err := s.Put(t.Context(), scam.Capture{Data: []byte("hello")}); !errors.Is(err, ErrDamaged) {
				t.Errorf("put: %v", err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != damage {
				t.Errorf("the damaged file was touched: %q, %v", got, err)
			}
		})
	}
}

func TestOpenNamesThePathThatFails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "store")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names %s", err, file)
	}
}
