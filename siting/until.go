package siting

import "context"

// searching returns the context of a search: it ends with ctx, or when until is closed (nil = never). Work before and after the
// search goes by ctx alone, so that a search that was cut short is still described in full.
func searching(ctx context.Context, until <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	select {
	case <-until:
		cancel()
		return ctx, cancel
	default:
	}
	if until != nil {
		go func() {
			select {
			case <-until:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}
