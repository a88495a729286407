package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sitecover/data"
	"sitecover/data/store"
)

func (t *tracking) initCmd() *cobra.Command {
	var study string
	cmd := &cobra.Command{
		Use:     "init [folder|file]",
		Short:   t.t("新建一个空的历年台账", "start an empty ledger"),
		Example: "  sitecover track init --study study.yaml --who 王五",
		Args:    t.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			at := t.ledger
			if len(args) > 0 {
				at = args[0]
			}
			return t.init(cmd, workspacePath(at), study)
		},
	}
	cmd.Flags().StringVar(&study, "study", "", t.t("研究文件：层级、坐标系、标准由它来", "the study file: tiers, coordinate system and standard come from it"))
	t.whoFlag(cmd)
	return cmd
}

func (t *tracking) init(cmd *cobra.Command, path, study string) error {
	if err := t.needWho(); err != nil {
		return err
	}
	if study == "" {
		return usage("要写研究文件：--study study.yaml", "give the study file: --study study.yaml")
	}
	if _, err := data.Load(study); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &failure{text: data.T("没有文件夹 %s", "there is no folder %s", dir), err: err}
	}
	s, err := store.Create(cmd.Context(), path, store.About{Study: relativeTo(dir, study), Created: time.Now(), Who: t.who}, store.Options{Holder: t.holder("init")})
	if errors.Is(err, store.ErrExists) {
		return &failure{text: data.T("%s 已存在，没有改动", "%s exists already and was left as it is", path), err: err}
	}
	if err != nil {
		return storeError(err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	if t.json {
		return t.emit(map[string]any{"ledger": path, "study": s.About().Study})
	}
	t.printf("已建立 %s。下一步：sitecover track import 台账.xlsx --who %s --date 2025-12-31", "Started %s. Next: sitecover track import LEDGER.xlsx --who %s --date 2025-12-31", path, t.who)
	return nil
}

// relativeTo returns a path as seen from a folder, with slashes, so that both can move together; the path itself where there is no way.
func relativeTo(dir, path string) string {
	from, err := filepath.Abs(dir)
	if err != nil {
		return filepath.ToSlash(path)
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	if rel, err := filepath.Rel(from, to); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(to)
}
