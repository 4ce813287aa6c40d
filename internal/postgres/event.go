package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

// entry is an Event to be written.
type entry struct {
	Actor  string
	Verb   string
	Noun   string
	ID     int64
	Detail map[string]any // nil: nothing more to say
}

// record appends to this program's chain. It comes last in a transaction: from here to
// the commit no other transaction of the program can append.
func (db *DB) record(ctx context.Context, tx pgx.Tx, at time.Time, entries ...entry) error {
	if len(entries) == 0 {
		return nil
	}
	program := db.program()
	if err := lockFor(ctx, tx, lockEvents, program); err != nil {
		return err
	}
	var prev string
	err := tx.QueryRow(ctx, "SELECT coalesce((SELECT hash FROM events WHERE program = $1 ORDER BY id DESC LIMIT 1), '')", program).Scan(&prev)
	if err != nil {
		return err
	}
	for _, n := range entries {
		detail := []byte("{}")
		if n.Detail != nil {
			if detail, err = json.Marshal(asJSON{n.Detail}); err != nil {
				return fmt.Errorf("write down an event: %w", err)
			}
		}
		e := scam.Event{
			Program: program, At: at.UTC().Truncate(time.Microsecond), Actor: cleanText(n.Actor),
			Verb: n.Verb, Noun: n.Noun, NounID: n.ID, Detail: detail, Prev: prev,
		}
		if e.Hash, err = hashEvent(e); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO events (program, at, actor, verb, noun, noun_id, detail, prev, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			e.Program, e.At, e.Actor, e.Verb, e.Noun, e.NounID, []byte(e.Detail), e.Prev, e.Hash)
		if err != nil {
			return err
		}
		prev = e.Hash
	}
	return nil
}

// hashEvent is the SHA-256 (hex) of a JSON array of all fields but ID and Hash, the hash
// of the event before among them; the time in RFC 3339 UTC to the microsecond.
func hashEvent(e scam.Event) (string, error) {
	b, err := json.Marshal([]any{e.Prev, e.Program, e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), e.Actor, e.Verb, e.Noun, e.NounID, string(e.Detail)})
	if err != nil {
		return "", fmt.Errorf("hash an event: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

const selectEvents = "SELECT id, program, at, actor, verb, noun, noun_id, detail, prev, hash FROM events "

func scanEvent(row pgx.CollectableRow) (scam.Event, error) {
	var e scam.Event
	var detail []byte
	err := row.Scan(&e.ID, &e.Program, &e.At, &e.Actor, &e.Verb, &e.Noun, &e.NounID, &detail, &e.Prev, &e.Hash)
	e.Detail = detail
	return e, err
}

// Events returns what happened to a noun, oldest first. The crawler sees its own chain only.
func (db *DB) Events(ctx context.Context, noun string, id int64) (events []scam.Event, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectEvents+"WHERE noun = $1 AND noun_id = $2 ORDER BY at, id", noun, id)
		if err != nil {
			return err
		}
		events, err = pgx.CollectRows(rows, scanEvent)
		return err
	})
	return events, err
}

// EventHead returns the last event's hash of a program ("crawler" or "takedown"), empty
// before the first. Kept elsewhere, it shows when the end of the chain goes missing.
func (db *DB) EventHead(ctx context.Context, program string) (hash string, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT coalesce((SELECT hash FROM events WHERE program = $1 ORDER BY id DESC LIMIT 1), '')", program).Scan(&hash)
	})
	return hash, err
}

// VerifyEvents reads a program's whole chain. The error names the first event that was
// changed or that does not follow the one before it.
func (db *DB) VerifyEvents(ctx context.Context, program string) error {
	return db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectEvents+"WHERE program = $1 ORDER BY id", program)
		if err != nil {
			return err
		}
		defer rows.Close()
		prev := ""
		for rows.Next() {
			e, err := scanEvent(rows)
			if err != nil {
				return err
			}
			if e.Prev != prev {
				return fmt.Errorf("event %d of %s does not follow the one before it: one is missing or was changed", e.ID, program)
			}
			hash, err := hashEvent(e)
			if err != nil {
				return err
			}
			if hash != e.Hash {
				return fmt.Errorf("event %d of %s was changed", e.ID, program)
			}
			prev = e.Hash
		}
		return rows.Err()
	})
}
