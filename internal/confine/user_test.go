package confine

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func root() bool { return os.Geteuid() == 0 }

func TestUnprivileged(t *testing.T) {
	t.Parallel()
	u, err := Unprivileged("no-such-user-here", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	if !root() {
		if !u.IsZero() {
			t.Errorf("got %v, want ourselves", u)
		}
		return
	}
	if u.Name != "nobody" || u.UID == 0 || u.GID == 0 {
		t.Errorf("got %+v, want nobody, skipping the unknown name", u)
	}
	if _, err := Unprivileged("no-such-user-here"); err == nil || !strings.Contains(err.Error(), "no-such-user-here") {
		t.Errorf("unknown names gave %v, want an error that names them", err)
	}
	if _, err := Unprivileged("root", "nobody"); err == nil {
		t.Error("root was taken for unprivileged")
	}
}

func TestSysProcAttr(t *testing.T) {
	t.Parallel()
	if a := (User{}).SysProcAttr(); a.Credential != nil || !a.Setpgid {
		t.Errorf("ourselves: %+v", a)
	}
	a := User{Name: "x", UID: 12, GID: 34}.SysProcAttr()
	if a.Credential == nil || a.Credential.Uid != 12 || a.Credential.Gid != 34 || a.Credential.Groups == nil || len(a.Credential.Groups) != 0 || a.Credential.NoSetGroups {
		t.Errorf("credential %+v, want 12:34 with groups dropped", a.Credential)
	}
}

func TestMakeDirIsTheUsersAlone(t *testing.T) {
	t.Parallel()
	u := User{}
	if root() {
		u = User{Name: "someone", UID: 64123, GID: 64124}
	}
	dir := filepath.Join(t.TempDir(), "home")
	for range 2 { // again on what is there
		if err := u.MakeDir(dir); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("mode %v", info.Mode())
		}
		if st := info.Sys().(*syscall.Stat_t); root() && (st.Uid != u.UID || st.Gid != u.GID) {
			t.Errorf("owner %d:%d", st.Uid, st.Gid)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(filepath.Dir(dir), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := u.MakeDir(link); err == nil {
		t.Error("a symbolic link was taken for the directory")
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	for _, dir := range []string{"open/deep", "shut/deep", "own/deep", "group/deep", "ownshut/deep"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	us := User{Name: "us", UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	other := User{Name: "other", UID: 64123, GID: 64124}
	sameGroup := User{Name: "same-group", UID: 64123, GID: us.GID}
	for dir, mode := range map[string]os.FileMode{"shut": 0o700, "own": 0o700, "group": 0o710, "ownshut": 0o677} {
		if err := os.Chmod(filepath.Join(top, dir), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(top, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"tolink": "shut/deep", "shut/out": "../open/deep"} {
		if err := os.Symlink(to, filepath.Join(top, name)); err != nil {
			t.Fatal(err)
		}
	}
	// Restored, or the ordinary user's clean-up could not enter it.
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(top, "ownshut"), 0o755) })
	if err := os.Chmod(filepath.Dir(top), 0o755); err != nil { // made 0700 by the testing package
		t.Fatal(err)
	}

	tests := []struct {
		name string
		dir  string
		user User
		stop string // what the error names; empty: reachable
	}{
		{"open to all", "open/deep", other, ""},
		{"not there yet below open", "open/new/data", other, ""},
		{"a closed parent", "shut/deep", other, "shut "},
		{"not there yet below closed", "shut/new", other, "shut "},
		{"the owner passes", "own/deep", us, ""},
		{"the owner's bits count for the owner", "ownshut/deep", us, "ownshut "},
		{"the group passes", "group/deep", sameGroup, ""},
		{"others don't pass by group bits", "group/deep", other, "group "},
		{"a link into a closed place", "tolink", other, "shut "},
		{"a link out of a closed place", "shut/out", other, "shut "},
		{"a file on the way", "file/below", other, "file"},
		{"ourselves always", "shut/deep", User{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Reachable(filepath.Join(top, tt.dir), tt.user)
			if tt.stop == "" && err != nil {
				t.Errorf("got %v, want reachable", err)
			}
			if tt.stop != "" && (err == nil || !strings.Contains(err.Error(), "/"+tt.stop)) {
				t.Errorf("got %v, want an error that names %q", err, tt.stop)
			}
		})
	}
}
