-- The six layers that lie in grids. Their catalogue is the Go package layers, one file each.
-- +goose Up
CREATE TABLE road (LIKE inventory INCLUDING ALL,
    class          text NOT NULL CHECK (class IN ('expressway', 'arterial', 'secondary', 'branch', 'footpath')),
    link           boolean NOT NULL DEFAULT false,
    width_m        double precision CHECK (width_m > 0 AND width_m < 200),
    lanes          smallint CHECK (lanes BETWEEN 1 AND 30),
    surface        text CHECK (surface IN ('asphalt', 'concrete', 'paving', 'gravel', 'earth', 'other')),
    oneway         boolean NOT NULL DEFAULT false,
    walkable       boolean NOT NULL DEFAULT true,
    steps          boolean NOT NULL DEFAULT false,
    level          smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN -9 AND 9),
    cleaning_grade text CHECK (cleaning_grade IN ('grade_1', 'grade_2', 'grade_3', 'grade_4')),
    mechanised     boolean,
    cleaned_by     text,
    CHECK (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING'))
);
COMMENT ON TABLE road IS '道路：路口之间的路段';
COMMENT ON COLUMN road.class IS '等级：expressway 快速路、arterial 主干路、secondary 次干路、branch 支路、footpath 步行道';
COMMENT ON COLUMN road.link IS '是否匝道、联络道';
COMMENT ON COLUMN road.width_m IS '宽度（米）';
COMMENT ON COLUMN road.lanes IS '车道数';
COMMENT ON COLUMN road.surface IS '路面';
COMMENT ON COLUMN road.oneway IS '是否沿线方向单行';
COMMENT ON COLUMN road.walkable IS '是否可步行';
COMMENT ON COLUMN road.steps IS '是否台阶';
COMMENT ON COLUMN road.level IS '层：0 地面，正数为桥，负数为隧道或地下';
COMMENT ON COLUMN road.cleaning_grade IS '保洁等级';
COMMENT ON COLUMN road.mechanised IS '是否机械化清扫';
COMMENT ON COLUMN road.cleaned_by IS '保洁单位';
SELECT make_inventory_layer('road');

