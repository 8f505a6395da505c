import type { zh } from './device.zh.ts'

export const en: Record<keyof typeof zh, string> = {
  'officer.phone.storage': 'Storage',
  'officer.phone.used': '{used} used',
  'officer.phone.low': 'little room left',
  'officer.phone.full': 'no room left',
  'officer.phone.ok': 'enough room',
  'officer.phone.notKept': 'The system may clear data when short of room',
  'officer.phone.keep': 'Ask to keep',
  'officer.phone.metered': 'Send photos on mobile data',
  'officer.phone.meteredHint': 'When off, photos wait for Wi-Fi; records always go at once',
  'officer.phone.datum': 'Datum of the position',
  'officer.phone.datumHint': 'If your position is always off by hundreds of metres, choose GCJ-02',
  'officer.leave.title': '{n} records and {photos} photos have not been sent',
  'officer.leave.hint': 'They can stay on this phone until you sign in again',
  'officer.leave.stay': 'Stay signed in',
  'officer.leave.keep': 'Sign out and keep them',
  'officer.leave.force': 'Sign out and delete them',
}
