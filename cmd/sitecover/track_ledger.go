package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sitecover/data"
	"sitecover/data/standard"
	"sitecover/data/store"
)

// tracking is what the commands of `track` share.
type tracking struct {
	*app
	ledger string // file or folder of the workspace
	who    string
}

func (a *app) trackCmd() *cobra.Command {
	t := &tracking{app: a}
	cmd := &cobra.Command{
		Use:   "track",
		Short: a.t("历年台账：事件只增不改，逐年记录", "the ledger over the years: dated events that are only ever added"),
		Long: a.t(`一个文件（ledger.db）记下每个阵地的历史：申报、审批、在建、验收、启用、提升、搬迁、关闭、拨付……每个事件都有日期、录入人和来源文件。
事件只增加、不修改；录错了用 undo 撤销，撤销本身也是事件。任何一天的状况都由事件重新算出。`,
			`One file (ledger.db) keeps the history of every site: declared, approved, under construction, accepted, opened, upgraded, moved, closed, paid ...
each with its day, who entered it and from which file. Events are only added; a wrong one is undone by another event. What was so on any day is
computed from the events.`),
		Example: "  sitecover track init --study study.yaml --who 王五\n  sitecover track import sites.xlsx --who 王五 --date 2025-12-31\n" +
			"  sitecover track add --site S1 --event closed --date 2026-07-01 --who 王五\n  sitecover track log --site S1",
		Args: a.subcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&t.ledger, "ledger", ".", a.t("台账文件，或它所在的文件夹", "the ledger's file, or the folder it is in"))
	cmd.AddCommand(t.initCmd(), t.importCmd(), t.addCmd(), t.undoCmd(), t.logCmd(), t.exportCmd(), t.verifyCmd())
	cmd.AddCommand(t.scoreCmds()...)
	return cmd
}

// path returns the file of the workspace.
func (t *tracking) path() string { return workspacePath(t.ledger) }

func workspacePath(at string) string {
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		return filepath.Join(at, store.DefaultName)
	}
	return at
}

// whoFlag is the flag of commands that write.
func (t *tracking) whoFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.who, "who", os.Getenv("SITECOVER_WHO"), t.t("谁录入的（可用环境变量 SITECOVER_WHO）", "who enters this (or SITECOVER_WHO)"))
}

func (t *tracking) needWho() error {
	if t.who == "" {
		return usage("要写明谁录入：--who 姓名", "say who enters this: --who NAME")
	}
	return nil
}

// holder tells processes that wait what holds them up.
func (t *tracking) holder(doing string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("track %s, %s, pid %d @ %s, %s", doing, first(t.who, "-"), os.Getpid(), host, time.Now().Format("15:04:05"))
}

// open opens the workspace.
func (t *tracking) open(ctx context.Context, doing string) (*store.Store, error) {
	s, err := store.Open(ctx, t.path(), store.Options{Holder: t.holder(doing)})
	if err != nil {
		return nil, storeError(err)
	}
	return s, nil
}

// study reads the study file of a workspace and holds the ledger to the process of its standard. A workspace without a study has a nil one.
func (t *tracking) study(s *store.Store) (*data.Study, error) {
	about := s.About()
	path := filepath.FromSlash(about.Study)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(s.Path()), path)
	}
	study, err := data.Load(path)
	if err != nil {
		return nil, err
	}
	if p := process(study); p != nil {
		s.HoldTo(p)
	}
	return study, nil
}

// process returns the process of a study's standard, nil if there is none.
func process(study *data.Study) *standard.Process {
	if study.Standard == nil || study.Standard.Profile == nil {
		return nil
	}
	return study.Standard.Profile.Process
}

// unchecked says that steps of projects were entered without being held to an order, because the study names no standard that has one.
func unchecked(study *data.Study, events []store.Event) (note data.Text, ok bool) {
	if process(study) != nil {
		return data.Text{}, false
	}
	for i := range events {
		switch events[i].Kind {
		case store.Opened, store.Upgraded, store.Moved, store.Closed, store.Assessed, store.Corrected, store.Undone:
		default:
			return data.T("研究没有写 standard，或所写的标准没有办理程序：项目各步的先后（例如先验收、后拨付）没有核对",
				"the study names no standard, or one without a process: the order of a project's steps (such as acceptance before payment) was not checked"), true
		}
	}
	return data.Text{}, false
}

// storeError words the errors of a workspace for the user.
func storeError(err error) error {
	var busy *store.BusyError
	var damaged *store.DamagedError
	say := func(zh, en string) error { return &failure{text: data.Text{ZH: zh, EN: en}, err: err} }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &busy):
		return &failure{text: busy.Text(), err: err}
	case errors.As(err, &damaged):
		return &failure{text: damaged.Text(), err: err}
	case errors.Is(err, store.ErrNone):
		return say("找不到台账文件：先运行 sitecover track init，或用 --ledger 指定", "there is no ledger here: run sitecover track init first, or give --ledger")
	case errors.Is(err, store.ErrForeign):
		return say("这个文件不是 sitecover 的台账", "the file is no ledger of sitecover")
	case errors.Is(err, store.ErrNewer):
		return say("台账由更新版本的 sitecover 写成，请升级程序", "the ledger was written by a newer sitecover: update the program")
	case errors.Is(err, store.ErrClock):
		return say("本机时钟早于台账最后一次录入的时间：校准时钟后再试", "this machine's clock is behind the last entry of the ledger: set it right and try again")
	case errors.Is(err, store.ErrChanged):
		return say("读取期间台账有新的录入：请再运行一次", "something was entered into the ledger meanwhile: run it again")
	}
	return err
}
