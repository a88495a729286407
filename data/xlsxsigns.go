package data

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// firstSheet is the sheet that is meant when none is named: the first that is not hidden, as whoever opens the workbook sees it.
func firstSheet(book *excelize.File) string {
	names := book.GetSheetList()
	for _, name := range names {
		if seen, err := book.GetSheetVisible(name); err == nil && seen {
			return name
		}
	}
	if len(names) > 0 {
		return names[0]
	}
	return ""
}

// otherSheets lists the sheets beside one.
func otherSheets(book *excelize.File, sheet string) []string {
	return slices.DeleteFunc(book.GetSheetList(), func(name string) bool { return name == sheet })
}

// tellSheets says which sheet is read when the study names none of several.
func tellSheets(in *input, book *excelize.File, named, sheet string) {
	if others := otherSheets(book, sheet); named == "" && len(others) > 0 {
		in.c.find("info", in.name, 0, T("读的是工作表“%s”，其余工作表未使用：%s", "the sheet %q is read, other sheets left out: %s", sheet, clip(strings.Join(others, ", "))))
	}
}

var (
	// A formula whose value is not stored beside it, as programs write that do not compute.
	emptyFormula = regexp.MustCompile(`<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*><f[^<>]*(?:/>|>[^<>]*</f>)(?:<v\s?/>|<v></v>)?</c>`)
	hiddenRow    = regexp.MustCompile(`<row [^<>]*hidden="(?:1|true)"[^<>/]*>`)
)

// tellCells says what a sheet holds that its values do not show: formulas that no program has computed yet, and hidden rows.
func tellCells(in *input, book *excelize.File, sheet string) {
	part, _ := book.Pkg.Load(sheetPart(book, sheet))
	text, _ := part.([]byte) // none for a sheet of more than 64 MB
	if empty := emptyFormula.FindAllSubmatch(text, 1000); len(empty) > 0 {
		in.c.find("warning", in.name, 0, T("%d 个公式没有算好的值，按空格处理，第一个在 %s；用 Excel 或 WPS 打开，保存一次再试", "%d formulas have no computed value, and count as empty cells, the first in %s: open the workbook with Excel or WPS, save it, and try again",
			len(empty), string(empty[0][1])+string(empty[0][2])))
	}
	if hidden := len(hiddenRow.FindAllIndex(text, -1)); hidden > 0 {
		in.c.find("info", in.name, 0, T("有 %d 行隐藏（筛选）行，照常读取", "%d rows are hidden in the workbook, by a filter maybe: they are read like the others", hidden))
	}
}

// sheetPart returns the name of the part that holds a sheet.
func sheetPart(book *excelize.File, sheet string) string {
	for _, s := range book.WorkBook.Sheets.Sheet {
		if s.Name == sheet {
			return partOf(book, s.ID)
		}
	}
	return ""
}

// oldWorkbook notes a file that is no zip archive but one of the old kind, which holds both workbooks of before 2007 and encrypted new ones.
func oldWorkbook(in *input) bool {
	file, err := os.Open(in.path)
	if err != nil {
		return false // the caller finds out
	}
	defer file.Close() // read only
	head, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil || !bytes.HasPrefix(head, oleMagic) {
		return false
	}
	if bytes.Contains(head, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		_ = in.fail(0, "", "", T("不是可以读取的 Excel 文件：有打开密码", "is not a readable Excel file: it is protected by a password"), T("去掉密码后再试", "remove the password"))
	} else {
		_ = in.fail(0, "", "", T("不是可以读取的 Excel 文件：是旧版工作簿（.xls、.et）", "is not a readable Excel file: it is an old workbook (.xls, .et)"), saveAsXLSX)
	}
	return true
}

var saveAsXLSX = T("用 Excel 或 WPS 另存为 .xlsx", "save it as .xlsx with Excel or WPS")

// endingHints say what to do about files that no role reads.
var endingHints = []struct {
	endings []string
	hint    Text
}{
	{[]string{".xls", ".et", ".ett", ".xlsb", ".xlsm", ".ods", ".numbers"}, saveAsXLSX},
	{[]string{".doc", ".docx", ".wps", ".pdf"}, T("把其中的表格复制到 Excel，存为 .xlsx", "copy its table into Excel and save that as .xlsx")},
	{[]string{".zip", ".rar", ".7z", ".gz", ".bz2"}, T("先解压", "unpack it first")},
	{[]string{".shx", ".dbf", ".prj", ".cpg"}, T("写同名的 .shp", "name the .shp beside it")},
	{[]string{".mdb", ".gdb", ".dwg", ".dxf", ".tab", ".mif", ".e00", ".ovkml", ".ovobj", ".gpx"}, T("用 QGIS、ArcGIS 或奥维导出为 GeoPackage、Shapefile 或 KML", "export it as GeoPackage, shapefile or KML with the program that wrote it, or with QGIS")},
}

// endingHint says what to do about a file whose format cannot be read where it is named.
func endingHint(ending string, readable []string) Text {
	all := T("可用：%s", "readable: %s", strings.Join(readable, ", "))
	for _, h := range endingHints {
		if slices.Contains(h.endings, ending) {
			return Text{h.hint.ZH + "；" + all.ZH, h.hint.EN + "; " + all.EN}
		}
	}
	return all
}