CREATE TABLE back_alley (LIKE inventory INCLUDING ALL,
    width_m        double precision CHECK (width_m > 0 AND width_m < 100),
    surface        text CHECK (surface IN ('asphalt', 'concrete', 'paving', 'gravel', 'earth', 'other')),
    hardened       boolean,
    lit            boolean,
    drained        boolean,
    cleaning_grade text CHECK (cleaning_grade IN ('grade_1', 'grade_2', 'grade_3', 'grade_4')),
    cleaned_by     text,
    CHECK (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING'))
);
COMMENT ON TABLE back_alley IS '背街小巷';
COMMENT ON COLUMN back_alley.width_m IS '宽度（米）';
COMMENT ON COLUMN back_alley.surface IS '路面';
COMMENT ON COLUMN back_alley.hardened IS '是否硬化';
COMMENT ON COLUMN back_alley.lit IS '是否有照明';
COMMENT ON COLUMN back_alley.drained IS '是否有排水';
COMMENT ON COLUMN back_alley.cleaning_grade IS '保洁等级';
COMMENT ON COLUMN back_alley.cleaned_by IS '保洁单位';
SELECT make_inventory_layer('back_alley');

CREATE TABLE public_toilet (LIKE inventory INCLUDING ALL,
    grade             text CHECK (grade IN ('class_1', 'class_2', 'class_3')),
    kind              text CHECK (kind IN ('detached', 'attached', 'mobile')),
    male_stalls       smallint CHECK (male_stalls >= 0),
    female_stalls     smallint CHECK (female_stalls >= 0),
    urinals           smallint CHECK (urinals >= 0),
    accessible_stalls smallint CHECK (accessible_stalls >= 0),
    third_room        boolean,
    opening_hours     text,
    open_24h          boolean,
    CHECK (GeometryType(geom) = 'POINT')
);
COMMENT ON TABLE public_toilet IS '公厕';
COMMENT ON COLUMN public_toilet.grade IS '等级：class_1 一类、class_2 二类、class_3 三类';
COMMENT ON COLUMN public_toilet.kind IS '类型：detached 独立式、attached 附属式、mobile 移动式';
COMMENT ON COLUMN public_toilet.male_stalls IS '男厕位数';
COMMENT ON COLUMN public_toilet.female_stalls IS '女厕位数';
COMMENT ON COLUMN public_toilet.urinals IS '小便器数';
COMMENT ON COLUMN public_toilet.accessible_stalls IS '无障碍厕位数';
COMMENT ON COLUMN public_toilet.third_room IS '是否有第三卫生间';
COMMENT ON COLUMN public_toilet.opening_hours IS '开放时间';
COMMENT ON COLUMN public_toilet.open_24h IS '是否全天开放';
SELECT make_inventory_layer('public_toilet');

CREATE TABLE barrier_free_ramp (LIKE inventory INCLUDING ALL,
    kind           text NOT NULL CHECK (kind IN ('kerb', 'wheelchair')),
    form           text CHECK (form IN ('full_width', 'three_face', 'single_face', 'fan', 'straight', 'turning', 'other')),
    slope          double precision CHECK (slope >= 0 AND slope < 1),
    width_m        double precision CHECK (width_m > 0 AND width_m < 100),
    length_m       double precision CHECK (length_m > 0 AND length_m < 1000),
    rise_m         double precision CHECK (rise_m >= 0 AND rise_m < 100),
    handrail       boolean,
    tactile_paving boolean,
    occupied       boolean,
    CHECK (GeometryType(geom) IN ('POINT', 'LINESTRING'))
);
COMMENT ON TABLE barrier_free_ramp IS '无障碍坡道';
COMMENT ON COLUMN barrier_free_ramp.kind IS '类型：kerb 缘石坡道、wheelchair 轮椅坡道';
COMMENT ON COLUMN barrier_free_ramp.form IS '形式：full_width 全宽式单面坡、three_face 三面坡、single_face 单面坡、fan 扇面坡、straight 直线形、turning 折返形、other 其他';
COMMENT ON COLUMN barrier_free_ramp.slope IS '坡度（高/长）';
COMMENT ON COLUMN barrier_free_ramp.width_m IS '宽度（米）';
COMMENT ON COLUMN barrier_free_ramp.length_m IS '长度（米）';
COMMENT ON COLUMN barrier_free_ramp.rise_m IS '高差（米）';
COMMENT ON COLUMN barrier_free_ramp.handrail IS '是否有扶手';
COMMENT ON COLUMN barrier_free_ramp.tactile_paving IS '是否有盲道提示';
COMMENT ON COLUMN barrier_free_ramp.occupied IS '是否被占用';
SELECT make_inventory_layer('barrier_free_ramp');

CREATE TABLE parking_space (LIKE inventory INCLUDING ALL,
    kind                text NOT NULL CHECK (kind IN ('motor', 'non_motor', 'shared_bike')),
    layout              text CHECK (layout IN ('lot', 'parallel', 'perpendicular', 'angled', 'strip')),
    capacity            integer CHECK (capacity >= 0),
    accessible_capacity integer CHECK (accessible_capacity >= 0),
    charging_capacity   integer CHECK (charging_capacity >= 0),
    access              text CHECK (access IN ('public', 'off_hours', 'private')),
    fee                 boolean,
    CHECK (GeometryType(geom) IN ('POINT', 'LINESTRING', 'POLYGON', 'MULTIPOLYGON'))
);
COMMENT ON TABLE parking_space IS '停车泊位：停车场、路内泊位、非机动车和共享单车停放点';
COMMENT ON COLUMN parking_space.kind IS '类型：motor 机动车、non_motor 非机动车、shared_bike 共享单车';
COMMENT ON COLUMN parking_space.layout IS '布置：lot 停车场、parallel 平行式、perpendicular 垂直式、angled 斜列式、strip 划线区';
COMMENT ON COLUMN parking_space.capacity IS '泊位数';
COMMENT ON COLUMN parking_space.accessible_capacity IS '无障碍泊位数';
COMMENT ON COLUMN parking_space.charging_capacity IS '充电泊位数';
COMMENT ON COLUMN parking_space.access IS '开放：public 公共、off_hours 错时开放、private 专用';
COMMENT ON COLUMN parking_space.fee IS '是否收费';
SELECT make_inventory_layer('parking_space');

CREATE TABLE construction_site (LIKE inventory INCLUDING ALL,
    kind       text NOT NULL CHECK (kind IN ('building', 'municipal')),
    permit_no  text,
    contractor text,
    starts_on  date,
    ends_on    date,
    measures   jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(measures) = 'object'),
    CHECK (GeometryType(geom) IN ('POINT', 'POLYGON', 'MULTIPOLYGON')),
    CHECK (ends_on >= starts_on)
);
COMMENT ON TABLE construction_site IS '建筑工地';
COMMENT ON COLUMN construction_site.kind IS '类型：building 建筑工程、municipal 市政工程';
COMMENT ON COLUMN construction_site.permit_no IS '施工许可证号';
COMMENT ON COLUMN construction_site.contractor IS '施工单位';
COMMENT ON COLUMN construction_site.starts_on IS '开工日期';
COMMENT ON COLUMN construction_site.ends_on IS '计划竣工日期';
COMMENT ON COLUMN construction_site.measures IS '扬尘防治措施检查结果：清单条目代码到是否达标';
SELECT make_inventory_layer('construction_site');

CREATE TABLE ground (
    id         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('water', 'green', 'building', 'barrier')),
    name       text,
    source     text,
    source_key text,
    extra      jsonb NOT NULL DEFAULT '{}',
    geom       geometry(Geometry, 4490) NOT NULL CHECK (NOT ST_IsEmpty(geom)),
    revision   bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text,
    CHECK (GeometryType(geom) IN ('LINESTRING', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON'))
);
CREATE UNIQUE INDEX ground_source_idx ON ground (source, source_key);
CREATE INDEX ground_geom_idx ON ground USING gist (geom);
COMMENT ON TABLE ground IS '地物底图：水系、绿地、建筑、阻隔；供参考，不是台账';
COMMENT ON COLUMN ground.id IS '内部编号';
COMMENT ON COLUMN ground.kind IS '类型：water 水系、green 绿地、building 建筑、barrier 阻隔';
COMMENT ON COLUMN ground.name IS '名称';
COMMENT ON COLUMN ground.source IS '数据来源';
COMMENT ON COLUMN ground.source_key IS '来源中的标识';
COMMENT ON COLUMN ground.extra IS '来源的其他属性';
COMMENT ON COLUMN ground.geom IS '图形（CGCS2000 经纬度，EPSG:4490）';
COMMENT ON COLUMN ground.revision IS '行版本，每次修改加一';
COMMENT ON COLUMN ground.created_at IS '建立时间';
COMMENT ON COLUMN ground.updated_at IS '修改时间';
COMMENT ON COLUMN ground.updated_by IS '修改人';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON ground FOR EACH ROW EXECUTE FUNCTION touch_row();
SELECT watch_table('ground');
