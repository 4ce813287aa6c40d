package render

import (
	"os"
	"sync"
	"testing"

	"popdown/internal/confine"
)

// TestSweepSparesProfilesThatAreBeingMade makes profiles while others sweep.
func TestSweepSparesProfilesThatAreBeingMade(t *testing.T) {
	t.Parallel()
	dir, stop := t.TempDir(), make(chan struct{})
	var sweepers sync.WaitGroup
	for range 4 {
		sweepers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					sweep(dir)
				}
			}
		})
	}
	for range 300 {
		p, err := newProfile(dir, confine.User{})
		if err != nil {
			t.Error(err)
			break
		}
		if _, err := os.Stat(p.home); err != nil {
			t.Errorf("swept while it was in use: %v", err)
		}
		if err := p.remove(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	sweepers.Wait()
}
