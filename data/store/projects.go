package store

import (
	"slices"
)

// step is what makes two days of a ledger of projects one and the same: what the row tells beside may have been filled in since.
type step struct {
	site, project string
	kind          EventKind
}

// dropSteps leaves out the steps of projects that the ledger has already. Offices send their whole table again and again: what it tells of a
// project beside the days is taken over once, and told when it has changed since; a day that has changed is refused.
func (p *planning) dropSteps() error {
	have := map[step][]Event{}
	looked := map[string]bool{}
	for _, e := range p.out.Events {
		if looked[e.Site] {
			continue
		}
		looked[e.Site] = true
		past, err := p.s.history(p.ctx, e.Site)
		if err != nil {
			return err
		}
		for _, x := range past {
			k := step{x.Site, x.Project, x.Kind}
			have[k] = append(have[k], x)
		}
	}
	kept := p.out.Events[:0]
	for _, e := range p.out.Events {
		k := step{e.Site, e.Project, e.Kind}
		i := slices.IndexFunc(have[k], func(x Event) bool { return x.Date.Equal(e.Date) && x.Money == e.Money })
		if i < 0 {
			kept = append(kept, e)
			continue
		}
		if was := have[k][i]; e.Fields != was.Fields && (e.Fields != Fields{Name: e.Fields.Name}) {
			p.out.Notes = append(p.out.Notes, text("%s:%d 阵地 %s 的资料与已录入的第 %d 个事件不同，没有改动；要改用 track add --event corrected（预算、层级等按标准可能先要变更批准）",
				"%s:%d what is told of site %s differs from event %d; left as it is: enter a corrected event to change it (a change of budget or tier may need an approval first)", p.h.Input.Path, e.Source.Row, e.Site, was.ID))
		}
		have[k] = slices.Delete(have[k], i, i+1)
		p.out.Same++
	}
	p.out.Events = kept
	for _, e := range kept {
		left := have[step{e.Site, e.Project, e.Kind}]
		if e.Kind == Paid || len(left) == 0 {
			continue
		}
		p.fail(e.Source.Row, string(e.Kind)+"_on", day(e.Date), text("与台账里的第 %d 个事件（%s）日期不同", "is not the day of event %d of the ledger (%s)", left[0].ID, day(left[0].Date)),
			text("台账录错的先 track undo %d；是另一个项目就写项目编号", "undo it first if it is wrong (track undo %d); give the project's id if it is another one", left[0].ID))
	}
	return p.err()
}
