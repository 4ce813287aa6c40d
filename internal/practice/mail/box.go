package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Box is a folder of messages, and the same messages in memory. Files of an earlier
// run in the folder stay as they are and keep their numbers.
type Box struct {
	dir  string
	now  func() time.Time
	mu   sync.Mutex
	next int
	kept []Message
}

// OpenBox makes the folder if it is missing.
func OpenBox(dir string, now func() time.Time) (*Box, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open practice mailbox: %w", err)
	}
	return &Box{dir: dir, now: now, next: 1}, nil
}

// Keep stores a message under the next free number.
func (b *Box) Keep(from string, to []string, raw []byte) (Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := Message{At: b.now().UTC(), From: from, To: slices.Clone(to), Raw: raw}
	m.read()
	for _, earlier := range b.kept {
		if m.repeats(earlier) {
			m.DuplicateOf = earlier.Number
			break
		}
	}
	if err := b.write(&m); err != nil {
		return Message{}, fmt.Errorf("keep message: %w", err)
	}
	b.kept = append(b.kept, m)
	return m, nil
}

// write puts the message into a file of its own, and never over another.
func (b *Box) write(m *Message) error {
	for {
		m.Number = b.next
		m.Path = filepath.Join(b.dir, fmt.Sprintf("%03d.eml", b.next))
		f, err := os.OpenFile(m.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			b.next++
			continue
		}
		if err != nil {
			return err
		}
		b.next++
		_, err = f.Write(m.Raw)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return err
	}
}

// Messages are those of this run, in the order in which they came.
func (b *Box) Messages() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.kept)
}
