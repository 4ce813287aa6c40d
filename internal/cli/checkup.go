package cli

import (
	"fmt"
	"io"
)

// Checkup is a doctor's round: parts are checked one by one, a line each.
type Checkup struct {
	Out  io.Writer
	sick int
}

// Part checks one part by using it, and prints what was found.
func (c *Checkup) Part(name string, check func() (detail string, err error)) {
	mark := "ok  "
	detail, err := check()
	if err != nil {
		mark, detail = "FAIL", OneLine(err)
		c.sick++
	}
	fmt.Fprintf(c.Out, "%s  %-12s  %s\n", mark, name, detail)
}

// Verdict is an error when a part is not well.
func (c *Checkup) Verdict() error {
	switch c.sick {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("one part is not well")
	}
	return fmt.Errorf("%d parts are not well", c.sick)
}
