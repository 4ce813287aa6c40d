package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"popdown/internal/scam"
)

// WriteFolder writes a visit as a plain folder: its captures under their own names,
// and manifest.json. It returns the files and the manifest's path. The folder appears
// whole or not at all; one that exists is left alone and is fs.ErrExist.
func WriteFolder(dir string, v scam.Visit) ([]scam.File, string, error) {
	if err := checkNames(v.Captures); err != nil {
		return nil, "", fmt.Errorf("write %s: %w", dir, err)
	}
	files := make([]scam.File, len(v.Captures))
	for i, c := range v.Captures {
		sum := sha256.Sum256(c.Data)
		files[i] = scam.File{Name: c.Name, ContentType: c.ContentType, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(c.Data))}
	}
	data, err := encodeManifest(v, files)
	if err != nil {
		return nil, "", fmt.Errorf("write %s: %w", dir, err)
	}
	all := append([]scam.Capture{{Name: manifestName, Data: data}}, v.Captures...)
	if err := writeWhole(dir, all); err != nil {
		return nil, "", fmt.Errorf("write %s: %w", dir, err)
	}
	return files, filepath.Join(dir, manifestName), nil
}

// writeWhole fills a folder beside dir and then gives it dir's name.
func writeWhole(dir string, files []scam.Capture) error {
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, ".visit-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for _, c := range files {
		f, err := os.OpenFile(filepath.Join(tmp, c.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if err := fill(f, c.Data, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &fs.PathError{Op: "create", Path: dir, Err: fs.ErrExist}
		}
		return err
	}
	return syncDir(parent)
}
