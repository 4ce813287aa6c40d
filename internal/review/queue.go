package review

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"popdown/internal/scam"
)

// pageSize is how many findings or cases one page lists.
const pageSize = 24

// queuePage is the list of findings.
type queuePage struct {
	page
	Tabs     []tab
	Findings []scam.Finding
	Pages    paging
}

// tab is one way to see the queue.
type tab struct {
	Name  string // new, confirmed, dismissed, all
	Count int
	On    bool
}

// paging leads from one part of a list to the next.
type paging struct {
	From, To, Total int    // 1-based; 0 when the list is empty
	Prev, Next      string // addresses; empty: there is none
}

func (a *app) showQueue(w http.ResponseWriter, r *http.Request, user scam.User) error {
	name := r.URL.Query().Get("state")
	if name == "" {
		name = string(scam.FindingNew)
	}
	tabs, err := a.tabs(r, name)
	if err != nil {
		return err
	}
	state := scam.FindingState(name)
	if name == "all" {
		state = ""
	}
	number := pageNumber(r)
	findings, total, err := a.Store.Queue(r.Context(), state, pageSize, (number-1)*pageSize)
	if err != nil {
		return fmt.Errorf("read queue: %w", err)
	}
	p := queuePage{Tabs: tabs, Findings: findings, Pages: pagesOf(r, number, len(findings), total)}
	if p.page, err = a.frame(r, user, "queue", "Queue", name); err != nil {
		return err
	}
	a.reload(w, r)
	return a.views.render(w, http.StatusOK, "queue", p)
}

// tabs counts the findings in each state; an unknown name is scam.ErrNotFound.
func (a *app) tabs(r *http.Request, on string) ([]tab, error) {
	var tabs []tab
	all := tab{Name: "all", On: on == "all"}
	found := all.On
	for _, state := range []scam.FindingState{scam.FindingNew, scam.FindingConfirmed, scam.FindingDismissed} {
		_, n, err := a.Store.Queue(r.Context(), state, 1, 0)
		if err != nil {
			return nil, fmt.Errorf("count %s findings: %w", state, err)
		}
		all.Count += n
		tabs = append(tabs, tab{Name: string(state), Count: n, On: on == string(state)})
		found = found || on == string(state)
	}
	if !found {
		return nil, fmt.Errorf("queue %q: %w", on, scam.ErrNotFound)
	}
	return append(tabs, all), nil
}

// pageNumber is 1 unless the address names a later one, within what databases can skip.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 100_000)
}

func pagesOf(r *http.Request, number, shown, total int) paging {
	p := paging{Total: total}
	if shown > 0 {
		p.From = (number-1)*pageSize + 1
		p.To = p.From + shown - 1
	}
	link := func(n int) string {
		q := url.Values{"page": {strconv.Itoa(n)}}
		if state := r.URL.Query().Get("state"); state != "" {
			q.Set("state", state)
		}
		return r.URL.Path + "?" + q.Encode()
	}
	if number > 1 {
		p.Prev = link(number - 1)
	}
	if p.To < total && shown > 0 {
		p.Next = link(number + 1)
	}
	return p
}
