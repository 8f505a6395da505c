-- What phones send: devices, and the commands of each in order with what became of them. DESIGN section 7; grid/patrol.
-- +goose Up
CREATE TABLE patrol_device (
    id         uuid PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    title      text NOT NULL DEFAULT '' CHECK (length(title) <= 200),
    last_seq   bigint NOT NULL DEFAULT 0,
    lost       bigint NOT NULL DEFAULT 0,
    skew_ms    bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX patrol_device_account_idx ON patrol_device (account_id);
COMMENT ON TABLE patrol_device IS '终端：一部手机上的一个账号';
COMMENT ON COLUMN patrol_device.id IS '终端编号，由终端生成';
COMMENT ON COLUMN patrol_device.account_id IS '账号编号';
COMMENT ON COLUMN patrol_device.title IS '终端说明';
COMMENT ON COLUMN patrol_device.last_seq IS '已生效到第几条指令';
COMMENT ON COLUMN patrol_device.lost IS '终端声明已丢失的指令数';
COMMENT ON COLUMN patrol_device.skew_ms IS '最近一次同步时服务器时钟减终端时钟（毫秒）';
COMMENT ON COLUMN patrol_device.created_at IS '首次同步';
COMMENT ON COLUMN patrol_device.seen_at IS '最近同步';

CREATE TABLE patrol_command (
    device_id   uuid NOT NULL REFERENCES patrol_device (id) ON DELETE CASCADE,
    seq         bigint NOT NULL CHECK (seq > 0),
    key         uuid NOT NULL,
    account     text NOT NULL,
    kind        text NOT NULL,
    made_at     timestamptz NOT NULL,
    sent_at     timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    body        jsonb NOT NULL,
    status      text NOT NULL CHECK (status IN ('done', 'conflict', 'refused', 'waiting')),
    outcome     jsonb NOT NULL,
    applied_at  timestamptz,
    PRIMARY KEY (device_id, seq),
    UNIQUE (account, key)
);
CREATE INDEX patrol_command_waiting_idx ON patrol_command (device_id, seq) WHERE status = 'waiting';
COMMENT ON TABLE patrol_command IS '终端指令：按序生效，结果留存；同一指令来几次结果都一样';
COMMENT ON COLUMN patrol_command.device_id IS '终端编号';
COMMENT ON COLUMN patrol_command.seq IS '终端上的序号';
COMMENT ON COLUMN patrol_command.key IS '幂等键，由终端生成';
COMMENT ON COLUMN patrol_command.account IS '账号';
COMMENT ON COLUMN patrol_command.kind IS '类别：check 检查、problem 上报、step 问题环节、ledger 台账核对、track 轨迹、mine 冲突处理';
COMMENT ON COLUMN patrol_command.made_at IS '终端时钟的生成时间';
COMMENT ON COLUMN patrol_command.sent_at IS '终端时钟的发送时间';
COMMENT ON COLUMN patrol_command.received_at IS '首次收到时间';
COMMENT ON COLUMN patrol_command.body IS '内容；轨迹处理后只留摘要（个人信息）';
COMMENT ON COLUMN patrol_command.status IS '结果：done 已生效、conflict 有冲突、refused 未采纳、waiting 等待前序';
COMMENT ON COLUMN patrol_command.outcome IS '告知终端的结果';
COMMENT ON COLUMN patrol_command.applied_at IS '生效时间；空为等待前序';
