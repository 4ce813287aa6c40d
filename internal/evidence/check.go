package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
)

// ErrDamaged says that a stored file no longer holds what its name says.
var ErrDamaged = errors.New("evidence is damaged: its content does not match its name")

// checked reads a stored file and compares it with its name at the end.
type checked struct {
	file *os.File
	sum  string
	hash hash.Hash
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(c.hash.Sum(nil)) != c.sum {
		return n, fmt.Errorf("%w: %s", ErrDamaged, c.file.Name())
	}
	return n, err
}

func (c *checked) Close() error { return c.file.Close() }

// intact tells whether a file is there and holds what its name says; one that holds
// anything else is ErrDamaged, and stays as it is for somebody to look at.
func intact(path, sum string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, &checked{file: f, sum: sum, hash: sha256.New()})
	return err == nil, err
}
