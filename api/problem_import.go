package api

import (
	"errors"
	"net/http"

	v1 "wangge/api/v1"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// importProblems are what bringing in a file can meet. What is wrong with a file as a whole is one of its kinds; the detail says more.
func importProblems() []kind {
	return []kind{
		{v1.ErrNoImport, http.StatusNotFound, "no-such-import", "没有这个导入任务", "No such import", 0},
		{v1.ErrNoAside, http.StatusNotFound, "not-found", "没有这个对象", "Not found", 0},
		{postgres.ErrImportState, http.StatusConflict, "import-state", "导入任务的当前状态不允许此操作（入库前须先试算）", "The import is in another state (it has to be tried before it is written)", 0},
		{postgres.ErrManyImports, http.StatusTooManyRequests, "too-many-imports", "未完成的导入过多，请先处理或删除", "Too many imports are not over: end or delete some", 30},
		{postgres.ErrFileGone, http.StatusGone, "file-gone", "文件已不再保存，请重新上传", "The file is not kept any more: upload it again", 0},
		{postgres.ErrDecided, http.StatusConflict, "decided", "已经处理过", "Decided before", 0},
		{ingest.ErrUsage, http.StatusUnprocessableEntity, "import-options", "读取方式与文件不符", "The file cannot be read by these options", 0},
		{ingest.ErrEmpty, http.StatusUnprocessableEntity, "file-empty", "文件是空的", "The file is empty", 0},
		{ingest.ErrTruncated, http.StatusUnprocessableEntity, "file-truncated", "文件不完整", "The file is cut short", 0},
		{ingest.ErrSyntax, http.StatusUnprocessableEntity, "file-unreadable", "文件无法解析", "The file cannot be parsed", 0},
		{ingest.ErrTooLarge, http.StatusRequestEntityTooLarge, "file-too-large", "文件过大", "The file is too large", 0},
		{ingest.ErrBomb, http.StatusUnprocessableEntity, "file-bomb", "压缩包解开后过大", "The zip file unpacks to too much", 0},
		{ingest.ErrFormat, http.StatusUnsupportedMediaType, "file-format", "不支持的文件格式", "Not a format that can be imported", 0},
		{ingest.ErrCRS, http.StatusUnprocessableEntity, "file-crs", "坐标系与所说的不符", "Another coordinate system than was said", 0},
		{ingest.ErrEncrypted, http.StatusUnprocessableEntity, "file-encrypted", "文件有密码或是旧的 xls 格式", "The file has a password, or is an old xls", 0},
		{ingest.ErrMacros, http.StatusUnprocessableEntity, "file-macros", "工作簿含有宏", "The workbook has macros", 0},
		{ingest.ErrLinks, http.StatusUnprocessableEntity, "file-links", "工作簿引用了外部数据或嵌入了其他文件", "The workbook has external links or embedded objects", 0},
		{ingest.ErrCharset, http.StatusUnprocessableEntity, "file-charset", "无法判断文件的字符集", "The charset of the file cannot be told", 0},
		{ingest.ErrNoHeader, http.StatusUnprocessableEntity, "file-no-header", "没有找到表头", "No row of headings was found", 0},
		{ingest.ErrTime, http.StatusUnprocessableEntity, "file-too-slow", "读取文件用时过长", "Reading the file takes too long", 0},
		{ingest.ErrNoGDAL, http.StatusNotImplemented, "no-gdal", "服务器没有安装 GDAL（ogr2ogr），不能读取此格式", "The server has no GDAL (ogr2ogr) for this format", 0},
	}
}

// addImport says what is wrong with a file.
func (p *problem) addImport(err error) {
	var fault *ingest.Fault
	if errors.As(err, &fault) {
		p.Detail, p.DetailEn = fault.Zh, fault.En
	}
}
