package api

import (
	"context"
	"net/http"
	"slices"

	"wangge/api/auth"
	"wangge/api/commit"
	"wangge/api/ogc"
	"wangge/api/param"
	"wangge/api/reply"
	v1 "wangge/api/v1"
	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/ledger"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/city"
	"wangge/layers/export"
	"wangge/layers/postgres"
	"wangge/layers/sheet"
	"wangge/layers/style"
)

// problems is the one table from errors to answers. The first that matches is the answer.
func problems() []kind {
	return slices.Concat(callerProblems(), writeProblems(), peopleProblems(), netProblems(), inventoryProblems(), importProblems(), coverageProblems(), patrolProblems(), photoProblems(), mapProblems(), serviceProblems())
}

// callerProblems are about addresses, and about who is calling.
func callerProblems() []kind {
	return []kind{
		{errNoRoute, http.StatusNotFound, "no-such-path", "没有这个地址", "No such path", 0},
		{errMethod, http.StatusMethodNotAllowed, "method-not-allowed", "不支持这种请求方法", "Method not allowed", 0},
		{errLongAddress, http.StatusRequestURITooLong, "address-too-long", "请求地址过长", "Address too long", 0},
		{errLongBody, http.StatusRequestEntityTooLarge, "body-too-large", "请求体过大", "Body too large", 0},
		{auth.ErrBadToken, http.StatusUnauthorized, "bad-token", "令牌无效或已到期", "Not a token in force", 0},
		{gridpg.ErrWrong, http.StatusUnauthorized, "wrong-credentials", "账号或口令不正确", "Wrong name or password", 0},
		{gridpg.ErrLocked, http.StatusTooManyRequests, "locked", "登录失败次数过多，请 15 分钟后再试", "Too many failures: try again in 15 minutes", 60 * gridpg.LockedMinutes},
		{auth.ErrTooMany, http.StatusTooManyRequests, "too-many-attempts", "尝试过于频繁，请稍后再试", "Too many attempts, try again later", 10},
		{auth.ErrBusy, http.StatusServiceUnavailable, "busy", "服务器繁忙", "The server is busy", 1},
		{auth.ErrCrossOrigin, http.StatusForbidden, "cross-origin", "请求来自其他网站的页面", "Sent by a page of another server", 0},
		{auth.ErrNoProvider, http.StatusNotFound, "no-provider", "没有配置统一身份认证", "No identity provider is configured", 0},
		{auth.ErrProviderAway, http.StatusServiceUnavailable, "provider-away", "统一身份认证暂时不可用", "The identity provider does not answer", 5},
		{auth.ErrHandshake, http.StatusBadRequest, "handshake", "登录未完成，请重新登录", "Signing in was not finished: begin again", 0},
		{auth.ErrNoAccount, http.StatusForbidden, "no-account", "此身份没有对应的账号，请联系管理员", "There is no account for this identity: ask an administrator", 0},
		{rights.ErrChangePassword, http.StatusForbidden, "change-password", "请先修改口令", "Change the password first", 0},
		{rights.ErrSignIn, http.StatusUnauthorized, "sign-in", "请先登录", "Sign in first", 0},
		{rights.ErrForbidden, http.StatusForbidden, "not-allowed", "没有这项权限", "Not allowed", 0},
	}
}

// writeProblems are what every write can meet.
func writeProblems() []kind {
	return []kind{
		{param.ErrMediaType, http.StatusUnsupportedMediaType, "media-type", "请求体须为 application/json", "The body must be application/json", 0},
		{commit.ErrNoMatch, http.StatusPreconditionRequired, "if-match-required", "须带 If-Match 请求头", "If-Match is required", 0},
		{gridpg.ErrStale, http.StatusPreconditionFailed, "stale", "数据已被他人修改", "Changed since it was read", 0},
		{gridpg.ErrKeyReused, http.StatusUnprocessableEntity, "key-reused", "幂等键已用于另一请求", "The idempotency key was used for another request", 0},
		{gridpg.ErrNameTaken, http.StatusConflict, "name-taken", "这个名称已被使用", "The name is taken", 0},
		{gridpg.ErrTooMany, http.StatusConflict, "too-many", "数量已达上限", "As many as there may be", 0},
		{gridpg.ErrLastAdmin, http.StatusConflict, "last-admin", "不能没有管理员", "There has to be an administrator", 0},
		{gridpg.ErrUnavailable, http.StatusServiceUnavailable, "database-away", "数据库暂时不可用", "The database is away", 5},
		{gridpg.ErrBusy, http.StatusServiceUnavailable, "busy", "服务器繁忙", "The server is busy", 1},
	}
}

