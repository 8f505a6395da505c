package ingest

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// What a zip file may be. A file unpacks to no more than the ratio of all of it allows, so that a small one cannot fill a disk.
const (
	maxZipEntries = 1000
	MaxRawBytes   = 1 << 30 // unpacked
	maxZipRatio   = 200
	zipAllowance  = 16 << 20
)

// bomb is the fault of a zip file that would unpack to too much.
func bomb(detail string) error {
	return &Fault{ErrBomb, "压缩包解开后过大（" + detail + "）", "the zip file unpacks to too much (" + detail + ")"}
}

// archive is an open zip file whose entries have been looked at.
type archive struct {
	*zip.ReadCloser
	left int64 // bytes that may still be unpacked
}

// openZip opens a zip file and refuses what is too large, too much or encrypted, by what it says of itself.
func openZip(name string, size int64) (*archive, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, truncated("zip")
		}
		return nil, syntax("zip: " + shorten(err.Error()))
	}
	a := &archive{z, min(MaxRawBytes, zipAllowance+size*maxZipRatio)}
	if fault := a.check(); fault != nil {
		_ = z.Close() // it was only read
		return nil, fault
	}
	return a, nil
}

func (a *archive) check() error {
	if len(a.File) > maxZipEntries {
		return bomb(fmt.Sprintf("%d 个文件 files", len(a.File)))
	}
	var all uint64
	for _, f := range a.File {
		if f.Flags&1 != 0 {
			return &Fault{ErrEncrypted, "压缩包有密码", "the zip file is encrypted"}
		}
		if all += f.UncompressedSize64; f.UncompressedSize64 > uint64(a.left) || all > uint64(a.left) {
			return bomb(fmt.Sprintf("%d MB", all>>20))
		}
	}
	return nil
}

// kinds lists the entries that have one of some endings, in small letters.
func (a *archive) kinds(endings ...string) (found []*zip.File) {
	for _, f := range a.File {
		if slices.Contains(endings, strings.ToLower(path.Ext(f.Name))) && !strings.HasPrefix(path.Base(f.Name), ".") && !strings.Contains(f.Name, "__MACOSX/") {
			found = append(found, f)
		}
	}
	return found
}

// sniffZip tells what a zip file is by what is in it.
func sniffZip(name string, size int64) (Format, error) {
	a, err := openZip(name, size)
	if err != nil {
		if hasSuffix(name, ".xlsx") || hasSuffix(name, ".xlsm") { // package sheet has bounds of its own and says it better
			return XLSX, nil
		}
		return "", err
	}
	defer func() { _ = a.Close() }() // it was only read
	for _, f := range a.File {
		if strings.HasPrefix(strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")), "xl/") {
			return XLSX, nil
		}
	}
	for _, one := range []struct {
		format Format
		ending []string
	}{{Shapefile, []string{".shp"}}, {GeoPackage, []string{".gpkg"}}, {MapInfo, []string{".tab", ".mif"}}, {KML, []string{".kml"}}} {
		if len(a.kinds(one.ending...)) > 0 {
			return one.format, nil
		}
	}
	if hasSuffix(name, ".xlsx") {
		return XLSX, nil
	}
	return "", &Fault{ErrFormat, "压缩包中没有 Shapefile、GeoPackage、MapInfo 或 KML", "the zip file has no Shapefile, GeoPackage, MapInfo or KML"}
}

// parts are the files that belong together, by the ending of the one that is opened.
func parts(kind string) []string {
	switch kind {
	case ".shp":
		return []string{".shp", ".shx", ".dbf", ".prj", ".cpg"}
	case ".tab":
		return []string{".tab", ".dat", ".map", ".id", ".ind"}
	case ".mif":
		return []string{".mif", ".mid"}
	}
	return []string{kind}
}

// unpackSet writes the files that belong to one into a folder, under a name of our own: names in a zip are in any charset and may point anywhere.
func (a *archive) unpackSet(main *zip.File, folder, name string) (string, error) {
	kind := path.Ext(main.Name)
	stem := strings.TrimSuffix(main.Name, kind)
	for _, f := range a.File {
		ending := path.Ext(f.Name)
		if strings.TrimSuffix(f.Name, ending) != stem || !slices.Contains(parts(strings.ToLower(kind)), strings.ToLower(ending)) {
			continue
		}
		n, err := unpack(f, filepath.Join(folder, name+strings.ToLower(ending)), a.left)
		if err != nil {
			return "", err
		}
		a.left -= n
	}
	return filepath.Join(folder, name+strings.ToLower(kind)), nil
}

// unpack writes a file of a zip, unless it is larger than a bound.
func unpack(f *zip.File, to string, most int64) (int64, error) {
	in, err := f.Open()
	if err != nil {
		return 0, syntax("zip: " + shorten(err.Error()))
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, most+1))
	if err = errors.Join(err, out.Close()); err != nil {
		return n, syntax("zip: " + shorten(err.Error()))
	}
	if n > most {
		return n, bomb(fmt.Sprintf("%d MB", n>>20))
	}
	return n, nil
}

// stemOf is the name of a file of a zip without folders and ending, in whatever charset it is.
func stemOf(f *zip.File) string {
	name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	return readable(strings.TrimSuffix(name, path.Ext(name)))
}
