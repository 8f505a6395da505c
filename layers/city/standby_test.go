package city_test

import (
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// standby starts a streaming standby of a cluster and gives its address.
func standby(t *testing.T, c *pgrun.Cluster) string {
	t.Helper()
	found, err := pgrun.Installations()
	if err != nil {
		t.Fatal(err)
	}
	bin := found[0].Bin
	primary, err := pgx.ParseConfig(c.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(pgtest.Dir(t), "standby")
	if os.Geteuid() == 0 {
		owner(t, filepath.Dir(dir))
	}
	source := "host=" + primary.Host + " port=" + strconv.Itoa(int(primary.Port)) + " user=" + primary.User
	run(t, filepath.Join(bin, "pg_basebackup"), "-D", dir, "-R", "-c", "fast", "-X", "stream", "-d", source)
	ctl := filepath.Join(bin, "pg_ctl")
	run(t, ctl, "-D", dir, "-w", "-l", filepath.Join(dir, "log"), "-o", "-p 5433 -c hot_standby=on", "start")
	t.Cleanup(func() { run(t, ctl, "-D", dir, "-w", "-m", "immediate", "stop") })
	return "postgres:///" + pgrun.Database + "?host=" + url.QueryEscape(primary.Host) + "&port=5433&user=" + primary.User
}

// server is who PostgreSQL runs as when root runs the tests.
func server(t *testing.T) (uid, gid uint32) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	id := func(s string) uint32 {
		n, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		return uint32(n)
	}
	return id(u.Uid), id(u.Gid)
}

func owner(t *testing.T, dir string) {
	t.Helper()
	uid, gid := server(t)
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		uid, gid := server(t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	// A pipe would stay open with the server that pg_ctl leaves behind.
	log, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() // it is read by its name
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		out, _ := os.ReadFile(log.Name())
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
}

// TestStandby follows a streaming standby, whose snapshots leave out running transactions, and goes on when it is promoted.
func TestStandby(t *testing.T) {
	cluster := pgtest.Cluster(t)
	primary := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	write(t, primary, `INSERT INTO public_toilet (id, geom) VALUES (1001, 'SRID=4490;POINT(120 36.27)')`)
	second := pgtest.Pool(t, standby(t, cluster))
	c := follow(t, city.Config{Pool: second, Log: quiet()})
	ctx := t.Context()

	long, err := primary.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer long.Rollback(ctx) // it is over, unless the test failed
	var xid int64
	if err := long.QueryRow(ctx, `INSERT INTO public_toilet (id, geom) VALUES (1002, 'SRID=4490;POINT(120 36.27)') RETURNING pg_current_xact_id()::text::int8`).Scan(&xid); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		v := at(t, c, write(t, primary, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120 36.27)')`))
		if n := v.Features()["public_toilet"]; n != int64(2+i) {
			t.Errorf("%d toilets after %d writes", n, i+1)
		}
		if v.Sees(city.Revision(xid)) {
			t.Error("an open transaction is said to be visible")
		}
	}
	if err := long.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if v := at(t, c, city.Revision(xid)); v.Features()["public_toilet"] != 7 {
		t.Errorf("the long transaction is not seen: %v", v.Features())
	}
	equalsRecord(t, second, at(t, c, write(t, primary, `UPDATE public_toilet SET name = 'x'`)))

	promote(t, second)
	v := at(t, c, write(t, second, `DELETE FROM public_toilet WHERE id > 1000`))
	if n := v.Features()["public_toilet"]; n != 5 {
		t.Errorf("%d toilets after the promotion", n)
	}
	equalsRecord(t, second, v)
}

func promote(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	var done bool
	if err := pool.QueryRow(t.Context(), `SELECT pg_promote(true, 30)`).Scan(&done); err != nil || !done {
		t.Fatalf("promoting: %v, %v", done, err)
	}
}
