package cli

import (
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
)

// Log chooses how a program logs, to standard error.
type Log struct {
	LogFormat string `help:"Form of the log: text, json, or auto (text on a terminal)." enum:"auto,text,json" default:"auto"`
	LogLevel  string `help:"Least important messages to show." enum:"debug,info,warn,error" default:"info"`
}

// Logger writes to w in the chosen form.
func (l Log) Logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(l.LogLevel)) // an enum: kong refuses anything else
	opts := &slog.HandlerOptions{Level: level}
	if l.LogFormat == "text" || l.LogFormat != "json" && IsTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// IsTerminal tells whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
