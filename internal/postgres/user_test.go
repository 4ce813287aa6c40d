package postgres_test

import (
	"strings"
	"testing"
	"time"

	"popdown/internal/scam"
)

func TestUsersAndTheirSessions(t *testing.T) {
	w := newWorld(t)
	w.ok(w.takedown.AddUser(w.ctx(), "ana", "$one", w.now()))
	w.want(w.takedown.AddUser(w.ctx(), "ana", "$two", w.now()), scam.ErrConflict)
	w.want(w.takedown.AddUser(w.ctx(), "Bob", "$two", w.now()), scam.ErrInvalid)
	ana, err := w.takedown.User(w.ctx(), "ana")
	w.ok(err)
	w.same(scam.User{ID: ana.ID, Name: "ana", PasswordHash: "$one", CreatedAt: w.at.Add(-2 * time.Minute)}, ana)
	_, err = w.takedown.User(w.ctx(), "bob")
	w.want(err, scam.ErrNotFound)

	token, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	w.ok(w.takedown.CreateSession(w.ctx(), token, ana.ID, w.at.Add(time.Hour)))
	w.ok(w.takedown.CreateSession(w.ctx(), other, ana.ID, w.at.Add(time.Hour)))
	w.want(w.takedown.CreateSession(w.ctx(), strings.Repeat("c", 64), 4711, w.at.Add(time.Hour)), scam.ErrNotFound)
	w.want(w.takedown.CreateSession(w.ctx(), "the token itself", ana.ID, w.at.Add(time.Hour)), scam.ErrInvalid)
	got, err := w.takedown.SessionUser(w.ctx(), token, w.at)
	w.ok(err)
	w.same(ana, got)
	_, err = w.takedown.SessionUser(w.ctx(), token, w.at.Add(time.Hour))
	w.want(err, scam.ErrNotFound)
	w.ok(w.takedown.DeleteSession(w.ctx(), token))
	w.ok(w.takedown.DeleteSession(w.ctx(), token))
	_, err = w.takedown.SessionUser(w.ctx(), token, w.at)
	w.want(err, scam.ErrNotFound)

	w.ok(w.takedown.SetPassword(w.ctx(), "ana", "$new", w.now()))
	_, err = w.takedown.SessionUser(w.ctx(), other, w.at)
	w.want(err, scam.ErrNotFound)
	w.want(w.takedown.SetPassword(w.ctx(), "bob", "$new", w.now()), scam.ErrNotFound)
	users, err := w.takedown.Users(w.ctx())
	w.ok(err)
	ana.PasswordHash = "$new"
	w.same([]scam.User{ana}, users)
	w.chainsHold()
}