// peopleProblems are about people, duties and their ledger.
func peopleProblems() []kind {
	return []kind{
		{sheet.ErrMacros, http.StatusUnprocessableEntity, "workbook-macros", "工作簿含有宏，请另存为不含宏的 xlsx", "The workbook has macros: save it as xlsx without", 0},
		{sheet.ErrEncrypted, http.StatusUnprocessableEntity, "workbook-encrypted", "工作簿有密码或是旧的 xls 格式，请另存为不加密的 xlsx", "The workbook has a password or is an old xls: save it as plain xlsx", 0},
		{sheet.ErrLinks, http.StatusUnprocessableEntity, "workbook-links", "工作簿引用了外部数据或嵌入了其他文件", "The workbook has external links or embedded objects", 0},
		{ledger.ErrTooLarge, http.StatusRequestEntityTooLarge, "workbook-too-large", "工作簿过大：至多 16 MiB、10000 行、256 列", "The workbook is too large: 16 MiB, 10,000 rows, 256 columns at most", 0},
		{ledger.ErrNoHeader, http.StatusUnprocessableEntity, "workbook-no-header", "没有找到含“姓名”的表头", "No row of headers with 姓名 was found", 0},
		{sheet.ErrFile, http.StatusUnprocessableEntity, "workbook-unreadable", "不是可读的表格文件", "Not a readable workbook or table", 0},
		{sheet.ErrCharset, http.StatusUnprocessableEntity, "charset-unknown", "无法识别文件的字符编码，请指明或另存为 UTF-8", "The charset of the file cannot be told: name it, or save the file as UTF-8", 0},
		{sheet.ErrTooLarge, http.StatusRequestEntityTooLarge, "workbook-too-large", "工作簿过大（字节、行、列或解压后的大小）", "The workbook is too large: bytes, rows, columns, or what it unpacks to", 0},
		{v1.ErrNotWorkbook, http.StatusUnsupportedMediaType, "not-a-workbook", "请求体须为 xlsx 工作簿", "The body must be an xlsx workbook", 0},
		{gridpg.ErrHolderCode, http.StatusConflict, "code-taken", "这个代号已被使用", "The code is another's", 0},
		{gridpg.ErrHasDuties, http.StatusConflict, "has-duties", "此人仍有职责，请先移交或一并结束", "There are duties still: hand them over or end them too", 0},
		{gridpg.ErrDutyTwice, http.StatusConflict, "duty-twice", "此期间已有同样的职责", "There is such a duty at that time already", 0},
		{gridpg.ErrAbsentTwice, http.StatusConflict, "absent-twice", "此期间已登记离岗", "Away at that time already", 0},
		{gridpg.ErrOver, http.StatusConflict, "over", "已经结束，不再更改", "It is over already", 0},
	}
}

