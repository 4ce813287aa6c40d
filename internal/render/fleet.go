package render

import "context"

// acquire gives the Chromium for one visit, a new one if there is none fit for it.
func (b *Browser) acquire(ctx context.Context) (*chrome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	if c := b.current; c != nil && (c.sick || c.visits >= b.options.Recycle || !c.alive()) {
		b.dropLocked(c)
	}
	if b.current == nil {
		c, err := startChrome(ctx, b.options)
		if err != nil {
			return nil, err
		}
		b.current = c
		b.all[c] = struct{}{}
	}
	b.current.visits++
	b.current.busy++
	return b.current, nil
}

// alone starts a Chromium for one visit. Among the visits of one that died, the page that
// kills browsers takes nobody with it a second time.
func (b *Browser) alone(ctx context.Context) (*chrome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	c, err := startChrome(ctx, b.options)
	if err != nil {
		return nil, err
	}
	c.visits, c.busy = 1, 1
	b.all[c] = struct{}{}
	return c, nil
}

func (b *Browser) release(c *chrome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.busy--
	if c != b.current {
		b.dropLocked(c)
	}
}

// retire makes the next visit start a fresh Chromium: this one does not answer, or does
// not let go of a page.
func (b *Browser) retire(c *chrome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.sick = true
}

// dropLocked takes a Chromium out of use, and closes it once its last visit is over.
func (b *Browser) dropLocked(c *chrome) {
	if b.current == c {
		b.current = nil
	}
	if _, known := b.all[c]; !known || c.busy > 0 || b.closed {
		return // Close sees to the rest
	}
	delete(b.all, c)
	b.running.Go(func() {
		if err := c.close(); err != nil {
			b.options.Logger.Warn("a browser was not tidied up", "error", err)
		}
	})
}
