package review

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"popdown/internal/scam"
)

// noun is something that events are kept of.
type noun struct {
	name string
	id   int64
}

// timeline merges what happened to several nouns, oldest first.
func (a *app) timeline(ctx context.Context, nouns ...noun) ([]scam.Event, error) {
	var all []scam.Event
	for _, n := range nouns {
		events, err := a.Store.Events(ctx, n.name, n.id)
		if err != nil {
			return nil, fmt.Errorf("events of %s %d: %w", n.name, n.id, err)
		}
		all = append(all, events...)
	}
	slices.SortStableFunc(all, func(x, y scam.Event) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID))
	})
	return all, nil
}

// detailText makes an event's JSON readable: "to: abuse@host.example · mode: live".
// Empty values are left out; what is no object stands as it is.
func detailText(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return plain(raw)
	}
	var parts []string
	for key, value := range fields {
		if text := plain(value); text != "" {
			parts = append(parts, words(key)+": "+text)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, " · ")
}

// plain is a JSON value without quotes and brackets around it; empty for null and "".
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return strings.Join(list, ", ")
	}
	return string(bytes.TrimSpace(raw))
}
