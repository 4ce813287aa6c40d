// Package cli is what the programs share on the command line: flags with their
// environment variables, help, logs, signals and exit codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"popdown/internal/scam"
)

// Exit codes of every program.
const (
	ExitDone   = 0 // what was asked for is done
	ExitFailed = 1 // it could not be done
	ExitUsage  = 2 // the command line or a file named on it is wrong
)

// Streams are where a program reads and writes. Results go to Out, logs and progress to Err.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// usageError is a wrong command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Usagef makes an error that ends the program with ExitUsage.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errHelp ends a run that only printed help.
var errHelp = errors.New("help shown")

// Main runs a program until it is done or a signal stops it, prints its error as one
// line, and returns the exit code. A closed terminal stops it in order too, as there may
// be children to end. A second signal kills it.
func Main(run func(ctx context.Context, args []string, s Streams) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], Streams{os.Stdin, os.Stdout, os.Stderr})
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("stopped before it was done")
	}
	code := ExitCode(err)
	if code != ExitDone {
		fmt.Fprintf(os.Stderr, "%s: %s\n", os.Args[0][strings.LastIndexByte(os.Args[0], '/')+1:], OneLine(err))
	}
	return code
}

// ExitCode maps an error to the program's exit code.
func ExitCode(err error) int {
	var usage usageError
	switch {
	case err == nil, errors.Is(err, errHelp):
		return ExitDone
	case errors.As(err, &usage), errors.Is(err, scam.ErrInvalid):
		return ExitUsage
	}
	return ExitFailed
}

// OneLine folds an error's text, joined errors too, into one line.
func OneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

// Run parses args into grammar, a pointer to a struct with kong's tags, and runs the
// chosen command's Run method with ctx, the streams and whatever is bound. Every flag
// may also be given as POPDOWN_<NAME>.
func Run(ctx context.Context, name, description string, grammar any, args []string, s Streams, bind ...any) (err error) {
	type exited struct{ code int }
	defer func() { // kong ends a run that prints help through this exit
		if r := recover(); r != nil {
			if _, ok := r.(exited); !ok {
				panic(r)
			}
			err = errHelp
		}
	}()
	parser, err := kong.New(grammar, kong.Name(name), kong.Description(description), kong.DefaultEnvars("POPDOWN"),
		kong.Writers(s.Out, s.Err), kong.Exit(func(code int) { panic(exited{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s), kong.Bind(bind...))
	if err != nil {
		return fmt.Errorf("command line grammar: %w", err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		var parse *kong.ParseError
		if errors.As(err, &parse) && parse.Context != nil {
			if command := parse.Context.Selected(); command != nil {
				name += " " + command.Path()
			}
		}
		return usageError{fmt.Errorf("%w (see %s --help)", err, name)}
	}
	return k.Run()
}
