package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const userColumns = "u.id, u.name, u.password_hash, u.created_at"

func scanUser(row pgx.CollectableRow) (scam.User, error) {
	var u scam.User
	err := row.Scan(&u.ID, &u.Name, &u.PasswordHash, &u.CreatedAt)
	return u, err
}

// AddUser stores an analyst under a lower-case name. A name that is taken is scam.ErrConflict.
func (db *DB) AddUser(ctx context.Context, name, passwordHash string, at time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, "INSERT INTO users (name, password_hash, created_at) VALUES ($1, $2, $3) RETURNING id", clean(name, passwordHash, at)...).Scan(&id)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: db.program(), Verb: "added", Noun: "user", ID: id, Detail: map[string]any{"name": name}})
	})
}

// SetPassword replaces a password and ends the user's sessions.
func (db *DB) SetPassword(ctx context.Context, name, passwordHash string, at time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, "UPDATE users SET password_hash = $2 WHERE name = $1 RETURNING id", clean(name, passwordHash)...).Scan(&id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE user_id = $1", id); err != nil {
			return err
		}
		return db.record(ctx, tx, at, entry{Actor: db.program(), Verb: "new password", Noun: "user", ID: id})
	})
}

// Users returns all analysts by name.
func (db *DB) Users(ctx context.Context) (users []scam.User, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+userColumns+" FROM users u ORDER BY u.name")
		if err != nil {
			return err
		}
		users, err = pgx.CollectRows(rows, scanUser)
		return err
	})
	return users, err
}

// User returns scam.ErrNotFound for an unknown name.
func (db *DB) User(ctx context.Context, name string) (scam.User, error) {
	return db.oneUser(ctx, "FROM users u WHERE u.name = $1", name)
}

// SessionUser implements review.Users.
func (db *DB) SessionUser(ctx context.Context, tokenHash string, now time.Time) (scam.User, error) {
	return db.oneUser(ctx, "FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2", tokenHash, now)
}

func (db *DB) oneUser(ctx context.Context, from string, args ...any) (u scam.User, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+userColumns+" "+from, clean(args...)...)
		if err != nil {
			return err
		}
		u, err = pgx.CollectExactlyOneRow(rows, scanUser)
		return err
	})
	return u, err
}

// CreateSession implements review.Users, and clears sessions that have expired.
func (db *DB) CreateSession(ctx context.Context, tokenHash string, userID int64, expires time.Time) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE expires_at <= $1", clean(db.now())...); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)", clean(tokenHash, userID, expires)...)
		return err
	})
}

// DeleteSession ends a session; one that is gone is no error.
func (db *DB) DeleteSession(ctx context.Context, tokenHash string) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM sessions WHERE token_hash = $1", tokenHash)
		return err
	})
}
