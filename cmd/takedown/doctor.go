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
	sick := 0
	check := func(what string, do func() (string, error)) {
		detail, err := do()
		mark := "ok  "
		if err != nil {
			mark, detail = "FAIL", cli.OneLine(err)
			sick++
		}
		fmt.Fprintf(s.Out, "%s  %-12s %s\n", mark, what, detail)
	}
	var dir string
	check("data folder", func() (_ string, err error) { dir, err = g.Dir(log); return dir, err })
	check("evidence", func() (string, error) { _, err := setup.Evidence(dir); return "writable", err })
	check("database", func() (detail string, err error) {
		err = c.in(ctx, dir, log, func(db *postgres.DB) error {
			on, err := db.Sending(ctx)
			detail = fmt.Sprintf("opened as takedown; sending is %s", map[bool]string{true: "on", false: "off (dry run)"}[on])
			return err
		})
		return detail, err
	})
	check("sender", func() (string, error) { return c.sender(ctx) })
	check("submission", func() (string, error) { return c.submission(ctx) })
	check("clock", func() (string, error) { return clock(ctx) })
	if sick > 0 {
		return fmt.Errorf("%d parts are not set up", sick)
	}
	return nil
}

// sender looks whether the sender's domain publishes SPF (RFC 7208) and DMARC (RFC 7489).
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
