package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress tells how far long work has come: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	stage    string
	begun    time.Time
	last     time.Time
	complete bool // the stage was reported as done
	width    int  // of the line drawn last
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// Report shows done of total in a stage; a total of 0 is one that nobody knows. No stage is the end of the last.
func (p *progress) Report(stage string, done, total int64) {
	now := time.Now()
	if stage != p.stage {
		p.End()
		p.stage, p.begun, p.last, p.complete = stage, now, time.Time{}, false
	}
	if stage == "" || p.complete {
		return
	}
	p.complete = total > 0 && done >= total
	pause := 5 * time.Second
	if p.terminal {
		pause = 100 * time.Millisecond
	}
	if now.Sub(p.last) < pause && !p.complete {
		return
	}
	p.last = now
	if p.terminal {
		p.draw(done, total)
		return
	}
	fmt.Fprintln(p.out, p.line(done, total))
}

func (p *progress) line(done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%s %d (%.1f s)", p.stage, done, time.Since(p.begun).Seconds())
	}
	return fmt.Sprintf("%s %d/%d %d%% (%.1f s)", p.stage, done, total, done*100/total, time.Since(p.begun).Seconds())
}

const barWidth = 30

func (p *progress) draw(done, total int64) {
	line := p.line(done, total)
	if total > 0 {
		full := int(min(done, total) * barWidth / total)
		line = "[" + strings.Repeat("█", full) + strings.Repeat("░", barWidth-full) + "] " + line
	}
	fmt.Fprintf(p.out, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

// End leaves the line that a bar was drawn on.
func (p *progress) End() {
	if p.terminal && p.width > 0 {
		fmt.Fprintln(p.out)
		p.width = 0
	}
}