// netProblems are about nets of grids.
func netProblems() []kind {
	return []kind{
		{gridpg.ErrNoScheme, http.StatusNotFound, "no-such-scheme", "没有这个网格方案", "No such scheme", 0},
		{gridpg.ErrSchemeTaken, http.StatusConflict, "scheme-taken", "已有这个网格方案", "There is such a scheme already", 0},
		{gridpg.ErrHasGrids, http.StatusConflict, "has-grids", "方案已有网格，不能改动这一项", "The scheme has grids: this cannot be changed", 0},
		{grid.ErrRetired, http.StatusConflict, "grid-retired", "网格已停用", "The grid is no more in force", 0},
		{grid.ErrOutside, http.StatusUnprocessableEntity, "outside-division", "范围越出编码所属区划", "The shape leaves the division of its code", 0},
		{grid.ErrTwoDivisions, http.StatusUnprocessableEntity, "two-divisions", "不能合并不同区划的网格", "Grids of two divisions cannot become one", 0},
		{grid.ErrNoDivision, http.StatusUnprocessableEntity, "no-division", "此处没有可供编码的区划", "No division lies there to give a code in", 0},
		{grid.ErrOverlap, http.StatusConflict, "overlap", "范围与其他网格重叠", "The ground belongs to other grids", 0},
		{grid.ErrMisnamed, http.StatusUnprocessableEntity, "misnamed", "代码与所在区划不符", "The code names another place", 0},
		{grid.ErrCodeTaken, http.StatusConflict, "grid-code-taken", "代码已被使用过", "The code was given before", 0},
		{grid.ErrCode, http.StatusUnprocessableEntity, "not-a-code", "不是本方案的代码", "Not a code of this scheme", 0},
		{grid.ErrPattern, http.StatusUnprocessableEntity, "no-pattern", "方案没有可用的编码规则，须给出代码", "The scheme's pattern makes no codes: give one", 0},
		{grid.ErrSequence, http.StatusConflict, "codes-used-up", "该区划的网格序号已用完", "The numbers of the division are used up", 0},
		{grid.ErrMember, http.StatusConflict, "member", "与由其组成的网格冲突", "A grid made of this one stands in the way", 0},
		{grid.ErrNoMembers, http.StatusUnprocessableEntity, "no-members", "没有可组成的网格", "There are no such members", 0},
		{grid.ErrLater, http.StatusConflict, "later-edit", "之后又有调整，不能撤回", "A later edit stands on this one", 0},
		{grid.ErrUndone, http.StatusConflict, "undone", "已经撤回过", "Undone before", 0},
		{gridpg.ErrDecided, http.StatusConflict, "decided", "方案已经采纳或否决", "Accepted or rejected before", 0},
		{gridpg.ErrTaken, http.StatusConflict, "ground-taken", "该范围已有网格", "The ground has grids already", 0},
		{gridpg.ErrUnknownRegion, http.StatusUnprocessableEntity, "region-without-shape", "区域没有范围", "The region has no shape", 0},
		{grid.ErrArea, http.StatusUnprocessableEntity, "not-an-area", "此范围不能划格", "Grids cannot be laid over this area", 0},
		{grid.ErrTooLarge, http.StatusUnprocessableEntity, "area-too-large", "范围过大，请逐个社区划格", "The area is too large: lay one community after the other", 0},
		{grid.ErrNoRepair, http.StatusConflict, "no-repair", "问题已不存在，或没有可采纳的修复", "The finding is no more, or has no repair", 0},
		{lattice.ErrCut, http.StatusUnprocessableEntity, "no-cut", "划分线没有把网格分开", "The line does not cut the grid in two", 0},
		{lattice.ErrCrossing, http.StatusUnprocessableEntity, "crossing", "划分线自相交，或与边界相交过多", "The line crosses itself, or the border too often", 0},
		{lattice.ErrApart, http.StatusUnprocessableEntity, "apart", "网格没有公共边界", "The grids do not share a border", 0},
		{lattice.ErrShape, http.StatusUnprocessableEntity, "invalid-shape", "图形无效", "The shape is not valid", 0},
		{lattice.ErrTiny, http.StatusUnprocessableEntity, "too-small", "网格会过小", "Too little would be left of a grid", 0},
		{lattice.ErrComplex, http.StatusUnprocessableEntity, "too-complex", "边界交错过多，无法计算", "The borders cross too often to be computed", 0},
		{v1.ErrNoGrid, http.StatusNotFound, "no-such-grid", "没有这个网格", "No such grid", 0},
		{gridpg.ErrNotFound, http.StatusNotFound, "not-found", "没有这个对象", "Not found", 0},
	}
}

