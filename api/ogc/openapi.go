package ogc

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"

	"wangge/api/reply"
)

// definition is the API document, whose paths are relative to the landing page. A test holds it against the table of routes and
// against what is answered.
//
//go:embed openapi.json
var definition string

// API answers with the OpenAPI document. Who asks for plain JSON gets the same, for its media type is a kind of JSON.
func (h *Handler) API(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", openAPIType, jsonType); err != nil {
		return err
	}
	body, err := definitionAt(h.Base(r) + "/ogc")
	if err != nil {
		return err
	}
	return h.Reply.Send(w, r, reply.Content{Type: openAPIType, Cache: reply.Revalidate, Tag: reply.Hash(body), Bytes: body})
}

// definitionAt is the document with the address of the landing page in it.
func definitionAt(address string) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(definition), &doc); err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	doc["servers"] = []map[string]string{{"url": address}}
	return reply.Marshal(doc)
}
