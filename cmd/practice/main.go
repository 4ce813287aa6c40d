// Command practice is the offline Internet that the demo, the tests and the benchmarks
// run against, and the demo itself.
package main

import (
	"context"
	"os"

	"popdown/internal/cli"
)

type grammar struct {
	cli.Log

	Serve serveCmd `cmd:"" help:"Run the offline Internet on loopback, and print the settings that point both programs at it."`
	Demo  demoCmd  `cmd:"" help:"The whole loop on the offline Internet, from a seed to a page that is down."`
}

func main() { os.Exit(cli.Main(run)) }

func run(ctx context.Context, args []string, s cli.Streams) error {
	var g grammar
	return cli.Run(ctx, "practice", "An Internet to practise on: scam sites, ad networks, DNS, RDAP, mail.", &g, args, s, &g)
}
