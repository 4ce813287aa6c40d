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

// Box is a folder of messages, and the same messages in memory, those of earlier runs too.
type Box struct {
	dir  string
	now  func() time.Time
	mu   sync.Mutex
	next int
	kept []Message
}

// OpenBox makes the folder if it is missing, and reads the messages that lie in it. Their
// envelopes are those that their headers name.
func OpenBox(dir string, now func() time.Time) (*Box, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open practice mailbox: %w", err)
	}
	b := &Box{dir: dir, now: now, next: 1}
	earlier, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return nil, fmt.Errorf("open practice mailbox: %w", err)
	}
	for _, path := range earlier {
		if err := b.load(path); err != nil {
			return nil, fmt.Errorf("read practice mailbox: %w", err)
		}
	}
	return b, nil
}

// load takes a message of an earlier run back in.
func (b *Box) load(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	m := Message{Number: b.next, At: info.ModTime().UTC(), Raw: raw, Path: path}
	m.read()
	m.From, m.To = m.addresses()
	b.next++
	b.add(m)
	return nil
}

// add appends a message, marked when it says again what an earlier one said.
func (b *Box) add(m Message) Message {
	for _, earlier := range b.kept {
		if m.repeats(earlier) {
			m.DuplicateOf = earlier.Number
			break
		}
	}
	b.kept = append(b.kept, m)
	return m
}

// Keep stores a message under the next free number.
func (b *Box) Keep(from string, to []string, raw []byte) (Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := Message{At: b.now().UTC(), From: from, To: slices.Clone(to), Raw: raw}
	m.read()
	if err := b.write(&m); err != nil {
		return Message{}, fmt.Errorf("keep message: %w", err)
	}
	return b.add(m), nil
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

// Messages are all of the folder, in the order in which they came.
func (b *Box) Messages() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.kept)
}
