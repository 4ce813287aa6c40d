package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"popdown/internal/cli"
	"popdown/internal/scam"
	"popdown/internal/setup"
)

type contactsCmd struct {
	setup.Egress
	contactFlags
	URL     string `arg:"" help:"URL to ask about."`
	JSON    bool   `help:"Print one JSON object."`
	Offline bool   `help:"Ask nobody: only what the shipped data says, which so far is how the name is registered."`
}

func (c *contactsCmd) Run(ctx context.Context, g *grammar, s cli.Streams) error {
	finder, err := c.finder(c.Egress, "", c.Offline, g.Logger(s.Err))
	if err != nil {
		return err
	}
	target := scam.Refang(c.URL)
	if strings.HasPrefix(target, "+") {
		return cli.Usagef("%s: contacts of numbers are not known yet; name a URL", target)
	}
	if !strings.Contains(target, "://") {
		target = "https://" + target + "/"
	}
	sheet, err := finder.Find(ctx, target, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.Out).Encode(sheet)
	}
	table := tabwriter.NewWriter(s.Out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "RANK\tSCOPE\tWHO\tCHANNEL\tADDRESS\tWHY")
	for _, k := range sheet.Contacts {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", k.Rank, k.Scope, k.Org, k.Channel, k.Address, k.Why)
	}
	for _, note := range sheet.Notes {
		fmt.Fprintln(s.Err, "note:", note)
	}
	return table.Flush()
}
