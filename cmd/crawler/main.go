// Command crawler finds fake-support popups: it turns seeds into candidates on
// schedules, looks at them in a sandboxed Chrome, and stores what it finds. It alone
// meets hostile pages, and holds no key that sends, confirms or reads people's data.
package main

import (
	"context"
	"os"

	"popdown/internal/cli"
	"popdown/internal/setup"
)

type grammar struct {
	cli.Log
	setup.Data

	Scan   scanCmd   `cmd:"" help:"Look at some URLs once and print what they are. Needs no database."`
	Eval   evalCmd   `cmd:"" help:"Measure the detector on a labelled corpus."`
	Run    runCmd    `cmd:"" help:"The daemon: schedules, discovery, visits, detection, rechecks."`
	Seed   seedCmd   `cmd:"" help:"List and change the seeds, the places where scams come from."`
	Doctor doctorCmd `cmd:"" help:"Check Chrome, its sandbox, the database and the evidence store."`
}

func main() { os.Exit(cli.Main(run)) }

func run(ctx context.Context, args []string, s cli.Streams) error {
	var g grammar
	return cli.Run(ctx, "crawler", "Finds fake-support popups and proves what they do.", &g, args, s, &g)
}
