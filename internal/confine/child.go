package confine

import (
	"os/exec"
	"syscall"
)

// Child says how a child process is to run.
type Child struct {
	// User is whom it runs as; zero: ourselves.
	User User
	// Dir is its working directory, HOME and TMPDIR. It must be reachable for the user,
	// and should belong to it. Empty: "/", and nothing of its own to write to.
	Dir string
	// Env holds what is added to the clean environment, as "KEY=value"; a key given
	// here wins. Nothing of our own environment is ever inherited: it may hold secrets.
	Env []string
	// Limits bounds it; zero: no core dumps is all.
	Limits Limits
}

// Prepare makes cmd run as the child says: as the user, in a process group of its
// own, in a clean environment, and killed when the thread that starts it ends. The
// command must therefore be started by Start or Run, or by a library that locks its
// thread for the child's life (chromedp does; pass it NoInheritEnv as well, or it
// adds our environment to this one). Call it last: it rewrites Path and Args, so that
// the limits hold from the command's first instruction on.
func (c Child) Prepare(cmd *exec.Cmd) {
	dir := c.Dir
	if dir == "" {
		dir = "/"
	}
	cmd.SysProcAttr = c.User.SysProcAttr()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"LANG=C.UTF-8",
		"HOME=" + dir,
		"TMPDIR=" + dir,
	}, c.Env...)
	c.Limits.wrap(cmd)
}
