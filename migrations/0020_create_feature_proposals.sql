-- What officers find out about features of the inventory: staff accept it field by field. DESIGN sections 3 and 7; layers.Proposal.
-- +goose Up
CREATE TABLE feature_proposal (
    id              uuid PRIMARY KEY,
    ordinal         bigint GENERATED ALWAYS AS IDENTITY,
    layer           text NOT NULL,
    feature_id      bigint,
    finding         text NOT NULL CHECK (finding IN ('exists', 'missing', 'differs', 'new')),
    base_revision   bigint NOT NULL DEFAULT 0 CHECK (base_revision >= 0),
    base            jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(base) = 'object'),
    base_geom       geometry(Geometry, 4490),
    values          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(values) = 'object'),
    geom            geometry(Geometry, 4490),
    note            text NOT NULL DEFAULT '' CHECK (length(note) <= 4000),
    at              timestamptz NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    holder_id       bigint REFERENCES holder (id) ON DELETE SET NULL,
    account         text NOT NULL DEFAULT '',
    device          uuid,
    spot            geometry(Point, 4490),
    accuracy_m      double precision,
    region_code     text,
    dept            text[] NOT NULL DEFAULT '{}',
    grid_id         bigint,
    flags           text[] NOT NULL DEFAULT '{}',
    state           text NOT NULL CHECK (state IN ('recorded', 'open', 'accepted', 'partly', 'rejected', 'withdrawn')),
    decisions       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(decisions) = 'object'),
    decided_by      text,
    decided_at      timestamptz,
    reason          text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    result_id       bigint,
    result_revision bigint,
    revision        bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    updated_by      text,
    CHECK ((finding = 'new') = (feature_id IS NULL)),
    CHECK ((finding = 'exists') = (state = 'recorded')),
    CHECK ((state IN ('accepted', 'partly', 'rejected')) = (decided_at IS NOT NULL))
);
CREATE UNIQUE INDEX feature_proposal_ordinal_idx ON feature_proposal (ordinal);
CREATE INDEX feature_proposal_feature_idx ON feature_proposal (layer, feature_id, finding, at DESC);
CREATE INDEX feature_proposal_state_idx ON feature_proposal (state, ordinal);
CREATE INDEX feature_proposal_region_idx ON feature_proposal (region_code text_pattern_ops, ordinal);
CREATE INDEX feature_proposal_dept_idx ON feature_proposal USING gin (dept);
CREATE INDEX feature_proposal_holder_idx ON feature_proposal (holder_id, ordinal);
CREATE INDEX feature_proposal_account_idx ON feature_proposal (account, ordinal);
CREATE INDEX feature_proposal_geom_idx ON feature_proposal USING gist (geom) WHERE finding = 'new' AND state = 'open';
COMMENT ON TABLE feature_proposal IS '台账建议：网格员现场核对的结果（有、无、不符、新增），由工作人员逐字段采纳';
COMMENT ON COLUMN feature_proposal.id IS '编号，由终端生成';
COMMENT ON COLUMN feature_proposal.ordinal IS '收到的次序';
COMMENT ON COLUMN feature_proposal.layer IS '图层';
COMMENT ON COLUMN feature_proposal.feature_id IS '对象编号；新增为空';
COMMENT ON COLUMN feature_proposal.finding IS '核对结果：exists 有、missing 无、differs 不符、new 新增';
COMMENT ON COLUMN feature_proposal.base_revision IS '网格员所见的对象版本；0 为未知';
COMMENT ON COLUMN feature_proposal.base IS '所见版本中被建议修改的字段值';
COMMENT ON COLUMN feature_proposal.base_geom IS '所见版本的图形';
COMMENT ON COLUMN feature_proposal.values IS '建议的字段值';
COMMENT ON COLUMN feature_proposal.geom IS '建议的图形（CGCS2000 经纬度，EPSG:4490）；空为不变';
COMMENT ON COLUMN feature_proposal.note IS '说明';
COMMENT ON COLUMN feature_proposal.at IS '核对时间（按服务器时钟校正）';
COMMENT ON COLUMN feature_proposal.received_at IS '收到时间';
COMMENT ON COLUMN feature_proposal.holder_id IS '核对人（责任主体编号）';
COMMENT ON COLUMN feature_proposal.account IS '账号';
COMMENT ON COLUMN feature_proposal.device IS '终端编号';
COMMENT ON COLUMN feature_proposal.spot IS '核对人所在位置';
COMMENT ON COLUMN feature_proposal.accuracy_m IS '位置精度（米）';
COMMENT ON COLUMN feature_proposal.region_code IS '所在区域';
COMMENT ON COLUMN feature_proposal.dept IS '有关部门代码';
COMMENT ON COLUMN feature_proposal.grid_id IS '所在责任网格编号';
COMMENT ON COLUMN feature_proposal.flags IS '疑点';
COMMENT ON COLUMN feature_proposal.state IS '状态：recorded 已记录（有）、open 待处理、accepted 已采纳、partly 部分采纳、rejected 未采纳、withdrawn 已撤回';
COMMENT ON COLUMN feature_proposal.decisions IS '逐字段的处理：采纳与否、更正的值';
COMMENT ON COLUMN feature_proposal.decided_by IS '处理人账号';
COMMENT ON COLUMN feature_proposal.decided_at IS '处理时间';
COMMENT ON COLUMN feature_proposal.reason IS '处理理由';
COMMENT ON COLUMN feature_proposal.result_id IS '采纳后形成或修改的对象编号';
COMMENT ON COLUMN feature_proposal.result_revision IS '采纳后的对象版本';
COMMENT ON COLUMN feature_proposal.revision IS '行版本，每次修改加一';
COMMENT ON COLUMN feature_proposal.created_at IS '建立时间';
COMMENT ON COLUMN feature_proposal.updated_at IS '修改时间';
COMMENT ON COLUMN feature_proposal.updated_by IS '修改人';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON feature_proposal FOR EACH ROW EXECUTE FUNCTION touch_row();
