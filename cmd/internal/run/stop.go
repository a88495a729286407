package run

import (
	"context"
	"sync"
)

// Stop ends the searches of a session early at a user's request: the running one gives the best answer that it has, with its
// bound, and those after it end as soon as they have one. The zero value is not ready; see NewStop. Safe for several
// goroutines.
type Stop struct {
	mu        sync.Mutex
	requested chan struct{}
	asked     bool
	running   int // searches
}

// NewStop returns a Stop that nobody has asked for.
func NewStop() *Stop { return &Stop{requested: make(chan struct{})} }

// Request asks the searches to end. It reports whether that does anything: a search is running and none was asked before.
func (s *Stop) Request() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked || s.running == 0 {
		return false
	}
	s.asked = true
	close(s.requested)
	return true
}

// Ended reports whether a search was ended by a request.
func (s *Stop) Ended() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// begin notes that a search runs; the function returned notes its end.
func (s *Stop) begin() func() {
	if s == nil {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running--
	}
}

// Why a search ended before its gap and its iterations.
const (
	StoppedByUser = "interrupted"
	StoppedByTime = "time"
)

// until returns what ends a search: the time limit of the session, or its user. The function returned must be called when the
// search is over.
func (s *Session) until() (<-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if s.opts.Search.Time > 0 {
		cancel()
		ctx, cancel = context.WithTimeout(context.Background(), s.opts.Search.Time)
	}
	stop := s.opts.Stop
	end := stop.begin()
	if stop != nil {
		go func() {
			select {
			case <-stop.requested:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx.Done(), func() { cancel(); end() }
}

// stoppedBy says what ended a search that ended early, "" for one that did not.
func (s *Session) stoppedBy(early bool) string {
	switch {
	case !early:
		return ""
	case s.opts.Stop.Ended():
		return StoppedByUser
	}
	return StoppedByTime
}
