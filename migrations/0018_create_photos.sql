-- Photos of what was found on the ground, and where officers went while on duty. DESIGN sections 1 and 7.
-- +goose Up

-- The bytes are in the depot (a folder or an S3 store) under object_key; this table knows them by their hash. No row: they never came, or not all of
-- them yet. What was refused is remembered, so that a device that missed the answer is told again.
CREATE TABLE photo_blob (
    sha256      text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes       bigint NOT NULL CHECK (bytes >= 0),
    media_type  text NOT NULL DEFAULT '',
    width       integer NOT NULL DEFAULT 0 CHECK (width >= 0),
    height      integer NOT NULL DEFAULT 0 CHECK (height >= 0),
    state       text NOT NULL CHECK (state IN ('stored', 'refused')),
    reason      text NOT NULL DEFAULT '',
    object_key  text NOT NULL DEFAULT '',
    orientation smallint NOT NULL DEFAULT 1 CHECK (orientation BETWEEN 1 AND 8),
    exif_at     timestamptz,
    exif_geom   geometry(Point, 4490),
    flags       text[] NOT NULL DEFAULT '{}',
    uploaded_by text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT photo_blob_whole_check CHECK ((state = 'stored') = (object_key <> '') AND (state = 'refused') = (reason <> ''))
);
CREATE INDEX photo_blob_seen_idx ON photo_blob (seen_at);
CREATE INDEX photo_blob_by_idx ON photo_blob (uploaded_by);
CREATE UNIQUE INDEX photo_blob_key_idx ON photo_blob (object_key) WHERE object_key <> '';
COMMENT ON TABLE photo_blob IS '照片原件：按内容的 SHA-256 识别，同一内容只存一份；文件在照片库中';
COMMENT ON COLUMN photo_blob.sha256 IS '原件字节的 SHA-256（十六进制）';
COMMENT ON COLUMN photo_blob.bytes IS '字节数';
COMMENT ON COLUMN photo_blob.media_type IS '媒体类型，如 image/jpeg；未采纳的可能为空';
COMMENT ON COLUMN photo_blob.width IS '像素宽（按拍摄方向摆正之前）；0 为未知';
COMMENT ON COLUMN photo_blob.height IS '像素高（按拍摄方向摆正之前）；0 为未知';
COMMENT ON COLUMN photo_blob.state IS '状态：stored 已存、refused 未采纳';
COMMENT ON COLUMN photo_blob.reason IS '未采纳的原因代码';
COMMENT ON COLUMN photo_blob.object_key IS '在照片库中的名称';
COMMENT ON COLUMN photo_blob.orientation IS 'EXIF 拍摄方向，1 到 8';
COMMENT ON COLUMN photo_blob.exif_at IS 'EXIF 拍摄时间（无时区时按城市时区）';
COMMENT ON COLUMN photo_blob.exif_geom IS 'EXIF 位置（CGCS2000 经纬度，EPSG:4490）';
COMMENT ON COLUMN photo_blob.flags IS '疑点：zero EXIF 位置为 0,0 或越界、clock EXIF 时间不可信';
COMMENT ON COLUMN photo_blob.uploaded_by IS '上传账号';
COMMENT ON COLUMN photo_blob.created_at IS '存入时间';
COMMENT ON COLUMN photo_blob.seen_at IS '最近一次被上传、询问或引用；未被引用的据此清除';

