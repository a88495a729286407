package data

import (
	"errors"
	"sync"
	"sync/atomic"
)

// Writer writes entries of a cache beside other work, one at a time. The zero value is ready. Safe for several goroutines.
type Writer struct {
	work    sync.WaitGroup
	turn    sync.Mutex
	stopped atomic.Bool
	mu      sync.Mutex
	err     error
}

// add begins to write an entry when those before it are written.
func (w *Writer) add(save func(stop func() bool) error) {
	w.work.Go(func() {
		w.turn.Lock()
		defer w.turn.Unlock()
		if w.stopped.Load() {
			return
		}
		if err := save(w.stopped.Load); err != nil && !errors.Is(err, errStopped) {
			w.mu.Lock()
			w.err = errors.Join(w.err, err)
			w.mu.Unlock()
			w.stopped.Store(true) // a folder that cannot be written, or a full disk: the next entry would fare no better
		}
	})
}

// Wait waits until every entry is written, and tells why one could not be.
func (w *Writer) Wait() error {
	w.work.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Stop gives up what is not written yet.
func (w *Writer) Stop() { w.stopped.Store(true) }
