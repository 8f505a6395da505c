package param

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// ErrMediaType says that a body is not JSON. HTTP 415.
var ErrMediaType = errors.New("the body is not application/json")

// InBody is the fault of a place of the body, named by a JSON pointer.
func InBody(pointer, detail, detailEn string) Faults {
	return Faults{{In: "body", Name: pointer, Detail: detail, DetailEn: detailEn}}
}

// Body reads a body of JSON into a value, strictly: one document, no unknown members, no wrong types. Faults name the place. A body that is longer
// than the server takes is the *http.MaxBytesError of its reader; merge-patch and GeoJSON media types count as JSON.
func Body(r *http.Request, into any) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return ErrMediaType
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return bodyFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return InBody("", "文档之后还有内容", "there is something after the document")
	}
	return nil
}

// bodyFault says where JSON is wrong.
func bodyFault(err error) Faults {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return InBody("/"+strings.ReplaceAll(kind.Field, ".", "/"), "类型不对，应为 "+kind.Type.String(), "wrong type, expected "+kind.Type.String())
	case errors.As(err, &syntax):
		return InBody("", "不是 JSON", "not JSON: "+syntax.Error())
	case errors.Is(err, io.EOF):
		return InBody("", "请求体为空", "the body is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return InBody("", "JSON 不完整", "the JSON ends too early")
	}
	if name, ok := strings.CutPrefix(err.Error(), `json: unknown field "`); ok {
		name = strings.TrimSuffix(name, `"`)
		return InBody("/"+Shown(name), "没有这个成员", "there is no such member")
	}
	return InBody("", "内容有误", Shown(err.Error()))
}
