package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/setup"
)

type doctorCmd struct {
	database
	setup.Egress
	mailFlags
}

// Run tells what is set up and what is missing. It sends nothing.
func (c *doctorCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	log := g.Logger(s.Err)
	checkup := cli.Checkup{Out: s.Out}
	var dir string
	checkup.Part("data folder", func() (_ string, err error) { dir, err = g.Dir(log); return dir, err })
	checkup.Part("evidence", func() (string, error) { return setup.CheckEvidence(ctx, dir) })
	checkup.Part("database", func() (detail string, err error) {
		err = c.in(ctx, dir, log, func(db *postgres.DB) error {
			on, err := db.Sending(ctx)
			if err != nil {
				return err
			}
			detail = fmt.Sprintf("opened as takedown; sending is %s", map[bool]string{true: "on", false: "off (dry run)"}[on])
			return nil
		})
		return detail, err
	})
	checkup.Part("audit trail", func() (string, error) {
		return "whole", c.in(ctx, dir, log, func(db *postgres.DB) error { return db.VerifyEvents(ctx, "takedown") })
	})
	checkup.Part("sender", func() (string, error) { return c.sender(ctx) })
	checkup.Part("submission", func() (string, error) { return c.submission(ctx) })
	checkup.Part("clock", func() (string, error) { return clock(ctx) })
	return checkup.Verdict()
}

// sender looks whether the sender's domain publishes SPF (RFC 7208), DMARC (RFC 7489) and our DKIM key (RFC 6376).
func (c *doctorCmd) sender(ctx context.Context) (string, error) {
	if strings.HasSuffix(c.MailFrom, ".invalid") {
		return "", fmt.Errorf("no sender: set --mail-from to a mailbox that somebody reads")
	}
	if _, err := c.composer(); err != nil {
		return "", err
	}
	resolver := net.DefaultResolver
	if c.Resolver != "" {
		resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, c.Resolver)
		}}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for name, want := range map[string]string{c.domain(): "v=spf1", "_dmarc." + c.domain(): "v=DMARC1"} {
		if !publishes(ctx, resolver, name, want) {
			return "", fmt.Errorf("%s publishes no %s record: abuse desks will file our mail as spam", name, want)
		}
	}
	if c.DKIMKeyFile == "" {
		return "", fmt.Errorf("no DKIM key: set --dkim-key-file and --dkim-selector, unless the mail server signs")
	}
	if !publishes(ctx, resolver, c.DKIMSelector+"._domainkey."+c.domain(), "v=DKIM1") {
		return "", fmt.Errorf("%s._domainkey.%s publishes no DKIM key", c.DKIMSelector, c.domain())
	}
	return c.MailFrom, nil
}

func publishes(ctx context.Context, r *net.Resolver, name, prefix string) bool {
	records, err := r.LookupTXT(ctx, name)
	if err != nil {
		return false
	}
	for _, record := range records {
		if strings.HasPrefix(record, prefix) {
			return true
		}
	}
	return false
}

// submission reaches the mail server without logging in.
func (c *doctorCmd) submission(ctx context.Context) (string, error) {
	if c.SMTPAddr == "" {
		return "", fmt.Errorf("no submission server: set --smtp-addr; until then reports can only be rehearsed")
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", c.SMTPAddr)
	if err != nil {
		return "", err
	}
	return c.SMTPAddr, conn.Close()
}

// clock asks systemd whether the clock is held by a time server: evidence carries times.
func clock(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "timedatectl", "show", "--property=NTPSynchronized", "--value").Output()
	if err != nil {
		return time.Now().UTC().Format(time.RFC3339) + " (no systemd to ask whether it is synchronised)", nil //nolint:nilerr // not a fault
	}
	if strings.TrimSpace(string(out)) != "yes" {
		return "", fmt.Errorf("not synchronised: switch on a time service, evidence carries times")
	}
	return "synchronised", nil
}
