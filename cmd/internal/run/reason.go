package run

import (
	"sitecover/data"
	"sitecover/reports"
	"sitecover/siting"
)

// ReasonView tells why a plan or an answer is infeasible, in English and in Chinese; empty when it is not.
type ReasonView struct {
	Reason   string `json:"reason,omitempty"`
	ReasonZH string `json:"reasonZh,omitempty"`
}

// Text is the reason in both languages.
func (v ReasonView) Text() data.Text { return data.Text{ZH: v.ReasonZH, EN: v.Reason} }

func reasonView(r siting.Reason) ReasonView {
	zh, en := reports.Infeasible(r)
	return ReasonView{Reason: en, ReasonZH: zh}
}
