package postgres

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"popdown/internal/scam"
)

const contactColumns = "k.id, k.rank, k.scope, k.org, k.channel, k.address, k.source, k.confidence, k.why, k.fetched_at"

func contactFields(k *scam.Contact) []any {
	return []any{&k.ID, &k.Rank, &k.Scope, &k.Org, &k.Channel, &k.Address, &k.Source, &k.Confidence, &k.Why, zeroTime(&k.FetchedAt)}
}

// CaseContacts returns a case's contacts in rank order.
func (db *DB) CaseContacts(ctx context.Context, id int64) (contacts []scam.Contact, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+contactColumns+" FROM contacts k WHERE k.case_id = $1 ORDER BY k.rank, k.id", id)
		if err != nil {
			return err
		}
		contacts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (scam.Contact, error) {
			var k scam.Contact
			err := row.Scan(contactFields(&k)...)
			return k, err
		})
		return err
	})
	return contacts, err
}

// SaveDrafts implements takedown.Cases. Content hashes are computed here, from what is
// stored. A closed case is scam.ErrTransition; a draft to nobody on the sheet scam.ErrInvalid.
func (db *DB) SaveDrafts(ctx context.Context, of scam.Case, sheet scam.ContactSheet, drafts []scam.Report) (added []scam.Report, err error) {
	err = db.tx(ctx, func(tx pgx.Tx) error {
		added = nil
		caseID := of.ID
		c, err := caseByID(ctx, tx, caseID, "FOR NO KEY UPDATE")
		if err != nil {
			return err
		}
		if c.State == scam.CaseClosed {
			return fmt.Errorf("%w: the case is closed", scam.ErrTransition)
		}
		if err := sameFindings(c, of); err != nil {
			return err
		}
		at := db.now()
		done := []entry{{Actor: db.program(), Verb: "asked about", Noun: "case", ID: caseID, Detail: map[string]any{
			"target": sheet.Target, "registration_type": sheet.RegistrationType, "registrar": sheet.Registrar, "registered_at": sheet.RegisteredAt,
			"nameservers": sheet.Nameservers, "addresses": sheet.Addresses, "network": sheet.Network, "country": sheet.Country,
			"contacts": len(sheet.Contacts), "notes": sheet.Notes}}}
		contacts, err := saveContacts(ctx, tx, caseID, sheet.Contacts)
		if err != nil {
			return fmt.Errorf("store contacts: %w", err)
		}
		for _, d := range drafts {
			k, found := contacts[contactKey{d.Contact.Channel, cleanText(d.Contact.Address)}]
			if !found {
				return fmt.Errorf("%w: a draft to %s, who is not on the contact sheet", scam.ErrInvalid, d.Contact.Address)
			}
			d.CaseID, d.ContactID, d.Contact, d.CreatedAt = caseID, k.ID, k, cmp.Or(d.CreatedAt, at)
			r, changed, err := putDraft(ctx, tx, d, c.Findings)
			if err != nil {
				return fmt.Errorf("store draft: %w", err)
			}
			if changed {
				added = append(added, r)
				done = append(done, entry{Actor: db.program(), Verb: "drafted", Noun: "report", ID: r.ID, Detail: map[string]any{"case_id": caseID, "to": r.To, "content_hash": r.ContentHash, "step": r.Step}})
			}
		}
		return db.record(ctx, tx, at, done...)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

type contactKey struct {
	channel scam.Channel
	address string
}

// saveContacts stores a sheet's contacts, ranked in the order given where they carry no rank.
func saveContacts(ctx context.Context, tx pgx.Tx, caseID int64, sheet []scam.Contact) (map[contactKey]scam.Contact, error) {
	stored := map[contactKey]scam.Contact{}
	for i, k := range sheet {
		k.Rank = cmp.Or(k.Rank, i+1)
		k.Address = cleanText(k.Address)
		if _, twice := stored[contactKey{k.Channel, k.Address}]; twice {
			continue // the better rank counts
		}
		err := tx.QueryRow(ctx, `
			INSERT INTO contacts (case_id, rank, scope, org, channel, address, source, confidence, why, fetched_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (case_id, channel, address) DO UPDATE SET rank = EXCLUDED.rank, scope = EXCLUDED.scope, org = EXCLUDED.org,
				source = EXCLUDED.source, confidence = EXCLUDED.confidence, why = EXCLUDED.why, fetched_at = EXCLUDED.fetched_at
			RETURNING id`,
			clean(caseID, k.Rank, string(k.Scope), k.Org, string(k.Channel), k.Address, k.Source, k.Confidence, k.Why, k.FetchedAt)...).Scan(&k.ID)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Address, err)
		}
		stored[contactKey{k.Channel, k.Address}] = k
	}
	return stored, nil
}
