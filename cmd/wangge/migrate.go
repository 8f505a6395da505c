package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"wangge/migrations"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is pending. 升级"`
	Status migrateStatusCmd `cmd:"" help:"List the migrations. 查看"`
}

type migrateUpCmd struct {
	recordFlags
}

// Run brings the record up to this version.
func (c *migrateUpCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := migrations.Up(ctx, r.pool); err != nil {
		return err
	}
	_, err = fmt.Fprintf(console.out, "the record is at version %d 数据库结构版本 %d\n", migrations.Version(), migrations.Version())
	return err
}

type migrateStatusCmd struct {
	recordFlags
}

// Run lists every migration and when it was applied.
func (c *migrateStatusCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, false)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	all, err := migrations.Status(ctx, r.pool)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(console.out, 0, 0, 2, ' ', 0)
	for _, m := range all {
		applied := "pending 待执行"
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.Format("2006-01-02 15:04:05")
		}
		fmt.Fprintf(table, "%04d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return table.Flush()
}
