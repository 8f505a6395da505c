package ingest

import "strings"

// checkDatum accepts the names of the one datum that exists yet. stated tells whether the file's format has no datum of its
// own, so that one must be said.
func checkDatum(datum string, must bool) error {
	switch strings.ToLower(datum) {
	case "wgs84", "epsg:4326", "epsg:4490":
		return nil
	case "":
		if !must {
			return nil
		}
		return usage("必须用 --datum 说明坐标基准，系统不会猜测；目前只支持 wgs84（或 EPSG:4326、EPSG:4490）",
			"say the datum with --datum, it is never guessed; only wgs84 (or EPSG:4326, EPSG:4490) exists yet")
	case "gcj02", "bd09":
		return usage("尚不支持坐标基准 %[1]s：请先转换为 wgs84（EPSG:4326、EPSG:4490）",
			"the datum %[1]s does not exist yet: convert to wgs84 (EPSG:4326, EPSG:4490) first", datum)
	}
	return usage("不认识坐标基准 %[1]q：目前只支持 wgs84（或 EPSG:4326、EPSG:4490）",
		"unknown datum %[1]q: only wgs84 (or EPSG:4326, EPSG:4490) exists yet", datum)
}

// checkCRS holds the "crs" member of old GeoJSON against what was said on the command line.
func checkCRS(name string) error {
	short := strings.ToUpper(name)
	for _, good := range []string{"CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490", "OGC:1.3:CRS84"} {
		if strings.HasSuffix(short, good) {
			return nil
		}
	}
	return &Fault{ErrCRS, "文件自称坐标系为 " + name + "，与 --datum 不符，没有写入任何数据",
		"the file calls its coordinate system " + name + ", which is not what --datum says; nothing was written"}
}

// CheckDatum accepts the names of the datum that exists yet, for a file whose format has none of its own. Its error is ErrUsage.
func CheckDatum(datum string) error { return checkDatum(datum, true) }
