-- Triggers compared the table's name (type name, another collation than text) with rows of feature_grid and code_registry: their keys
-- were of no use to that, and a delete kept the plan that the first one of a connection had got. As text, and with the ids in hand, they are.
-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION assign_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone bigint[];
BEGIN
    SELECT array_agg(id) INTO gone FROM old_rows;
    IF gone IS NOT NULL THEN
        DELETE FROM feature_grid f WHERE f.layer = TG_TABLE_NAME::text AND f.feature_id = ANY (gone);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION assign_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM feature_grid f WHERE f.layer = TG_TABLE_NAME::text;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION register_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder bigint;
    lost text;
BEGIN
    INSERT INTO code_registry (entity, code_scheme, code, entity_id)
    SELECT TG_TABLE_NAME, coalesce(n.code_scheme, ''), n.code, n.id FROM new_rows n WHERE n.code IS NOT NULL
    ON CONFLICT DO NOTHING;
    SELECT n.code, r.entity_id INTO lost, holder
    FROM new_rows n
    CROSS JOIN LATERAL ( -- one row each, so that the planner, who cannot know how few they are, does not read all codes
        SELECT c.entity_id FROM code_registry c
        WHERE c.entity = TG_TABLE_NAME::text AND c.code_scheme = coalesce(n.code_scheme, '') AND c.code = n.code LIMIT 1) r
    WHERE r.entity_id <> n.id
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'code % was given to % % before', lost, TG_TABLE_NAME, holder
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'code_registry_pkey';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
