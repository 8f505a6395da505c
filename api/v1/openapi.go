package v1

import (
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"wangge/grid/rights"
)

// problemBody is the schema of an application/problem+json.
func problemBody() object {
	text := object{"type": "string"}
	return object{
		"type": "object", "required": []string{"type", "title", "title_en", "status", "request_id"}, "additionalProperties": false,
		"properties": object{
			"type": text, "title": text, "title_en": text, "status": object{"type": "integer"}, "detail": text, "detail_en": text, "request_id": text,
			"errors": object{"type": "array", "items": object{
				"type": "object", "required": []string{"detail", "detail_en"}, "additionalProperties": false,
				"properties": object{"in": text, "parameter": text, "pointer": text, "detail": text, "detail_en": text},
			}},
			"results": object{"type": "array", "items": object{"$ref": "#/components/schemas/BatchResult"}, "description": "批量操作的逐项结果 the results of a batch, one by one"},
		},
	}
}

// Document is the OpenAPI 3.1 document of some routes, which lie below base.
func Document(routes []Route, base, version string) map[string]any {
	s := newSchemas()
	paths := object{}
	for _, rt := range routes {
		item, ok := paths[rt.Path].(object)
		if !ok {
			item = object{}
			paths[rt.Path] = item
		}
		item[strings.ToLower(rt.method())] = s.operation(rt)
	}
	s.definitions["Problem"] = problemBody()
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "网格 wangge", "version": version,
			"description": "城市网格化管理接口：网格、人员、职责、账号。City management by the grid: nets, people, duties, accounts.",
		},
		"servers": []any{object{"url": base + "/api/v1"}},
		"paths":   paths,
		"components": object{
			"schemas": s.definitions,
			"securitySchemes": object{
				"token":   object{"type": "http", "scheme": "bearer"},
				"session": object{"type": "apiKey", "in": "cookie", "name": "wangge_session"},
			},
		},
	}
}

func (rt Route) method() string {
	if rt.Method == "" {
		return http.MethodGet
	}
	return rt.Method
}

// status is that of a good answer.
func (rt Route) status() int {
	if rt.Status == 0 {
		return http.StatusOK
	}
	return rt.Status
}

func (s *schemas) operation(rt Route) object {
	op := object{
		"operationId": operationID(rt), "summary": rt.Title, "description": rt.TitleE, "parameters": parameters(rt),
		"responses": object{
			strconv.Itoa(rt.status()): s.response(rt),
			"default":                 object{"description": "出错 A problem", "content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}},
		},
	}
	if rt.Or != 0 {
		op["responses"].(object)[strconv.Itoa(rt.Or)] = s.response(rt)
	}
	if rt.Needs == rights.ReadOpen || rt.Needs == rights.SignIn || rt.Needs == "" {
		op["security"] = []any{object{}, object{"token": []string{}}, object{"session": []string{}}}
	} else {
		op["security"] = []any{object{"token": []string{}}, object{"session": []string{}}}
	}
	if rt.Body != nil {
		op["requestBody"] = object{"required": true, "content": object{rt.media(): object{"schema": s.body(rt)}}}
	}
	return op
}

// media is the type of what the route reads.
func (rt Route) media() string {
	if rt.BodyType == "" {
		return "application/json"
	}
	return rt.BodyType
}

func (s *schemas) body(rt Route) object {
	if rt.BodyType != "" {
		return object{}
	}
	return s.of(reflect.TypeOf(rt.Body))
}

func (s *schemas) response(rt Route) object {
	answer := object{"description": rt.Title}
	switch {
	case rt.ReplyType != "":
		answer["content"] = object{rt.ReplyType: object{}}
	case rt.Reply != nil:
		answer["content"] = object{"application/json": object{"schema": s.of(reflect.TypeOf(rt.Reply))}}
	}
	if content, ok := answer["content"].(object); ok {
		for _, media := range rt.Also {
			content[media] = object{}
		}
	}
	return answer
}

var variable = regexp.MustCompile(`\{(\w+)\}`)

// operationID is made of method and path: getGridsByCode.
func operationID(rt Route) string {
	id := strings.ToLower(rt.method())
	for _, part := range strings.FieldsFunc(rt.Path, func(c rune) bool { return c == '/' || c == '-' || c == '.' || c == '_' }) {
		if v := variable.FindStringSubmatch(part); v != nil {
			part = "By" + title(v[1])
		}
		id += title(part)
	}
	return id
}

func parameters(rt Route) []any {
	list := []any{}
	add := func(in, name, description string, required bool) {
		list = append(list, object{"name": name, "in": in, "description": description, "required": required, "schema": object{"type": "string"}})
	}
	for _, v := range variable.FindAllStringSubmatch(rt.Path, -1) {
		add("path", v[1], v[1], true)
	}
	for _, p := range rt.Params {
		add("query", p.Name, strings.TrimSpace(p.Title+" "+p.TitleE), p.Required)
	}
	for _, p := range rt.Headers {
		add("header", p.Name, strings.TrimSpace(p.Title+" "+p.TitleE), p.Required)
	}
	if rt.Reads {
		add("query", "min_revision", "答复须包含这次写入 the answer must show that write", false)
	}
	if rt.Match {
		add("header", "If-Match", "读到的版本（ETag） the revision that was read", true)
	}
	if rt.method() != http.MethodGet && rt.Needs != rights.SignIn && !rt.Safe {
		add("header", "Idempotency-Key", "重试安全：同一键同一答复 retries with the same key get the same answer", false)
	}
	return list
}
