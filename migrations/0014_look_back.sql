-- The inventory as it was: what the log is asked for by time; and the city's own coordinate system.
-- +goose Up
CREATE INDEX change_at_idx ON change (entity, at);

-- column_defaults is a row of a table of nothing but defaults: what columns have in rows that were written down before there were these columns.
-- +goose StatementBegin
CREATE FUNCTION column_defaults(name regclass) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    list text := (
        SELECT string_agg(format('%s AS %I', pg_get_expr(d.adbin, d.adrelid), a.attname), ', ')
        FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = name AND a.attgenerated = '' AND NOT a.attisdropped);
    defaults jsonb;
BEGIN
    EXECUTE 'SELECT to_jsonb(x) FROM (SELECT ' || coalesce(list, '') || ') x' INTO defaults;
    RETURN defaults;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION column_defaults IS '表中各列的缺省值；用于早于该列的历史记录';

-- A feature that was deleted and is made again goes on counting: who does so says after which revision, for the rows that he inserts next.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.revision := 1 + coalesce(nullif(current_setting('wangge.revived', true), '')::bigint, 0);
    ELSE
        NEW.revision := OLD.revision + 1;
    END IF;
    NEW.updated_at := now();
    NEW.updated_by := actor();
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TABLE local_system (
    code       text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_-]{0,31}$'),
    title      text NOT NULL,
    title_en   text NOT NULL,
    base_srid  integer NOT NULL CHECK (base_srid BETWEEN 4513 AND 4554),
    dx_m       double precision NOT NULL,
    dy_m       double precision NOT NULL,
    rotation   double precision NOT NULL,
    scale      double precision NOT NULL CHECK (scale BETWEEN 0.9 AND 1.1),
    accuracy_m double precision,
    note       text
);
COMMENT ON TABLE local_system IS '城市独立坐标系：到高斯-克吕格坐标的四参数转换，由测绘单位提供';
COMMENT ON COLUMN local_system.code IS '代号';
COMMENT ON COLUMN local_system.title IS '中文名称';
COMMENT ON COLUMN local_system.title_en IS '英文名称';
COMMENT ON COLUMN local_system.base_srid IS '目标坐标系（EPSG 4513–4554）';
COMMENT ON COLUMN local_system.dx_m IS '东向平移（米）';
COMMENT ON COLUMN local_system.dy_m IS '北向平移（米）';
COMMENT ON COLUMN local_system.rotation IS '旋转角（弧度，逆时针为正）';
COMMENT ON COLUMN local_system.scale IS '尺度（1 为不变）';
COMMENT ON COLUMN local_system.accuracy_m IS '转换精度（米）';
COMMENT ON COLUMN local_system.note IS '备注';
