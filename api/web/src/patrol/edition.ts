import { codeForm } from './plans.ts'
import type { Checklist, ChecklistItem } from './types.ts'

/** An item of the edition that is being written. */
export interface DraftItem extends ChecklistItem {
  /** Tells it from the others, whatever becomes of its code. */
  key: string
  /** As the present edition has it; undefined for one that is added. */
  was: ChecklistItem | undefined
  retired: boolean
}

export type Change = 'same' | 'changed' | 'added' | 'retired'
export type ItemFault = 'code' | 'repeated' | 'title'

/** Bounds of the server. */
export const mostItems = 60
const editionForm = /^\d{4}(-\d{2}){0,2}$/

/** The present edition as the next one begins. */
export function draftOf({ items }: Pick<Checklist, 'items'>): DraftItem[] {
  return items.map((was) => ({ ...was, key: `was:${was.code}`, was, retired: false }))
}

/** A new item; its code is one that no other has. */
export function freshItem(items: readonly DraftItem[]): DraftItem {
  let n = items.length + 1
  while (items.some(({ key, code }) => code === `item_${n}` || key === `new:${n}`)) n++
  return { key: `new:${n}`, code: `item_${n}`, title: '', title_en: '', standard: '', verified: false, photo_on_fail: false, problem_class: null, effects: {}, was: undefined, retired: false }
}

/** An item as it is sent. What has no English title has the Chinese one: the record wants both. */
export function itemOf({ code, title, title_en: titleEn, standard, verified, photo_on_fail: photo, problem_class: kind, effects }: ChecklistItem): ChecklistItem {
  return {
    code: code.trim(), title: title.trim(), title_en: titleEn.trim() || title.trim(), standard: (standard ?? '').trim(), verified,
    photo_on_fail: photo === true, problem_class: kind ?? null, effects: effects ?? {},
  }
}

export function changeOf({ was, retired, ...item }: DraftItem): Change {
  if (was === undefined) return 'added'
  if (retired) return 'retired'
  return JSON.stringify(itemOf(item)) === JSON.stringify(itemOf(was)) ? 'same' : 'changed'
}

/** The items of the new edition, in order. */
export function itemsOf(drafts: readonly DraftItem[]): ChecklistItem[] {
  return drafts.filter(({ retired }) => !retired).map(itemOf)
}

/** Another list than the present one, be it only in its order. */
export function differs(drafts: readonly DraftItem[], { items }: Pick<Checklist, 'items'>): boolean {
  return JSON.stringify(itemsOf(drafts)) !== JSON.stringify(items.map(itemOf))
}

/** What is wrong with an item before it is sent. */
export function faultOf(item: DraftItem, drafts: readonly DraftItem[]): ItemFault | undefined {
  if (item.retired) return undefined
  if (!codeForm.test(item.code.trim())) return 'code'
  if (drafts.some((other) => other !== item && !other.retired && other.code.trim() === item.code.trim())) return 'repeated'
  return item.title.trim() === '' ? 'title' : undefined
}

/** An edition is later if its text is greater. */
export function isLater(edition: string, editions: readonly string[]): boolean {
  return editionForm.test(edition) && editions.every((one) => edition > one)
}

/** What the next edition is called: the month of a day, or the day itself; '' where both are taken. */
export function nextEdition(editions: readonly string[], day: string): string {
  return [day.slice(0, 7), day].find((one) => isLater(one, editions)) ?? ''
}
