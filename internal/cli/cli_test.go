package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"popdown/internal/scam"
)

type grammar struct {
	Log
	Greet struct {
		greet
	} `cmd:"" help:"Say hello."`
}

type greet struct {
	Name string `arg:"" help:"Whom to greet."`
	Bad  bool   `help:"Fail."`
}

func (g *greet) Run(s Streams) error {
	if g.Bad {
		return fmt.Errorf("%w: seed %q:\nno schedule", scam.ErrInvalid, g.Name)
	}
	_, err := fmt.Fprintln(s.Out, "hello", g.Name)
	return err
}

func TestRun(t *testing.T) {
	tests := []struct {
		name, args, out string
		code            int
	}{
		{"a command", "greet you", "hello you", ExitDone},
		{"help", "--help", "POPDOWN_LOG_FORMAT", ExitDone},
		{"help of a command", "greet --help", "Whom to greet.", ExitDone},
		{"no argument teaches", "", "Say hello.", ExitDone},
		{"unknown flag", "greet you --nope", "", ExitUsage},
		{"unknown command", "great", "", ExitUsage},
		{"invalid input", "greet you --bad", "", ExitUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := Run(t.Context(), "program", "Greets.", &grammar{}, strings.Fields(tt.args), Streams{Out: &out, Err: &out})
			if got := ExitCode(err); got != tt.code {
				t.Errorf("exit code %d, want %d (%v)", got, tt.code, err)
			}
			if !strings.Contains(out.String(), tt.out) {
				t.Errorf("printed %q, want %q in it", out.String(), tt.out)
			}
			if tt.code == ExitUsage && strings.Contains(OneLine(err), "\n") {
				t.Errorf("error has several lines: %q", err)
			}
		})
	}
}

func TestEnvironmentSetsFlags(t *testing.T) {
	t.Setenv("POPDOWN_LOG_LEVEL", "shout")
	err := Run(context.Background(), "program", "", &grammar{}, []string{"greet", "you"}, Streams{})
	if ExitCode(err) != ExitUsage || !strings.Contains(err.Error(), "shout") {
		t.Errorf("a wrong environment variable gives %v", err)
	}
}

func TestFailuresExitOne(t *testing.T) {
	if got := ExitCode(errors.New("disk full")); got != ExitFailed {
		t.Errorf("exit code %d", got)
	}
}