-- A photo of a record. It is promised with the record and may come later.
CREATE TABLE patrol_photo (
    id          uuid PRIMARY KEY,
    owner_kind  text NOT NULL CHECK (owner_kind IN ('check', 'problem', 'step', 'proposal')),
    owner_id    uuid NOT NULL,
    ordinal     smallint NOT NULL DEFAULT 0,
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes       bigint NOT NULL CHECK (bytes >= 0),
    kind        text NOT NULL CHECK (kind IN ('near', 'far', 'reference', 'before', 'after', 'other')),
    taken_at    timestamptz,
    account     text NOT NULL DEFAULT '',
    holder_id   bigint,
    region_code text,
    grid_id     bigint,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner_kind, owner_id, sha256)
);
CREATE INDEX patrol_photo_sha256_idx ON patrol_photo (sha256);
COMMENT ON TABLE patrol_photo IS '巡查照片：一条记录承诺的一张照片，原件可以稍后到达';
COMMENT ON COLUMN patrol_photo.id IS '照片编号，由设备生成';
COMMENT ON COLUMN patrol_photo.owner_kind IS '所属记录的类别：check 检查、problem 问题、step 问题的一步、proposal 台账建议';
COMMENT ON COLUMN patrol_photo.owner_id IS '所属记录的编号';
COMMENT ON COLUMN patrol_photo.ordinal IS '在记录中的次序，从 0 起';
COMMENT ON COLUMN patrol_photo.sha256 IS '原件字节的 SHA-256';
COMMENT ON COLUMN patrol_photo.bytes IS '承诺的字节数';
COMMENT ON COLUMN patrol_photo.kind IS '种类：near 近景、far 远景、reference 参照、before 整改前、after 整改后、other 其他';
COMMENT ON COLUMN patrol_photo.taken_at IS '拍摄时间（设备所说）';
COMMENT ON COLUMN patrol_photo.account IS '记录人的账号';
COMMENT ON COLUMN patrol_photo.holder_id IS '记录人（责任主体编号）';
COMMENT ON COLUMN patrol_photo.region_code IS '所在区划';
COMMENT ON COLUMN patrol_photo.grid_id IS '所在责任网格';
COMMENT ON COLUMN patrol_photo.created_at IS '登记时间';

-- Where an officer went while on duty. Kept for as long as the setting patrol_tracks says, and only where it says that tracks are kept at all.
CREATE TABLE patrol_track (
    id          uuid NOT NULL,
    day         date NOT NULL,
    holder_id   bigint NOT NULL REFERENCES holder (id) ON DELETE CASCADE,
    account     text NOT NULL DEFAULT '',
    device      uuid,
    points      jsonb NOT NULL CHECK (jsonb_typeof(points) = 'array'),
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, day),
    CHECK (from_at <= to_at)
);
CREATE INDEX patrol_track_holder_idx ON patrol_track (holder_id, day, from_at);
CREATE INDEX patrol_track_day_idx ON patrol_track (day);
COMMENT ON TABLE patrol_track IS '巡查轨迹：仅在岗时、仅在启用后记录，按设定天数清除（个人信息）';
COMMENT ON COLUMN patrol_track.id IS '编号，由设备生成；跨日的轨迹按日分成几行';
COMMENT ON COLUMN patrol_track.day IS '日期（城市时区）';
COMMENT ON COLUMN patrol_track.holder_id IS '人员';
COMMENT ON COLUMN patrol_track.account IS '账号';
COMMENT ON COLUMN patrol_track.device IS '设备';
COMMENT ON COLUMN patrol_track.points IS '点：[经度, 纬度, Unix 毫秒, 精度米]，按时间排列';
COMMENT ON COLUMN patrol_track.from_at IS '第一点的时间';
COMMENT ON COLUMN patrol_track.to_at IS '最后一点的时间';
COMMENT ON COLUMN patrol_track.received_at IS '收到时间';

-- hours: the hours of duty where a duty says none that a clock shows.
INSERT INTO setting (key, value) VALUES
    ('patrol_tracks', '{"enabled": false, "keep_days": 30, "hours": "08:00-18:00"}'),
    ('patrol_position', '{"far_m": 100, "inaccurate_m": 50}')
ON CONFLICT (key) DO NOTHING;

COMMENT ON COLUMN access_log.action IS '动作：read_person 查看个人信息、read_photo 查看照片原件、read_track 查看巡查轨迹、sign_in 登录、sign_in_failed 登录失败、locked 锁定、sign_out 退出、password 改口令、token 令牌、refused 越权、read_log 查看日志';
