package store

import (
	"strings"

	"sitecover/data"
	"sitecover/data/standard"
)

// words are what ledgers call the kinds of events.
var words = map[EventKind][]string{
	Planned:         {"计划", "拟建", "规划", "列入计划"},
	Declared:        {"申报", "申请", "上报"},
	Reviewed:        {"审核", "初审", "审查"},
	Approved:        {"审批", "批准", "批复", "立项", "审批通过"},
	Tendered:        {"招标", "中标", "议标"},
	Building:        {"在建", "开工", "施工", "动工", "开工建设", "started", "under construction"},
	Accepted:        {"验收", "验收合格", "竣工验收", "通过验收"},
	Paid:            {"拨付", "付款", "拨款", "支付", "拨付补助", "payment"},
	OverrunApproved: {"超支批准", "超概批准", "超预算批准", "追加批准"},
	ChangeApproved:  {"变更批准", "调整批准"},
	Withdrawn:       {"撤回", "取消", "中止", "终止"},
	Opened:          {"启用", "开放", "投用", "建成投用", "投入使用", "挂牌", "open", "opening"},
	Upgraded:        {"提升", "功能提升", "升级", "改造完成", "提质", "upgrade"},
	Moved:           {"搬迁", "迁址", "迁移", "move"},
	Closed:          {"关闭", "停用", "撤销", "关停", "close", "closing"},
	Assessed:        {"考核", "评定", "评星", "评定星级"},
	Corrected:       {"更正", "订正", "勘误", "correction"},
}

// KindOf returns the kind of event that a word of a ledger means: a kind itself, a state of the process by its id or name, or a usual word.
func (s *Store) KindOf(word string) (EventKind, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	if k := EventKind(strings.ReplaceAll(word, " ", "_")); k != Undone && s.rules.known(k) {
		return k, true
	}
	if p := s.options.Process; p != nil {
		for _, state := range p.States {
			if strings.ToLower(state.ZH) == word || strings.ToLower(state.EN) == word {
				return EventKind(state.ID), true
			}
		}
	}
	for kind, list := range words { // a word stands in one list only, so their order does not matter
		for _, w := range list {
			if w == word {
				return kind, true
			}
		}
	}
	return "", false
}

// KindName returns what people call a kind.
func KindName(k EventKind, process *standard.Process) data.Text {
	if process != nil {
		for _, state := range process.States {
			if EventKind(state.ID) == k {
				return data.Text{ZH: state.ZH, EN: state.In("en")}
			}
		}
	}
	zh := map[EventKind]string{Building: "在建", OverrunApproved: "超支批准", ChangeApproved: "变更批准", Undone: "撤销录入"}[k]
	if zh == "" && len(words[k]) > 0 {
		zh = words[k][0]
	}
	if zh == "" {
		zh = string(k)
	}
	return data.Text{ZH: zh, EN: strings.ReplaceAll(string(k), "_", " ")}
}
