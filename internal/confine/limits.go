package confine

import (
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Limits bounds what a child may use; see getrlimit(2). Zero fields set no bound of
// ours. They hold for each process that the child starts, too. No child ever writes a
// core dump: it would hold what the child had in memory.
type Limits struct {
	// CPU is processor time, rounded up to whole seconds; past it the kernel kills the child.
	CPU time.Duration
	// Memory is address space in bytes. Chrome reserves terabytes and can't bear one.
	Memory int64
	// FileSize is the largest file that it may write, in bytes.
	FileSize int64
	// OpenFiles is how many descriptors it may hold.
	OpenFiles int64
}

// wrap makes the shell set the limits and then become the command. Go can't set them
// between fork and exec, and prlimit(2) on a running child of another user needs
// CAP_SYS_RESOURCE, which root in a container lacks; a child may always lower its own.
func (l Limits) wrap(cmd *exec.Cmd) {
	if cmd.Err == nil {
		_, cmd.Err = exec.LookPath(cmd.Path) // or the shell's word for it would come late, from the child
	}
	cmd.Args = append([]string{"sh", "-c", l.script() + ` && exec "$@"`, "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
}

func (l Limits) script() string {
	script := []string{"ulimit -c 0"}
	for _, bound := range []struct {
		flag        string
		value, unit int64 // units of sh's ulimit
	}{
		{"-t", int64(l.CPU), int64(time.Second)},
		{"-v", l.Memory, 1 << 10},
		{"-f", l.FileSize, 512},
		{"-n", l.OpenFiles, 1},
	} {
		if bound.value > 0 {
			script = append(script, fmt.Sprintf("ulimit %s %d", bound.flag, (bound.value+bound.unit-1)/bound.unit))
		}
	}
	return strings.Join(script, " && ")
}
