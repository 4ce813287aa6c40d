package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"popdown/internal/cli"
	"popdown/internal/postgres"
	"popdown/internal/review"
	"popdown/internal/scam"
)

type userCmd struct {
	database
	Add    userAddCmd    `cmd:"" help:"Add a user; the password is asked for, or read from standard input."`
	Passwd userPasswdCmd `cmd:"" help:"Change a user's password."`
	List   userListCmd   `cmd:"" help:"Who may log in."`
}

type userAddCmd struct {
	Name string `arg:"" help:"Login name."`
}

func (c *userAddCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	if strings.TrimSpace(c.Name) == "" {
		return cli.Usagef("a user needs a name")
	}
	hash, err := readPassword(s)
	if err != nil {
		return err
	}
	return g.User.with(ctx, g, s, func(db *postgres.DB) error {
		err := db.AddUser(ctx, strings.ToLower(c.Name), hash, time.Now().UTC())
		if errors.Is(err, scam.ErrConflict) {
			return cli.Usagef("a user %s exists already: takedown user passwd %s changes the password", c.Name, c.Name)
		}
		if err != nil {
			return fmt.Errorf("add user %s: %w", c.Name, err)
		}
		_, err = fmt.Fprintln(s.Out, "added")
		return err
	})
}

type userPasswdCmd struct {
	Name string `arg:"" help:"Login name."`
}

func (c *userPasswdCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	hash, err := readPassword(s)
	if err != nil {
		return err
	}
	return g.User.with(ctx, g, s, func(db *postgres.DB) error {
		if err := db.SetPassword(ctx, strings.ToLower(c.Name), hash, time.Now().UTC()); err != nil {
			return fmt.Errorf("change the password of %s: %w", c.Name, err)
		}
		_, err := fmt.Fprintln(s.Out, "changed")
		return err
	})
}

// readPassword asks on a terminal without echo, or reads the first line of standard
// input, and returns the hash that is stored.
func readPassword(s cli.Streams) (string, error) {
	var password string
	if f, ok := s.In.(*os.File); ok && cli.IsTerminal(s.In) {
		fmt.Fprint(s.Err, "password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(s.Err)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		password = string(b)
	} else {
		line, err := bufio.NewReader(s.In).ReadString('\n')
		if err != nil && line == "" {
			return "", cli.Usagef("no password on standard input")
		}
		password = strings.TrimRight(line, "\r\n")
	}
	return review.HashPassword(password)
}

type userListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

func (c *userListCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	return g.User.with(ctx, g, s, func(db *postgres.DB) error {
		users, err := db.Users(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return encodeLines(s, users)
		}
		for _, u := range users {
			fmt.Fprintln(s.Out, u.Name)
		}
		return nil
	})
}
