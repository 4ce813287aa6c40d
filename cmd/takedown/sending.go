package main

import (
	"context"
	"fmt"
	"os/user"
	"time"

	"popdown/internal/cli"
	"popdown/internal/postgres"
)

type sendingCmd struct {
	database
	On     sendingOnCmd     `cmd:"" help:"Let reports that are approved from now on leave."`
	Off    sendingOffCmd    `cmd:"" help:"Let nothing leave, whatever was approved."`
	Status sendingStatusCmd `cmd:"" help:"Tell which."`
}

type (
	sendingOnCmd     struct{}
	sendingOffCmd    struct{}
	sendingStatusCmd struct{}
)

func (c *sendingOnCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Sending.set(ctx, g, s, true)
}

func (c *sendingOffCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Sending.set(ctx, g, s, false)
}

func (c *sendingCmd) set(ctx context.Context, g *grammar, s cli.Streams, on bool) error {
	by := "operator"
	if u, err := user.Current(); err == nil {
		by += " " + u.Username
	}
	return c.with(ctx, g, s, func(db *postgres.DB) error {
		if err := db.SetSending(ctx, on, by, time.Now().UTC()); err != nil {
			return fmt.Errorf("switch sending: %w", err)
		}
		return printSending(s, on)
	})
}

func (c *sendingStatusCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.Sending.with(ctx, g, s, func(db *postgres.DB) error {
		on, err := db.Sending(ctx)
		if err != nil {
			return err
		}
		return printSending(s, on)
	})
}

func printSending(s cli.Streams, on bool) error {
	text := "sending is off: approved reports are written to disk, and nothing leaves"
	if on {
		text = "sending is on: reports approved from now on leave"
	}
	_, err := fmt.Fprintln(s.Out, text)
	return err
}
