// Package internal_test holds the import table of ARCHITECTURE.md against the code.
package internal_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// packages lists every package of the module, as go list sees it without tests.
func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "popdown/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p goPackage
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// room gives the room of a package: popdown/internal/practice/web is in practice. It is
// empty for what is not ours.
func room(importPath string) string {
	if rest, ok := strings.CutPrefix(importPath, "popdown/internal/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	rest, ok := strings.CutPrefix(importPath, "popdown/cmd/")
	if !ok {
		return ""
	}
	return "cmd/" + rest
}

// table reads the block of ARCHITECTURE.md that says who may import whom.
func table(t *testing.T) map[string][]string {
	t.Helper()
	doc, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(doc), "```imports\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed {
		t.Fatal("ARCHITECTURE.md has no imports block")
	}
	allowed := map[string][]string{}
	for line := range strings.Lines(block) {
		from, to, ok := strings.Cut(line, "->")
		if !ok {
			t.Fatalf("no arrow in %q", line)
		}
		allowed[strings.TrimSpace(from)] = strings.Fields(to)
	}
	return allowed
}

func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	t.Parallel()
	allowed := table(t)
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "" || strings.HasSuffix(from, "test") {
			continue
		}
		rooms, known := allowed[from]
		if !known {
			t.Errorf("room %s stands in no line of the table", from)
			continue
		}
		for _, imported := range p.Imports {
			if to := room(imported); to != "" && to != from && !slices.Contains(rooms, to) {
				t.Errorf("%s imports %s, which the table does not allow", p.ImportPath, to)
			}
		}
		for _, linked := range p.Deps {
			to := room(linked)
			if strings.HasPrefix(from, "cmd/") && to != "" && !slices.Contains(rooms, to) {
				t.Errorf("%s links %s, which the table does not allow", from, to)
			}
			if strings.HasPrefix(from, "cmd/") && strings.HasSuffix(to, "test") {
				t.Errorf("%s links the test room %s", from, to)
			}
		}
	}
}

func TestOutsideLibrariesHaveOneImporter(t *testing.T) {
	t.Parallel()
	owners := map[string]string{
		"github.com/chromedp":                     "render",
		"github.com/gocolly":                      "discover",
		"github.com/jackc/pgx/v5":                 "postgres",
		"github.com/riverqueue/river/riverdriver": "postgres",
	}
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "" || strings.HasSuffix(from, "test") {
			continue
		}
		for _, imported := range p.Imports {
			for library, owner := range owners {
				asked := imported == "github.com/jackc/pgx/v5/pgconn" && from == "localpg" // only whether its server answers
				if (imported == library || strings.HasPrefix(imported, library+"/")) && from != owner && !asked {
					t.Errorf("%s imports %s, which only %s may", p.ImportPath, imported, owner)
				}
			}
		}
	}
}

func TestPureRoomsReadNoClock(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"scam", "detect", "campaign"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("room %s: %v", room, err)
		}
		for _, name := range files {
			code, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now(", "time.Since(", "time.LoadLocation("} {
				if !strings.HasSuffix(name, "_test.go") && bytes.Contains(code, []byte(call)) {
					t.Errorf("%s calls %s...)", name, call)
				}
			}
		}
	}
}

func TestPureRoomsDoNoInputOrOutput(t *testing.T) {
	t.Parallel()
	impure := []string{"os", "net", "net/http", "os/exec", "io/ioutil", "database/sql", "log", "log/slog", "syscall"}
	for _, p := range packages(t) {
		if !slices.Contains([]string{"scam", "detect", "campaign"}, room(p.ImportPath)) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.Contains(impure, imported) {
				t.Errorf("%s imports %s: a pure room does no I/O", path.Base(p.ImportPath), imported)
			}
		}
	}
}
