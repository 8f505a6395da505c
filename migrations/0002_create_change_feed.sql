-- The change feed: history of every feature and the source of the city in memory. DESIGN section 3.
-- +goose Up
CREATE TABLE change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    txid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    entity     text NOT NULL,
    entity_id  bigint,
    op         text NOT NULL CHECK (op IN ('insert', 'update', 'delete', 'truncate')),
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text,
    request_id text,
    before     jsonb
);
CREATE INDEX change_txid_idx ON change (txid);
CREATE INDEX change_entity_idx ON change (entity, entity_id, id);
COMMENT ON TABLE change IS '变更日志：谁在何时改了什么；内存中的城市由此保持最新';
COMMENT ON COLUMN change.id IS '顺序号';
COMMENT ON COLUMN change.txid IS '写入事务号';
COMMENT ON COLUMN change.entity IS '对象类别（表名）';
COMMENT ON COLUMN change.entity_id IS '对象编号；清空整表时为空';
COMMENT ON COLUMN change.op IS '操作：insert 新增、update 修改、delete 删除、truncate 清空';
COMMENT ON COLUMN change.at IS '时间';
COMMENT ON COLUMN change.actor IS '操作人';
COMMENT ON COLUMN change.request_id IS '请求编号';
COMMENT ON COLUMN change.before IS '修改前的内容，不含个人信息';

-- Who writes: the application says so for its transaction, anybody else is the database user.
-- +goose StatementBegin
CREATE FUNCTION actor() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('wangge.actor', true), ''), session_user)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION request_id() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('wangge.request_id', true), '')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.revision := 1;
    ELSE
        NEW.revision := OLD.revision + 1;
    END IF;
    NEW.updated_at := now();
    NEW.updated_by := actor();
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION record_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (entity, entity_id, op, actor, request_id)
    SELECT TG_TABLE_NAME, n.id, 'insert', actor(), request_id() FROM new_rows n;
    IF FOUND THEN
        PERFORM pg_notify('wangge_change', '');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- The trigger's arguments are columns that hold personal data: they are left out of what is kept.
-- +goose StatementBegin
CREATE FUNCTION record_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (entity, entity_id, op, actor, request_id, before)
    SELECT TG_TABLE_NAME, o.id, lower(TG_OP), actor(), request_id(), to_jsonb(o) - coalesce(TG_ARGV[0:], '{}') FROM old_rows o;
    IF FOUND THEN
        PERFORM pg_notify('wangge_change', '');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION record_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO change (entity, entity_id, op, actor, request_id, before)
         SELECT %L, o.id, ''delete'', actor(), request_id(), to_jsonb(o) - $1 FROM %I o', TG_TABLE_NAME, TG_TABLE_NAME)
        USING coalesce(TG_ARGV[0:], '{}');
    INSERT INTO change (entity, op, actor, request_id) VALUES (TG_TABLE_NAME, 'truncate', actor(), request_id());
    PERFORM pg_notify('wangge_change', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- watch_table attaches the feed to a table with a bigint id; personal names the columns to leave out of history.
-- +goose StatementBegin
CREATE FUNCTION watch_table(name text, VARIADIC personal text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    args text := (SELECT coalesce(string_agg(quote_literal(p), ', '), '') FROM unnest(personal) p);
BEGIN
    EXECUTE format('CREATE TRIGGER record_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION record_insert()', name);
    EXECUTE format('CREATE TRIGGER record_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION record_before(%s)', name, args);
    EXECUTE format('CREATE TRIGGER record_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION record_before(%s)', name, args);
    EXECUTE format('CREATE TRIGGER record_truncate BEFORE TRUNCATE ON %I
        FOR EACH STATEMENT EXECUTE FUNCTION record_truncate(%s)', name, args);
END $$;
-- +goose StatementEnd

CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON region FOR EACH ROW EXECUTE FUNCTION touch_row();
SELECT watch_table(t) FROM unnest(ARRAY['setting', 'department', 'region', 'threshold']) t;
