package data

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"sitecover/coverage/track"
)

// Crosswalk reads the file that says which divisions were merged, split or renamed in which year: columns year, from, to and perhaps
// share. It returns nil without an error when the study names none. Problems are InputErrors.
func Crosswalk(ctx context.Context, s *Study) (*track.Crosswalk, Input, error) {
	if s.Tracking.Crosswalk == "" {
		empty, err := track.NewCrosswalk(nil)
		return empty, Input{}, err
	}
	c := newCollector()
	in := newInput(s, "crosswalk", Source{File: s.Tracking.Crosswalk}, c)
	var links []track.Link
	if in.inspect() {
		links = readLinks(ctx, in)
	}
	if err := ctx.Err(); err != nil {
		return nil, Input{}, err
	}
	out, err := track.NewCrosswalk(links)
	if err != nil {
		for _, e := range linkErrors(in, err) {
			_ = c.add(e) // everything has been read
		}
	}
	if err := c.err(); err != nil {
		return nil, Input{}, err
	}
	return out, in.info, nil
}

func readLinks(ctx context.Context, in *input) (links []track.Link) {
	t := openTable(in, Source{File: in.name}, "")
	if t == nil {
		return nil
	}
	defer t.close()
	if !t.require("year", "from", "to") {
		return nil
	}
	for t.scan(ctx) {
		link := track.Link{From: t.get("from"), To: t.get("to"), Share: -1, Row: t.row}
		year, err := strconv.Atoi(strings.TrimSuffix(t.get("year"), "年"))
		if err != nil {
			_ = t.fail("year", T("不是年份", "is not a year"), T("例如 2027", "for example 2027"))
			continue
		}
		link.Year = year
		if text := t.get("share"); text != "" {
			share, ok := linkShare(text)
			if !ok {
				_ = t.fail("share", T("不是比例", "is not a share"), T("写 0.4 或 40%%；不知道就留空", "write 0.4 or 40%%; leave it empty where it is not known"))
				continue
			}
			link.Share = share
		}
		links = append(links, link)
	}
	return links
}

// linkShare reads "0.4" or "40%" in millionths.
func linkShare(text string) (int64, bool) {
	scale := float64(track.Whole)
	if cut, isPercent := strings.CutSuffix(strings.ReplaceAll(text, "％", "%"), "%"); isPercent {
		text, scale = strings.TrimSpace(cut), scale/100
	}
	f, problem := parseNumber(text)
	if problem != nil || f < 0 || f*scale > float64(track.Whole) {
		return 0, false
	}
	return int64(math.Round(f * scale)), true
}

// linkErrors words what a crosswalk has wrong.
func linkErrors(in *input, err error) (out InputErrors) {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, e := range list {
		var l *track.LinkError
		if !errors.As(e, &l) {
			l = &track.LinkError{What: track.LinkProblem(e.Error())}
		}
		what, hint := linkWords(l)
		out = append(out, &InputError{File: in.name, Row: l.Row, Field: l.Field, Value: l.Value, What: what, Hint: hint, Err: e})
	}
	return out
}

func linkWords(l *track.LinkError) (what, hint Text) {
	switch l.What {
	case track.LinkEmpty:
		return T("缺少代码", "a code is missing"), T("from 和 to 都要填", "fill in both from and to")
	case track.LinkYear:
		return T("不是年份", "is not a year"), T("例如 2027", "for example 2027")
	case track.LinkSelf:
		return T("区划没有变化", "the region goes on in itself"), T("没有变化的区划不用写", "regions that stay are not listed")
	case track.LinkTwice:
		return T("与第 %d 行重复", "is in row %d already", l.Other), T("删去一行", "remove one of the rows")
	case track.LinkShare:
		return T("应大于 0 且不超过 1", "must be above 0 and at most 1"), T("例如 0.4", "for example 0.4")
	case track.LinkSum:
		return T("同一区划的比例之和不是 1", "the shares of this region do not add up to 1"), T("检查同一年、同一 from 的各行", "look at the rows of the same year and from")
	case track.LinkSomeTold:
		return T("同一区划有的行写了比例，有的没写", "some rows of this region have a share and some have none"), T("全写或全不写", "give all of them or none")
	}
	return T("%s", "%s", fmt.Sprint(l.What)), Text{}
}
