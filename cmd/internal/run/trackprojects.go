package run

import (
	"slices"

	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/standard"
	"sitecover/data/store"
)

// This file tells how far the projects are, and their money.

// StageView counts the projects in a state.
type StageView struct {
	State    string         `json:"state"`
	Name     data.Text      `json:"name"`
	Projects int64          `json:"projects"`
	Tiers    map[string]int `json:"tiers"`
	Budget   int64          `json:"budgetYuan"`
	Paid     int64          `json:"paidYuan"`
}

// BatchView is a batch of the standard's construction programme and how far it is.
type BatchView struct {
	ID       string        `json:"id"`
	Name     standard.Name `json:"name"`
	Count    int           `json:"count"`
	Grant    int64         `json:"grantYuan"` // for one
	Total    int64         `json:"totalYuan"`
	Projects int64         `json:"projects"` // of the ledger
	Started  int64         `json:"started"`
	Accepted int64         `json:"accepted"`
	Paid     int64         `json:"paidYuan"`
	Clause   string        `json:"clause"`
}

// MoneyView is the money of a year; null where it is not known.
type MoneyView struct {
	Year      int    `json:"year"`
	Budget    *int64 `json:"budgetYuan"`
	Committed *int64 `json:"committedYuan"`
	Paid      *int64 `json:"paidYuan"`
}

// stageNames are the states of a project without a standard.
var stageNames = []struct {
	state store.EventKind
	name  data.Text
}{
	{store.Planned, data.Text{ZH: "列入计划", EN: "planned"}}, {store.Declared, data.Text{ZH: "申报", EN: "declared"}},
	{store.Reviewed, data.Text{ZH: "审核", EN: "reviewed"}}, {store.Approved, data.Text{ZH: "审批", EN: "approved"}},
	{store.Tendered, data.Text{ZH: "招标", EN: "tendered"}}, {store.Building, data.Text{ZH: "在建", EN: "under construction"}},
	{store.Accepted, data.Text{ZH: "验收", EN: "accepted"}}, {store.Paid, data.Text{ZH: "拨付", EN: "paid"}},
}

// pipeline counts the projects by state: the states of the standard's process, or the usual ones, in their order.
func (k *Tracker) pipeline(now *track.Snapshot) []StageView {
	out := []StageView{}
	at := map[string]int{}
	add := func(state string, name data.Text) int {
		if i, there := at[state]; there {
			out[i].Name = name
			return i
		}
		at[state] = len(out)
		out = append(out, StageView{State: state, Name: name, Tiers: map[string]int{}})
		return at[state]
	}
	if !now.Ledger {
		return out
	}
	if p := k.process(); p != nil {
		for _, s := range p.States {
			add(s.ID, data.Text{ZH: s.ZH, EN: s.In("en")})
		}
	} else {
		for _, s := range stageNames {
			add(string(s.state), s.name)
		}
	}
	for _, p := range now.Projects {
		i, there := at[p.State]
		if !there {
			name := data.Text{ZH: p.State, EN: p.State}
			for _, s := range stageNames {
				if string(s.state) == p.State {
					name = s.name
				}
			}
			i = add(p.State, name)
		}
		out[i].Projects += p.Count
		out[i].Tiers[now.Tiers[p.Tier].ID] += int(p.Count)
		out[i].Budget += p.Budget
		out[i].Paid += p.Paid
	}
	return out
}

func (k *Tracker) process() *standard.Process {
	if k.Study.Standard == nil {
		return nil
	}
	return k.Study.Standard.Profile.Process
}

// batches tells how far the standard's construction programme is.
func (k *Tracker) batches(now *track.Snapshot) []BatchView {
	if k.Study.Standard == nil || k.Study.Standard.Profile.Programme == nil {
		return nil
	}
	p := k.Study.Standard.Profile
	var out []BatchView
	for _, b := range p.Programme.Batches {
		v := BatchView{ID: b.ID, Name: b.Name, Count: b.Count, Clause: b.Clause}
		for _, c := range p.Classes {
			if c.ID == b.Class {
				if price := p.PriceOf(b.Way, c.Tier, b.Class); price != nil {
					v.Grant = int64(price.Grant)
				}
			}
		}
		v.Total = v.Grant * int64(b.Count)
		for _, x := range now.Projects {
			if x.Class != b.Class || x.Way != b.Way {
				continue
			}
			v.Projects += x.Count
			v.Paid += x.Paid
			switch store.EventKind(x.State) {
			case store.Building:
				v.Started += x.Count
			case store.Accepted, store.Paid:
				v.Started += x.Count
				v.Accepted += x.Count
			}
		}
		out = append(out, v)
	}
	return out
}

// money lists every year that has a budget, a payment or a committed project.
func (k *Tracker) money(now *track.Snapshot) []MoneyView {
	years := map[int]*MoneyView{}
	of := func(year int) *MoneyView {
		if years[year] == nil {
			years[year] = &MoneyView{Year: year}
			if now.Ledger {
				years[year].Committed, years[year].Paid = new(int64), new(int64)
			}
		}
		return years[year]
	}
	for _, b := range k.Study.Budgets {
		yuan := int64(b.Money)
		of(b.Year).Budget = &yuan
	}
	for _, p := range now.Payments {
		*of(p.Year).Paid += p.Paid
	}
	next := now.Day().AddDate(0, 0, 1).Year()
	for _, p := range now.Projects {
		if rest := p.Budget - p.Paid; rest > 0 && isCommitted(p.State) {
			*of(max(p.Due, next)).Committed += rest
		}
	}
	out := []MoneyView{}
	for _, v := range years {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b MoneyView) int { return a.Year - b.Year })
	return out
}

func isCommitted(state string) bool {
	return slices.Contains([]store.EventKind{store.Approved, store.Tendered, store.Building, store.Accepted, store.Paid}, store.EventKind(state))
}
