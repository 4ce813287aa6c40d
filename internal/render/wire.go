package render

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// wire is the pipe to a browser. What the browser says of itself passes on to
// chromedp's Browser; what is said on the session of a page goes to the inbox of the
// visit that the page belongs to. The reader waits for no visit and never writes: it
// serves all visits, and a browser whose pipe is full stops.
type wire struct {
	*chromedp.PipeConn
	ids atomic.Int64
	out chan *cdproto.Message
	end chan struct{} // closed when the browser is gone

	mu       sync.Mutex
	sessions map[target.SessionID]*session
	visits   map[cdp.BrowserContextID]*inbox
}

func newWire(ctx context.Context, pipe *chromedp.PipeConn) *wire {
	w := &wire{
		PipeConn: pipe,
		out:      make(chan *cdproto.Message, 64),
		end:      make(chan struct{}),
		sessions: map[target.SessionID]*session{},
		visits:   map[cdp.BrowserContextID]*inbox{},
	}
	// An error for a session that is gone comes back without the session's name, and
	// must not be taken for the answer to one of chromedp's commands, which count from 1.
	w.ids.Store(1 << 29)
	go w.write(ctx)
	return w
}

// write sends what sessions say. Only this goroutine is held up by a browser that does not read.
func (w *wire) write(ctx context.Context) {
	for {
		select {
		case msg := <-w.out:
			if err := w.Write(ctx, msg); err != nil {
				return // the reader finds the same end
			}
		case <-w.end:
			return
		}
	}
}

// Read implements chromedp.Transport for the messages that are not for a session.
func (w *wire) Read(ctx context.Context, msg *cdproto.Message) error {
	for {
		if err := w.PipeConn.Read(ctx, msg); err != nil {
			w.lose()
			return err
		}
		switch msg.Method {
		case cdproto.EventTargetAttachedToTarget:
			w.attach(ctx, msg)
		case cdproto.EventTargetDetachedFromTarget:
			w.detach(msg)
		case cdproto.EventBrowserDownloadWillBegin:
			w.tellAll(*msg)
		default:
			w.deliver(*msg)
		}
		if msg.SessionID == "" {
			return nil
		}
		*msg = cdproto.Message{}
	}
}

// join directs the pages of a browser context to an inbox, until leave.
func (w *wire) join(id cdp.BrowserContextID, in *inbox) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.visits[id] = in
}

func (w *wire) leave(id cdp.BrowserContextID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.visits, id)
}

// attach opens a session when the browser has attached us to a page or frame, before
// any message of that session can arrive.
func (w *wire) attach(ctx context.Context, msg *cdproto.Message) {
	var ev target.EventAttachedToTarget
	if err := jsonv2.Unmarshal(msg.Params, &ev, chromedp.DefaultUnmarshalOptions); err != nil || ev.TargetInfo == nil {
		return
	}
	s := &session{wire: w, id: ev.SessionID, parent: msg.SessionID, info: ev.TargetInfo, waiting: map[int64]chan *cdproto.Message{}, gone: make(chan struct{})}
	w.mu.Lock()
	s.inbox = w.visits[ev.TargetInfo.BrowserContextID]
	if s.inbox != nil {
		w.sessions[s.id] = s
	}
	w.mu.Unlock()
	if s.inbox == nil {
		go s.post(ctx, do(runtime.RunIfWaitingForDebugger, cdp.Empty{})) // no visit's: never hold it
		return
	}
	s.inbox.push(event{session: s, value: &ev})
}

// detach ends a session: its calls fail from now on.
func (w *wire) detach(msg *cdproto.Message) {
	var ev target.EventDetachedFromTarget
	if err := jsonv2.Unmarshal(msg.Params, &ev, chromedp.DefaultUnmarshalOptions); err != nil {
		return
	}
	if s := w.drop(ev.SessionID); s != nil {
		s.inbox.push(event{session: s, value: &ev})
	}
}

// drop forgets a session; nil if it is not known.
func (w *wire) drop(id target.SessionID) *session {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sessions[id]
	if s != nil {
		delete(w.sessions, id)
		close(s.gone)
	}
	return s
}

// tellAll passes on what the browser says of a frame, without the context that it is in.
func (w *wire) tellAll(msg cdproto.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, in := range w.visits {
		in.push(event{msg: &msg})
	}
}

func (w *wire) deliver(msg cdproto.Message) {
	w.mu.Lock()
	s := w.sessions[msg.SessionID]
	w.mu.Unlock()
	switch {
	case s == nil:
	case msg.ID != 0:
		s.answer(&msg)
	case msg.Method.Domain() == "Runtime" && msg.Method != cdproto.EventRuntimeBindingCalled:
		// the console and its like: as much as a page wants to write, and of no use to us
	default:
		s.inbox.push(event{session: s, msg: &msg})
	}
}

// lose ends all sessions: the browser is gone.
func (w *wire) lose() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		close(s.gone)
	}
	clear(w.sessions)
	close(w.end)
}
