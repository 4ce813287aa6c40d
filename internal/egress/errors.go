package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Why a connection was not made. The Err of an Attempt wraps exactly one of these.
var (
	// ErrBlocked says that the guard did not let it pass; the message says why.
	ErrBlocked = errors.New("not let through by the guard")
	// ErrDNS says that the name does not exist: DNS said so. A resolver that fails or stays
	// silent says nothing of the name, and is ErrTimeout.
	ErrDNS = errors.New("name does not resolve")
	// ErrRefused says that the other side, or the network before it, refused or reset.
	ErrRefused = errors.New("connection refused")
	// ErrTimeout says that no answer came in time, from the host or from the resolver, or
	// that the asker gave up first.
	ErrTimeout = errors.New("no answer in time")
	// ErrBudget says that the session's bytes, hosts, connections or time are spent.
	ErrBudget = errors.New("budget is spent")
)

func blocked(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBlocked, fmt.Sprintf(format, args...))
}

func spent(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBudget, fmt.Sprintf(format, args...))
}

// classify puts a dial's error under one of the sentinels.
func classify(ctx context.Context, err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && errors.Is(op.Err, ErrBlocked) {
		return op.Err // the rest only repeats the address
	}
	for _, known := range []error{ErrBlocked, ErrBudget, net.ErrClosed} {
		if errors.Is(err, known) {
			return err
		}
	}
	if cause := context.Cause(ctx); errors.Is(cause, ErrBudget) || errors.Is(cause, net.ErrClosed) {
		return cause
	}
	timeout, _ := errors.AsType[net.Error](err)
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case isDNS && dns.IsNotFound:
		return fmt.Errorf("%w: %s", ErrDNS, dns.Err)
	case isDNS:
		return fmt.Errorf("%w: the resolver failed: %s", ErrTimeout, dns.Err)
	case timeout != nil && timeout.Timeout():
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	default:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
}