// mapProblems are about tiles, styles and the inventory.
func mapProblems() []kind {
	return []kind{
		{errNoLayer, http.StatusNotFound, "no-such-layer", "没有这个图层", "No such layer", 0},
		{errZoom, http.StatusNotFound, "zoom-out-of-range", "没有这个级别的瓦片", "No tiles at this zoom", 0},
		{errNoRegion, http.StatusNotFound, "no-such-region", "没有这个区域", "No such region", 0},
		{errNoSprite, http.StatusNotFound, "no-such-sprite", "没有这套图标", "No such sprite", 0},
		{style.ErrNoTheme, http.StatusNotFound, "no-such-theme", "没有这套主题", "No such theme", 0},
		{ogc.ErrNoCollection, http.StatusNotFound, "no-such-collection", "没有这个集合", "No such collection", 0},
		{ogc.ErrNoTileMatrixSet, http.StatusNotFound, "no-such-tile-matrix-set", "没有这个瓦片矩阵集", "No such tile matrix set", 0},
		{ogc.ErrNoTileMatrix, http.StatusNotFound, "no-such-tile-matrix", "没有这个瓦片矩阵", "No such tile matrix", 0},
		{ogc.ErrOutsideLimits, http.StatusNotFound, "outside-limits", "瓦片超出瓦片集的范围", "Outside the limits of the tileset", 0},
		{ogc.ErrFormat, http.StatusNotAcceptable, "no-such-format", "没有可接受的格式", "No acceptable format", 0},
		{v1.ErrNoExport, http.StatusNotFound, "no-such-export", "没有这个图层", "No such layer", 0},
		{v1.ErrExportRows, http.StatusUnprocessableEntity, "export-too-large", "超过一张工作表的行数（1048575），请缩小范围或改用 csv、gpkg", "More rows than a sheet holds (1,048,575): narrow it, or take csv or gpkg", 0},
		{export.ErrTooLarge, http.StatusUnprocessableEntity, "export-too-large", "超过此格式的上限，请缩小范围或改用 csv、geojson", "Too large for this format: narrow it, or take csv or geojson", 0},
		{export.ErrNoGDAL, http.StatusNotImplemented, "no-gdal", "服务器没有安装 GDAL（ogr2ogr），不能导出此格式；可用 geojson、csv、xlsx", "The server has no GDAL (ogr2ogr) for this format; geojson, csv and xlsx are there", 0},
		{export.ErrBusy, http.StatusServiceUnavailable, "exports-busy", "正在导出的文件过多，请稍后再试", "Too many exports at a time, try again", 10},
		{postgres.ErrNotFound, http.StatusNotFound, "no-such-feature", "没有这个对象", "No such feature", 0},
		{reply.ErrNotAcceptable, http.StatusNotAcceptable, "not-acceptable", "没有可接受的编码", "No acceptable encoding", 0},
	}
}

// serviceProblems are about the server itself: most of them are over soon.
func serviceProblems() []kind {
	return []kind{
		{city.ErrBehind, http.StatusServiceUnavailable, "revision-not-yet", "数据尚未更新到所要求的修订", "Revision not yet served", 1},
		{city.ErrPastBusy, http.StatusServiceUnavailable, "past-busy", "正在载入另一历史时刻，请稍后再试", "Another past instant is being loaded, try again", 2},
		{city.ErrAdrift, http.StatusServiceUnavailable, "not-following", "内存未在跟随数据库", "The city does not follow the record", 5},
		{errChecking, http.StatusConflict, "already-checking", "正在核对，请稍后再试", "A check is under way", 5},
		{city.ErrNotReady, http.StatusServiceUnavailable, "starting", "城市数据正在载入", "The city is being loaded", 1},
		{errCrowded, http.StatusServiceUnavailable, "too-many-streams", "实时连接过多", "Too many open streams", 5},
		{errBusy, http.StatusServiceUnavailable, "busy", "服务器繁忙", "The server is busy", 1},
		{errDraining, http.StatusServiceUnavailable, "stopping", "服务正在停止", "The server is stopping", 5},
		{postgres.ErrUnavailable, http.StatusServiceUnavailable, "database-away", "数据库暂时不可用", "The database is away", 5},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "too-slow", "处理超时", "Took too long", 5},
	}
}
