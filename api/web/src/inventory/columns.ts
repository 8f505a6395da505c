import { ref, type Ref } from 'vue'
import type { FieldKind, InventoryField } from './queryables.ts'

/** Which columns a table has, in which order, and how wide they are where somebody changed that. */
export interface ColumnChoice {
  names: string[]
  widths: Record<string, number>
}

const widthsPx: Record<FieldKind, number> = { text: 168, enum: 112, number: 104, boolean: 84, date: 112, time: 152, object: 96, box: 0 }
export const narrowestPx = 56
export const widestPx = 640
const firstOnes = 9
/** What most people do not look at first. */
const technical = new Set(['code_scheme', 'revision', 'created_at', 'source', 'source_key', 'note', 'extra', 'updated_by', 'accuracy', 'competent_dept', 'owner_dept'])
const lead = ['code', 'name', 'status']

/** The columns shown before anybody chose: code, name and status, then what the layer has of its own. */
export function defaultColumns(fields: readonly InventoryField[]): string[] {
  const names = fields.map(({ name }) => name)
  const own = names.filter((name) => !lead.includes(name) && !technical.has(name))
  return [...lead.filter((name) => names.includes(name)), ...own].slice(0, firstOnes)
}

/** Those of a choice that the layer has. */
export function shownColumns(fields: readonly InventoryField[], chosen: readonly string[] | undefined): InventoryField[] {
  const named = (names: readonly string[]) => names.flatMap((name) => fields.find((field) => field.name === name) ?? [])
  const shown = named([...new Set(chosen ?? [])])
  return shown.length > 0 ? shown : named(defaultColumns(fields))
}

export function widthOf(field: InventoryField, widths: Record<string, number>): number {
  return widths[field.name] ?? (field.name === 'name' ? 200 : widthsPx[field.kind])
}

/** Puts a column a number of places further on. */
export function moved(names: readonly string[], name: string, by: number): string[] {
  const at = names.indexOf(name)
  if (at < 0) return [...names]
  const rest = names.filter((one) => one !== name)
  const to = Math.min(rest.length, Math.max(0, at + by))
  return [...rest.slice(0, to), name, ...rest.slice(to)]
}

/** Remembers something in this browser. */
export function useRemembered<T>(key: string, empty: T): [value: Ref<T>, save: (value: T) => void] {
  const value = ref(read(key, empty)) as Ref<T>
  return [value, (next) => {
    value.value = next
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      // it then lasts for this visit
    }
  }]
}

function read<T>(key: string, empty: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? empty
  } catch {
    return empty
  }
}
