package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/geo"
	"wangge/grid"
	gridpg "wangge/grid/postgres"
	"wangge/layers/ingest"
)

type gridCmd struct {
	Make gridMakeCmd `cmd:"" help:"Lay grids over an area that has none. 划分网格"`
}

type gridMakeCmd struct {
	recordFlags
	Area      string  `help:"GeoJSON file of the area's polygons. 范围文件" type:"existingfile" placeholder:"FILE" xor:"area" required:""`
	Region    string  `help:"Code of the region that is the area. 范围区域代码" placeholder:"CODE" xor:"area" required:""`
	Datum     string  `help:"Datum of the file: wgs84 (EPSG:4326, EPSG:4490). 坐标基准" placeholder:"DATUM"`
	Community string  `help:"Code of the community that the grids belong to; by default the region. 社区代码" placeholder:"CODE"`
	Scheme    string  `help:"The net. 网格方案" default:"unit"`
	TargetM2  float64 `help:"Size of a grid in square metres. 目标面积" default:"10000" name:"target-m2"`
	JSON      bool    `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
}

// maxAreaBytes bounds the file of an area: a community has some thousand vertices.
const maxAreaBytes = 64 << 20

// Run lays the grids in one transaction and tells their codes.
func (c *gridMakeCmd) Run(ctx context.Context, console *console) error {
	if c.Community == "" {
		c.Community = c.Region
	}
	if c.Community == "" {
		return usageError("--area needs --community 须用 --community 指明社区")
	}
	var area orb.MultiPolygon
	if c.Area != "" {
		var err error
		if area, err = readArea(c.Area, c.Datum); err != nil {
			return err
		}
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	made, err := c.lay(ctx, r.pool, area)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(console.out).Encode(map[string]any{
			"grids": made.Grids, "first": made.First, "last": made.Last, "area_m2": made.AreaM2, "revision": fmt.Sprint(made.Revision)})
	}
	_, err = fmt.Fprintf(console.out, "%d grids, %s to %s, %.0f m² 已划分网格\n", made.Grids, made.First, made.Last, made.AreaM2)
	return err
}

// lay makes the grids; what the caller can mend is said as such.
func (c *gridMakeCmd) lay(ctx context.Context, pool *pgxpool.Pool, area orb.MultiPolygon) (gridpg.Made, error) {
	var err error
	if c.Region != "" {
		if area, err = gridpg.Shape(ctx, pool, c.Region); err != nil {
			return gridpg.Made{}, fmt.Errorf("region %s 区域不存在或没有范围: %w", c.Region, err)
		}
	}
	made, err := gridpg.Make(ctx, pool, c.Scheme, c.Community, area, c.TargetM2)
	switch {
	case errors.Is(err, gridpg.ErrTaken):
		return made, fmt.Errorf("该范围已有网格: %w", err)
	case errors.Is(err, gridpg.ErrUnknownRegion), errors.Is(err, gridpg.ErrNoScheme):
		return made, fmt.Errorf("社区或网格方案不存在: %w", err)
	case errors.Is(err, grid.ErrSequence):
		return made, fmt.Errorf("社区内的网格序号已用完，可用 --target-m2 划大些: %w", err)
	}
	return made, err
}

// readArea reads the polygons of a GeoJSON file, whether features or bare geometry.
func readArea(path, datum string) (orb.MultiPolygon, error) {
	if err := ingest.CheckDatum(datum); err != nil {
		return nil, usageError("%v", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, maxAreaBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxAreaBytes {
		return nil, fmt.Errorf("%s has more than %d MB 文件过大", path, maxAreaBytes>>20)
	}
	area, err := polygons(data)
	if err != nil {
		return nil, fmt.Errorf("%s: no area in it 文件中没有面: %w", path, err)
	}
	if err := geo.Check(area); err != nil {
		return nil, fmt.Errorf("%s: 范围无效: %w", path, err)
	}
	return area, nil
}

var errNoPolygon = errors.New("no polygon")

func polygons(data []byte) (orb.MultiPolygon, error) {
	var shapes []orb.Geometry
	if collection, err := geojson.UnmarshalFeatureCollection(data); err == nil {
		for _, f := range collection.Features {
			shapes = append(shapes, f.Geometry)
		}
	} else if feature, err := geojson.UnmarshalFeature(data); err == nil {
		shapes = append(shapes, feature.Geometry)
	} else if bare, err := geojson.UnmarshalGeometry(data); err == nil {
		shapes = append(shapes, bare.Geometry())
	} else {
		return nil, err
	}
	var area orb.MultiPolygon
	for _, shape := range shapes {
		switch shape := shape.(type) {
		case orb.Polygon:
			area = append(area, shape)
		case orb.MultiPolygon:
			area = append(area, shape...)
		}
	}
	if len(area) == 0 {
		return nil, errNoPolygon
	}
	return area, nil
}
