// Package scam holds the words that every other room speaks: the nouns of the
// work, their states and which state may follow which, and their validation.
// It does no I/O and reads no clock.
package scam

import (
	"errors"
	"fmt"
	"slices"
)

// Sentinels that callers test with errors.Is.
var (
	// ErrNotFound says that no row answers to the given id or name.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that somebody else changed the row first; look again and decide anew.
	ErrConflict = errors.New("changed meanwhile")
	// ErrTransition says that the noun's present state does not allow the step.
	ErrTransition = errors.New("not possible in this state")
	// ErrInvalid says that input breaks a rule; the message names the field and the mend.
	ErrInvalid = errors.New("invalid")
	// ErrSendingOff says that the kill switch is off: nothing leaves.
	ErrSendingOff = errors.New("sending is switched off")
	// ErrTemporary says that a channel refused for now and nothing was handed over: try again later.
	ErrTemporary = errors.New("refused for now")
	// ErrRefused says that a channel refused for good.
	ErrRefused = errors.New("refused")
	// ErrUncertain says that a report may or may not have left; only a person decides.
	ErrUncertain = errors.New("unknown whether the report was sent")
)

// canBecome says whether one state may follow another; next lists what may follow each.
func canBecome[S comparable](next map[S][]S, from, to S) error {
	if slices.Contains(next[from], to) {
		return nil
	}
	return fmt.Errorf("%w: %v cannot become %v", ErrTransition, from, to)
}
