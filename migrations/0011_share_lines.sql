-- How much of a line lies in which grid, also where the line runs along borders that have vertices of their own. DESIGN section 3.
-- +goose Up

-- line_shares deals out a line to the grids of one scheme, which come in the order of their codes, by metres. In an exclusive scheme each grid takes
-- what those before it left over, so that the shares add up to the line's length; a line that runs along a border beside its vertices, by less than
-- the lattice of grids tells apart, has stretches that rounding puts in no grid: they go to the first that lies there.
-- +goose StatementBegin
CREATE FUNCTION line_shares(line geometry, shapes geometry[], is_exclusive boolean) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    rest   geometry := line;
    piece  geometry;
    shares double precision[] := array_fill(0::double precision, ARRAY[cardinality(shapes)]);
BEGIN
    FOR i IN 1 .. cardinality(shapes) LOOP
        shares[i] := ST_Length(ST_CollectionExtract(ST_Intersection(shapes[i], rest), 2)::geography);
        IF is_exclusive AND cardinality(shapes) > 1 THEN
            rest := ST_CollectionExtract(ST_Difference(rest, shapes[i]), 2);
            EXIT WHEN ST_IsEmpty(rest);
        END IF;
    END LOOP;
    IF NOT is_exclusive OR cardinality(shapes) < 2 OR ST_IsEmpty(rest) THEN
        RETURN shares;
    END IF;
    FOR piece IN SELECT d.geom FROM ST_Dump(rest) d LOOP
        FOR i IN 1 .. cardinality(shapes) LOOP
            IF ST_DWithin(ST_LineInterpolatePoint(piece, 0.5), shapes[i], 1e-9) THEN
                shares[i] := shares[i] + ST_Length(piece::geography);
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
    RETURN shares;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION line_shares IS '线在各网格内的长度（米），网格按代码排列；互斥方案中各段只计一次';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION grids_of(shape geometry) RETURNS TABLE (scheme text, grid_id bigint, inside_m double precision, inside_m2 double precision)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF ST_Dimension(shape) = 0 THEN
        RETURN QUERY
            SELECT h.scheme, h.id, NULL::double precision, NULL::double precision
            FROM (SELECT g.scheme, g.id, s.is_exclusive,
                         row_number() OVER (PARTITION BY g.scheme ORDER BY g.code) AS nth
                  FROM grid g JOIN grid_scheme s ON s.code = g.scheme
                  WHERE g.valid_to IS NULL AND ST_Intersects(g.geom, shape)) h
            WHERE h.nth = 1 OR NOT h.is_exclusive;
    ELSIF ST_Dimension(shape) = 1 THEN
        RETURN QUERY
            WITH net AS MATERIALIZED (
                SELECT g.scheme, array_agg(g.id ORDER BY g.code) AS ids,
                       line_shares(shape, array_agg(g.geom ORDER BY g.code), bool_and(s.is_exclusive)) AS shares
                FROM grid g JOIN grid_scheme s ON s.code = g.scheme
                WHERE g.valid_to IS NULL AND ST_Intersects(g.geom, shape) GROUP BY g.scheme)
            SELECT n.scheme, x.id, x.m, NULL::double precision FROM net n, unnest(n.ids, n.shares) x (id, m) WHERE x.m > 0.001;
    ELSE
        RETURN QUERY
            SELECT x.scheme, x.id, NULL::double precision, x.m2
            FROM (SELECT g.scheme, g.id,
                         CASE WHEN ST_CoveredBy(shape, g.geom) THEN ST_Area(shape::geography)
                              ELSE ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, shape), 3)::geography) END AS m2
                  FROM grid g
                  WHERE g.valid_to IS NULL AND ST_Intersects(g.geom, shape)) x
            WHERE x.m2 > 0.001;
    END IF;
END $$;
-- +goose StatementEnd
