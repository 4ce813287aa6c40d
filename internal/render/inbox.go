package render

import (
	"sync"

	"github.com/chromedp/cdproto"
)

// inboxLimit bounds the messages that wait for a visit: a page that produces events
// faster than we read them loses some, and nobody else notices.
const inboxLimit = 50_000

// event is one message for a visit: a page's own, or (value) that a session began.
type event struct {
	session *session
	msg     *cdproto.Message
	value   any
}

// inbox queues the events of a visit's pages in the order of their arrival.
type inbox struct {
	wake chan struct{} // holds one token when something may wait

	mu    sync.Mutex
	queue []event
	lost  int // events that found no room
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// push never blocks.
func (in *inbox) push(ev event) {
	in.mu.Lock()
	if len(in.queue) < inboxLimit || ev.value != nil {
		in.queue = append(in.queue, ev)
	} else {
		in.lost++
	}
	in.mu.Unlock()
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// take returns all that waits.
func (in *inbox) take() []event {
	in.mu.Lock()
	defer in.mu.Unlock()
	all := in.queue
	in.queue = nil
	return all
}
