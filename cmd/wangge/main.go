// Command wangge is the whole product in one binary: it serves the city, keeps the record's schema, imports, checks and
// measures. This package only wires: what a command does lives in the rooms it names.
//
// Exit codes: 0 done, 1 failed, 2 used wrongly. Flags go over WANGGE_* environment variables, those over defaults.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "unknown"

type cli struct {
	Demo    demoCmd       `cmd:"" help:"Serve the demo city from a private PostgreSQL. 演示城市"`
	Serve   serveCmd      `cmd:"" help:"Serve the city in DATABASE_URL. 正式服务"`
	Migrate migrateCmd    `cmd:"" help:"Bring the record's schema up to this version. 升级数据库结构"`
	Import  ImportCmd     `cmd:"" help:"Load features from ledgers, Shapefile, GeoPackage, GeoJSON, OpenStreetMap and others. 导入数据"`
	Export  ExportCmd     `cmd:"" help:"Write a layer to a file: GeoJSON, CSV, xlsx, GeoPackage, Shapefile. 导出数据"`
	Grid    gridCmd       `cmd:"" help:"Lay grids. 网格"`
	User    userCmd       `cmd:"" help:"Look after accounts. 账号"`
	People  peopleCmd     `cmd:"" help:"People and their duties. 人员"`
	Check   CheckCmd      `cmd:"" help:"Hold what is derived against the record. 校验"`
	Bench   benchCommands `cmd:"" help:"Measure. 测速"`
	Version versionCmd    `cmd:"" help:"Print the version. 版本"`
}

// errUsage marks what the caller got wrong on the command line: exit code 2.
var errUsage = errors.New("usage")

// usageError is a clear sentence about the command line.
func usageError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run parses and executes one command and gives its exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	exit := -1
	parser, err := kong.New(&cli{},
		kong.Name("wangge"),
		kong.Description("网格: a city's grids, its inventory and its people, served from memory."),
		kong.DefaultEnvars("WANGGE"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "wangge:", err)
		return 1
	}
	warnUnknown(parser, environ, stderr)
	command, err := parser.Parse(args)
	if exit >= 0 { // --help was answered
		return exit
	}
	if err != nil {
		fmt.Fprintln(stderr, "wangge:", err)
		return 2
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(&console{in: os.Stdin, out: stdout, err: stderr})
	return exitCode(ctx, command.Run(), stderr)
}

// coder is an error that knows its exit code.
type coder interface{ ExitCode() int }

func exitCode(ctx context.Context, err error, stderr io.Writer) int {
	var known coder
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "wangge:", strings.TrimPrefix(err.Error(), "usage: "))
		return 2
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "wangge: stopped 已中止")
		return 1
	case errors.As(err, &known):
		fmt.Fprintln(stderr, "wangge:", err)
		return known.ExitCode()
	default:
		fmt.Fprintln(stderr, "wangge:", err)
		return 1
	}
}

// elsewhere are the WANGGE_ variables that are not flags: make and the tests read them.
var elsewhere = []string{"WANGGE_REAL_DATA", "WANGGE_REAL_URL", "WANGGE_URL", "WANGGE_CHROMIUM", "WANGGE_SCREENSHOTS"}

// warnUnknown names WANGGE_ variables that nothing reads: most often a slip of the pen.
func warnUnknown(parser *kong.Kong, environ []string, stderr io.Writer) {
	known := slices.Clone(elsewhere)
	var visit func(node *kong.Node)
	visit = func(node *kong.Node) {
		for _, f := range node.Flags {
			known = append(known, f.Envs...)
		}
		for _, child := range node.Children {
			visit(child)
		}
	}
	visit(parser.Model.Node)
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "WANGGE_") && !slices.Contains(known, name) {
			fmt.Fprintf(stderr, "wangge: warning: nothing reads the variable %s 没有名为此的设置\n", name)
		}
	}
}

// console is where a command speaks: results on out, everything else on err; and where it is told what is not for the command line.
type console struct {
	in       io.Reader
	out, err io.Writer
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintln(c.out, version)
	return err
}
