package cli

import "time"

// AtLeast refuses a flag's value below its least; errors end the program with ExitUsage.
func AtLeast[T int | int64 | time.Duration](flag string, value, least T) error {
	if value < least {
		return Usagef("%s %v: at least %v", flag, value, least)
	}
	return nil
}
