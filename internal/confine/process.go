package confine

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a started child and the process group that it leads.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of cmd.Wait; valid once done is closed

	mu     sync.Mutex
	reaped bool // the id may be another's from then on
}

// Start starts a prepared command. The kernel's parent-death signal follows the
// thread that forked, not the process (prctl(2)), so the command is started and
// awaited on a thread that nothing else uses until the child has ended. When the
// child ends, what it left behind in its process group is killed.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.await()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// await clears the group while its dead leader still holds the id, then reaps it.
func (p *Process) await() {
	for {
		err := unix.Waitid(unix.P_PID, p.PID(), nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.Kill()
	p.mu.Lock()
	p.reaped = true
	p.mu.Unlock()
	p.err = p.cmd.Wait()
	close(p.done)
}

// Run starts a prepared command and waits for its end. When ctx ends first, the
// child's group is killed, and the error wraps ctx's.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = time.Second // one that left the group may hold our pipes open
	}
	p, err := Start(cmd)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		p.Kill()
		return errors.Join(ctx.Err(), p.Wait())
	}
}

// PID is the child's process id, and that of its group.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the child's end; it may be called any number of times. The error is
// that of exec.Cmd.Wait.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Signal sends a signal to the child alone. One that has ended is no error.
func (p *Process) Signal(sig syscall.Signal) error { return p.send(p.PID(), sig) }

// Kill ends the child's whole process group at once. It does not wait.
func (p *Process) Kill() { _ = p.send(-p.PID(), syscall.SIGKILL) }

func (p *Process) send(to int, sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return nil
	}
	return syscall.Kill(to, sig)
}
