package tile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wangge/geo/tile"
)

// TestGDALReads has GDAL, where it is installed, count the features of a tile: another reader than orb, in another language.
func TestGDALReads(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("GDAL is not installed")
	}
	var e tile.Encoder
	path := filepath.Join(t.TempDir(), "6402.pbf")
	if err := os.WriteFile(path, newScene().encode(&e), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, l := range e.Layers() {
		out, err := exec.Command(ogrinfo, "-ro", "-al", "-oo", "CLIP=NO", "MVT:"+path, l.Name).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if n := strings.Count(string(out), "  code (String) = "); n != l.Features {
			t.Errorf("GDAL reads %d of %d features of %s", n, l.Features, l.Name)
		}
	}
}
