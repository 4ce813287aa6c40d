package main

import (
	"context"
	"fmt"
	"os"

	"popdown/internal/cli"
	"popdown/internal/practice"
)

type serveCmd struct {
	world
	Dir string `help:"Folder for its certificate authority and mailbox." default:"./var/internet" placeholder:"DIR"`
}

func (c *serveCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	internet, err := practice.Start(ctx, practice.Options{
		Sites: os.DirFS(c.Sites), Dir: c.Dir, ActAfter: c.ActAfter, MailAnswer: c.MailAnswer, Logger: g.Logger(s.Err),
	})
	if err != nil {
		return err
	}
	defer internet.Close()
	if _, err := fmt.Fprintln(s.Out, internet.Guide()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
