package render

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errGone says that the page, frame or browser at the other end no longer exists.
var errGone = errors.New("the page is gone")

// session is our end of one page or cross-site frame. It implements cdp.Session; its
// events arrive in the visit's inbox, in the order in which the browser sent them.
type session struct {
	wire   *wire
	inbox  *inbox
	id     target.SessionID
	parent target.SessionID // on which it was announced; empty: the browser's own
	info   *target.Info     // as it was when we were attached
	gone   chan struct{}    // closed when the other end no longer exists

	mu      sync.Mutex
	waiting map[int64]chan *cdproto.Message
}

// Call sends a command and waits for its result, ctx's end, or the page's.
func (s *session) Call(ctx context.Context, method string, params, result any) error {
	id, reply := s.expect()
	defer s.forget(id)
	if err := s.send(ctx, id, method, params); err != nil {
		return err
	}
	return s.await(ctx, reply, result)
}

// Subscribe implements cdp.Session; events go to the inbox instead.
func (s *session) Subscribe(string) (<-chan jsonv2.Value, func()) {
	none := make(chan jsonv2.Value)
	close(none)
	return none, func() {}
}

// post sends a command whose result nobody needs.
func (s *session) post(ctx context.Context, c step) {
	_ = s.send(ctx, s.wire.ids.Add(1), c.method, c.params) // a lost pipe shows everywhere else
}

func (s *session) send(ctx context.Context, id int64, method string, params any) error {
	raw, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
	if err != nil {
		return fmt.Errorf("encode %s: %w", method, err)
	}
	msg := &cdproto.Message{ID: id, SessionID: s.id, Method: cdproto.MethodType(method), Params: raw}
	select {
	case s.wire.out <- msg:
		return nil
	case <-s.gone:
		return errGone
	case <-s.wire.end:
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) await(ctx context.Context, reply chan *cdproto.Message, result any) error {
	select {
	case msg := <-reply:
		return decode(msg, result)
	case <-s.gone:
		return errGone
	case <-s.wire.end:
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *session) expect() (int64, chan *cdproto.Message) {
	id, reply := s.wire.ids.Add(1), make(chan *cdproto.Message, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[id] = reply
	return id, reply
}

func (s *session) forget(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

func (s *session) answer(msg *cdproto.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reply := s.waiting[msg.ID]; reply != nil {
		reply <- msg // buffered, and sent once: the browser answers a command once
		delete(s.waiting, msg.ID)
	}
}

func decode(msg *cdproto.Message, result any) error {
	if msg.Error != nil {
		return msg.Error
	}
	if result == nil {
		return nil
	}
	return jsonv2.Unmarshal(msg.Result, result, chromedp.DefaultUnmarshalOptions)
}

// step is one command of a set-up that is sent as a whole.
type step struct {
	method   string
	params   any
	optional bool // its failure is no failure of ours
}

func do[P, R any](c cdp.Command[P, R], params P) step { return step{method: c.Method, params: params} }

func try[P, R any](c cdp.Command[P, R], params P) step {
	return step{method: c.Method, params: params, optional: true}
}

// all sends commands at once and waits for all the answers; the browser works them in order.
func (s *session) all(ctx context.Context, steps ...step) error {
	type pending struct {
		step
		id    int64
		reply chan *cdproto.Message
	}
	sent := make([]pending, 0, len(steps))
	defer func() {
		for _, p := range sent {
			s.forget(p.id)
		}
	}()
	for _, st := range steps {
		id, reply := s.expect()
		sent = append(sent, pending{st, id, reply})
		if err := s.send(ctx, id, st.method, st.params); err != nil {
			return err
		}
	}
	for _, p := range sent {
		err := s.await(ctx, p.reply, nil)
		if _, answered := errors.AsType[*cdproto.Error](err); answered && p.optional {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.method, err)
		}
	}
	return nil
}
