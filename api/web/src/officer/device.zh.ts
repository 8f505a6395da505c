/** Texts about the phone itself: room, sending, signing out. */
export const zh = {
  'officer.phone.storage': '存储空间',
  'officer.phone.used': '已用 {used}',
  'officer.phone.low': '剩余空间不多',
  'officer.phone.full': '空间不足',
  'officer.phone.ok': '空间充足',
  'officer.phone.notKept': '系统可能在空间紧张时清除数据',
  'officer.phone.keep': '请求保留',
  'officer.phone.metered': '用流量上传照片',
  'officer.phone.meteredHint': '关闭时，照片等到 Wi-Fi 再传；记录始终即时上传',
  'officer.phone.datum': '本机定位的坐标系',
  'officer.phone.datumHint': '地图上的“我”总偏几百米时，改为 GCJ-02',
  'officer.leave.title': '还有 {n} 条记录、{photos} 张照片没有上传',
  'officer.leave.hint': '退出后可留在本机，本人再次登录继续上传',
  'officer.leave.stay': '先不退出',
  'officer.leave.keep': '退出，留在本机',
  'officer.leave.force': '退出并删除',
}
