package sheet

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"io"
	"math"

	"github.com/xuri/excelize/v2"
)

// Pictured is a table with pictures behind its columns: a small workbook that is made in memory.
type Pictured struct {
	Name     string
	Columns  []Column
	Pictures []string // headings of the columns of pictures
}

// What a picture takes in a sheet.
const (
	pictureHigh  = 120.0 // points of a row's height
	pictureWide  = 30.0  // characters of a column's width
	pointsPerPx  = 0.75
	pxPerWidth   = 7.0
	pictureInset = 2 // pixels from the corner of its cell
)

// Write writes the workbook. row gives the values of a row, as [Rows] takes them, and the JPEGs that belong beside it, each in its column, nil for none;
// it is called for 0 … rows-1. What is no JPEG is left out.
func (p *Pictured) Write(w io.Writer, rows int, row func(i int) (values []any, pictures [][]byte, err error)) (err error) {
	f := excelize.NewFile()
	defer func() {
		if shut := f.Close(); err == nil {
			err = shut
		}
	}()
	x := &picturedBook{file: f, sheet: Named(p.Name), columns: len(p.Columns)}
	if err := x.begin(p); err != nil {
		return err
	}
	for i := range rows {
		values, pictures, err := row(i)
		if err != nil {
			return err
		}
		if err := x.row(i+2, p, values, pictures); err != nil {
			return fmt.Errorf("row %d: %w", i+2, err)
		}
	}
	return f.Write(w)
}

// picturedBook is a workbook that is being made.
type picturedBook struct {
	file    *excelize.File
	sheet   string
	columns int
	instant int // style of times
}

// begin writes the headings.
func (x *picturedBook) begin(p *Pictured) error {
	if err := x.file.SetSheetName("Sheet1", x.sheet); err != nil {
		return err
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	if x.instant, err = x.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return err
	}
	for i, c := range p.Columns {
		if err := x.heading(i+1, c.Heading, c.width(), bold); err != nil {
			return err
		}
	}
	for i, heading := range p.Pictures {
		if err := x.heading(len(p.Columns)+i+1, heading, pictureWide, bold); err != nil {
			return err
		}
	}
	return x.file.SetPanes(x.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (x *picturedBook) heading(column int, text string, width float64, style int) error {
	name, err := excelize.ColumnNumberToName(column)
	if err != nil {
		return err
	}
	if err := x.file.SetColWidth(x.sheet, name, name, width); err != nil {
		return err
	}
	if err := x.file.SetCellStr(x.sheet, name+"1", text); err != nil {
		return err
	}
	return x.file.SetCellStyle(x.sheet, name+"1", name+"1", style)
}

// row writes a row with its pictures.
func (x *picturedBook) row(number int, p *Pictured, values []any, pictures [][]byte) error {
	for i, v := range values {
		if err := x.cell(i+1, number, v); err != nil {
			return err
		}
	}
	high := false
	for i, b := range pictures[:min(len(pictures), len(p.Pictures))] {
		shown, err := x.picture(len(p.Columns)+i+1, number, b)
		if err != nil {
			return err
		}
		high = high || shown
	}
	if !high {
		return nil
	}
	return x.file.SetRowHeight(x.sheet, number, pictureHigh)
}

func (x *picturedBook) cell(column, row int, value any) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		if !Fits(v) {
			return ErrCell
		}
		return x.file.SetCellStr(x.sheet, at, guardTyped(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	}
	if err := x.file.SetCellValue(x.sheet, at, value); err != nil {
		return err
	}
	if _, isTime := value.(interface{ Unix() int64 }); isTime {
		return x.file.SetCellStyle(x.sheet, at, at, x.instant)
	}
	return nil
}

// picture puts a JPEG into a cell, as large as fits; false for what is none.
func (x *picturedBook) picture(column, row int, b []byte) (bool, error) {
	size, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || size.Width == 0 || size.Height == 0 {
		return false, nil //nolint:nilerr // a photo that is none leaves its cell empty
	}
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return false, err
	}
	scale := min((pictureWide*pxPerWidth-2*pictureInset)/float64(size.Width), (pictureHigh/pointsPerPx-2*pictureInset)/float64(size.Height))
	return true, x.file.AddPictureFromBytes(x.sheet, at, &excelize.Picture{Extension: ".jpg", File: b,
		Format: &excelize.GraphicOptions{ScaleX: scale, ScaleY: scale, OffsetX: pictureInset, OffsetY: pictureInset, Positioning: "oneCell"}})
}
