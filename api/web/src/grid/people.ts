import type { HolderRef } from '../api/records.ts'

/** What is dragged when a person is dragged. */
export const personType = 'application/x-wangge-person'
export type Dragged = Pick<HolderRef, 'code' | 'name' | 'kind'>

/** A person put forward for grids, waiting for the role. */
export interface Proposal {
  holder: Dragged | undefined
  codes: string[]
}

/** The number to dial; a masked one is none. */
export function dial({ phone, masked }: Pick<HolderRef, 'phone' | 'masked'>): string | undefined {
  return phone && !masked && /^[+\d][\d -]{4,}$/.test(phone) ? `tel:${phone.replace(/[ -]/g, '')}` : undefined
}
