package ingest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// What is here writes OpenStreetMap PBF, as small as tests need it.

func varint(v uint64) []byte { return binary.AppendUvarint(nil, v) }

func zag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

func number64(field int, v uint64) []byte { return append(varint(uint64(field)<<3), varint(v)...) }

func bytesField(field int, b []byte) []byte {
	return append(append(varint(uint64(field)<<3|2), varint(uint64(len(b)))...), b...)
}

// list packs numbers; with delta each is the difference to the one before, in zigzag.
func list64(field int, delta bool, numbers ...int64) []byte {
	var b []byte
	last := int64(0)
	for _, n := range numbers {
		if delta {
			b = append(b, varint(zag(n-last))...)
		} else {
			b = append(b, varint(uint64(n))...)
		}
		last = n
	}
	return bytesField(field, b)
}

// pbfFile is a file in the making.
type pbfFile struct {
	bytes.Buffer
	pack func(data []byte) []byte // makes the Blob
}

func packRaw(data []byte) []byte { return bytesField(1, data) }

func packZlib(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data) // a bytes.Buffer takes everything
	_ = w.Close()
	return append(number64(2, uint64(len(data))), bytesField(3, b.Bytes())...)
}

func packZstd(data []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return append(number64(2, uint64(len(data))), bytesField(7, w.EncodeAll(data, nil))...)
}

func newPBF(pack func([]byte) []byte) *pbfFile {
	p := &pbfFile{pack: pack}
	p.blob("OSMHeader", append(bytesField(4, []byte("OsmSchema-V0.6")), bytesField(4, []byte("DenseNodes"))...))
	return p
}

func (p *pbfFile) blob(kind string, data []byte) {
	blob := p.pack(data)
	header := append(bytesField(1, []byte(kind)), number64(3, uint64(len(blob)))...)
	_ = binary.Write(p, binary.BigEndian, uint32(len(header)))
	p.Write(header)
	p.Write(blob)
}

// block writes a block of one group with its own strings; strings[0] is empty.
func (p *pbfFile) block(strings []string, group []byte) {
	var table []byte
	for _, s := range append([]string{""}, strings...) {
		table = append(table, bytesField(1, []byte(s))...)
	}
	p.blob("OSMData", append(bytesField(1, table), bytesField(2, group)...))
}

// smallCity is a toilet, a road of three nodes, and a park of two ways, in the given packing; plain writes single nodes instead of columns.
func smallCity(t testing.TB, pack func([]byte) []byte, plain bool) string {
	t.Helper()
	p := newPBF(pack)
	lon := []int64{1200200000, 1200300000, 1200300000, 1200200000}
	lat := []int64{362200000, 362200000, 362300000, 362300000}
	if plain {
		var group []byte
		for i := range lon {
			node := append(number64(1, zag(int64(i+1))), number64(8, zag(lat[i]))...)
			node = append(node, number64(9, zag(lon[i]))...)
			if i == 0 {
				node = append(node, append(list64(2, false, 1), list64(3, false, 2)...)...)
			}
			group = append(group, bytesField(1, node)...)
		}
		p.block([]string{"amenity", "toilets"}, group)
	} else {
		dense := append(list64(1, true, 1, 2, 3, 4), list64(8, true, lat...)...)
		dense = append(dense, list64(9, true, lon...)...)
		dense = append(dense, list64(10, false, 1, 2, 0, 0, 0, 0)...)
		p.block([]string{"amenity", "toilets"}, bytesField(2, dense))
	}
	way := func(id uint64, keys, values []int64, refs ...int64) []byte {
		b := append(number64(1, id), list64(2, false, keys...)...)
		b = append(b, list64(3, false, values...)...)
		return bytesField(3, append(b, list64(8, true, refs...)...))
	}
	ways := way(10, []int64{1}, []int64{2}, 1, 2, 3)
	ways = append(ways, way(11, nil, nil, 1, 2, 3)...)
	ways = append(ways, way(12, nil, nil, 1, 4, 3)...)
	p.block([]string{"highway", "residential"}, ways)
	relation := append(number64(1, 20), list64(2, false, 1, 3)...)
	relation = append(relation, list64(3, false, 2, 4)...)
	relation = append(relation, list64(8, false, 5, 5)...)
	relation = append(relation, list64(9, true, 11, 12)...)
	relation = append(relation, list64(10, false, 1, 1)...)
	p.block([]string{"type", "multipolygon", "leisure", "park", "outer"}, bytesField(4, relation))
	return p.String()
}
