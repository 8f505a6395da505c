package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wangge/layers"
	"wangge/layers/city"
)

// checkMemoryCmd asks a running server to hold its memory against the record. The server answers its own machine, and others by a token.
type checkMemoryCmd struct {
	URL   string `help:"Address of the server; of one on another machine with a token. 服务地址" name:"url" default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token string `help:"API token of an administrator, an auditor or the bureau; from another machine. Best given as WANGGE_TOKEN. 接口令牌" env:"WANGGE_TOKEN" placeholder:"TOKEN"`
	JSON  bool   `help:"Print the answer as one line of JSON. 以 JSON 输出结果" name:"json"`
}

var (
	errMemoryDiffers = errors.New("the memory is not the record 内存与数据库不一致")
	errUnsettled     = errors.New("some features changed all the time and were not compared: ask again 部分对象持续变化，未能核对，请重试")
)

// maxAnswerBytes bounds what is read of the server's answer; a thousand differences are a tenth of it.
const maxAnswerBytes = 1 << 20

// memoryAnswer is what the server says at /api/v1/memory.
type memoryAnswer struct {
	Revision string `json:"revision"`
	Features int64  `json:"features"`
	Layers   map[string]struct {
		Memory int64 `json:"memory"`
		Record int64 `json:"record"`
	} `json:"layers"`
	DifferenceCount int64 `json:"difference_count"`
	Differences     []struct {
		Layer string `json:"layer"`
		ID    int64  `json:"id"`
		What  string `json:"what"`
	} `json:"differences"`
	Unsettled int64 `json:"unsettled"`
	TookMS    int64 `json:"took_ms"`
}

// Run asks, prints the answer, and fails unless memory and record are the same.
func (c *checkMemoryCmd) Run(ctx context.Context, console *console) error {
	body, err := c.ask(ctx)
	if err != nil {
		return err
	}
	var answer memoryAnswer
	if err := json.Unmarshal(body, &answer); err != nil || answer.Layers == nil {
		return fmt.Errorf("%s does not answer as wangge does 应答无法识别", c.URL)
	}
	if c.JSON {
		err = writeLine(console.out, body)
	} else {
		_, err = io.WriteString(console.out, answer.text())
	}
	switch {
	case err != nil:
		return err
	case answer.DifferenceCount > 0:
		return errMemoryDiffers
	case answer.Unsettled > 0:
		return errUnsettled
	}
	return nil
}

// writeLine puts a JSON document on one line.
func writeLine(w io.Writer, document []byte) error {
	var line bytes.Buffer
	if err := json.Compact(&line, document); err != nil {
		return err
	}
	line.WriteByte('\n')
	_, err := line.WriteTo(w)
	return err
}

// ask gets the answer of the server, or the reason why it gives none.
func (c *checkMemoryCmd) ask(ctx context.Context) ([]byte, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usageError("--url takes an address like http://127.0.0.1:8080 服务地址无法识别")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.JoinPath("/api/v1/memory").String(), nil)
	if err != nil {
		return nil, err
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	answer, err := (&http.Client{Transport: transportTo(u.Hostname())}).Do(r)
	if err != nil {
		return nil, fmt.Errorf("the server does not answer 服务没有应答: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes))
	if err != nil {
		return nil, fmt.Errorf("the server did not finish its answer 应答中断: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		var problem struct {
			Title   string `json:"title"`
			TitleEn string `json:"title_en"`
		}
		_ = json.Unmarshal(body, &problem) // the status tells of an answer that is no problem of ours
		return nil, fmt.Errorf("the server answers %s %s %s", answer.Status, problem.TitleEn, problem.Title)
	}
	return body, nil
}

// transportTo reaches the server without a proxy. On this machine's own address nobody can stand in between, and no certificate is
// made out to it.
func transportTo(host string) *http.Transport {
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	return &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: local}} //nolint:gosec // see above
}

// text is the answer as a table, with the differences below.
func (a memoryAnswer) text() string {
	var s strings.Builder
	s.WriteString("layer 图层             memory 内存   record 记录\n")
	for _, id := range slices.SortedFunc(maps.Keys(a.Layers), cmp.Compare) {
		t := a.Layers[id]
		title := ""
		if l := layers.ByID(id); l != nil {
			title = l.Title.Zh
		}
		fmt.Fprintf(&s, "%-20s %13d %13d   %s\n", id, t.Memory, t.Record, title)
	}
	for _, d := range a.Differences {
		of := d.Layer
		if d.ID != 0 {
			of = fmt.Sprint(of, " ", d.ID)
		}
		fmt.Fprintf(&s, "%s: %s\n", of, saidOf(d.What))
	}
	fmt.Fprintf(&s, "revision 修订 %s, compared 已核对 %d, differences 差异 %d, not compared 未核对 %d, %.1f s\n",
		a.Revision, a.Features, a.DifferenceCount, a.Unsettled, float64(a.TookMS)/1000)
	return s.String()
}

// saidOf says in words what differs.
func saidOf(what string) string {
	switch what {
	case city.Missing:
		return "not in memory 内存中没有"
	case city.Extra:
		return "not in the record 数据库中没有"
	case city.Geometry:
		return "the geometry differs 几何不同"
	case city.Whole:
		return "differs 内容不同"
	}
	return what + " differs 不同"
}
