import type { Department, Person } from '../api/people.ts'
import type { TargetKind } from '../api/records.ts'
import type { Server } from '../api/server.ts'
import type { SearchItem } from '../api/types.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'
import type { Choice } from '../ui/choice.ts'

const shown = 20

export interface HolderChoice extends Choice {
  code: string
}

/** Finds people and organisations by name, code or phone. */
export function findHolders(server: Server, kinds: readonly ('persons' | 'organisations')[], not?: string) {
  return async (q: string, signal: AbortSignal): Promise<HolderChoice[]> => {
    const pages = await Promise.all(kinds.map((kind) => server.people.holders(kind, { q: q || undefined }, undefined, signal, shown)))
    return pages.flatMap(({ items }) => items).filter(({ code }) => code !== not).slice(0, shown).map(holderChoice)
  }
}

export function holderChoice({ code, name, title, dept, duties }: Pick<Person, 'code' | 'name' | 'title' | 'dept'> & { duties?: number }): HolderChoice {
  return { key: code, code, title: name, subtitle: [code, title, dept?.name, duties === undefined ? undefined : `${duties}`].filter(Boolean).join(' · ') }
}

export interface RegionChoice extends Choice {
  code: string
}

/** Finds regions by name or code, among what the search knows. */
export function findRegions(server: Server) {
  return async (q: string, signal: AbortSignal): Promise<RegionChoice[]> => {
    if (q === '') return (await server.children()).map(({ code, name }) => ({ key: code, code, title: name, subtitle: code }))
    const items = await server.search(q, 2 * shown, signal)
    return items.filter(({ kind, code }) => kind === 'region' && code).map(({ code, name, region_name }) => (
      { key: code ?? '', code: code ?? '', title: name ?? code ?? '', subtitle: [code, region_name].filter(Boolean).join(' · ') }))
  }
}

export interface DeptChoice extends Choice {
  code: string
}

/** The departments whose name or code holds what was typed. */
export function findDepartments(server: Server, lang: () => Lang) {
  return async (q: string): Promise<DeptChoice[]> => (await server.people.departments()).filter((dept) => matches(dept, q)).map((dept) => (
    { key: dept.code, code: dept.code, title: pickTitle(lang(), dept.name, dept.name_en ?? undefined), subtitle: dept.code }))
}

function matches({ code, name, name_en }: Department, q: string): boolean {
  return [code, name, name_en ?? ''].some((text) => text.toLowerCase().includes(q.toLowerCase()))
}

export interface TargetChoice extends Choice {
  target: { kind: TargetKind; code: string; scheme?: string }
}

/** Finds what a duty can be for: grids of a net, roads, alleys, regions and zones. */
export function findTargets(server: Server, lang: () => Lang) {
  return async (q: string, signal: AbortSignal): Promise<TargetChoice[]> => {
    if (q === '') return []
    const items = await server.search(q, shown, signal)
    return items.flatMap((item) => targetChoice(item, lang()) ?? [])
  }
}

export function targetChoice(item: SearchItem, lang: Lang): TargetChoice | undefined {
  const target = targetOf(item)
  if (!target) return undefined
  const layer = pickTitle(lang, item.layer_title, item.layer_title_en)
  return { key: `${target.kind}/${target.scheme ?? ''}/${target.code}`, target, title: item.name || target.code, subtitle: [layer, item.region_name, item.name ? target.code : undefined].filter(Boolean).join(' · ') }
}

function targetOf({ kind, layer, code }: SearchItem): TargetChoice['target'] | undefined {
  if (!code) return undefined
  if (kind === 'region') return { kind: code.startsWith('zone') || !/^\d+$/.test(code) ? 'zone' : 'region', code }
  if (layer === 'unit_grid') return { kind: 'grid', scheme: 'unit', code }
  if (layer.startsWith('grid_')) return { kind: 'grid', scheme: layer.slice('grid_'.length), code }
  return layer === 'road' || layer === 'back_alley' ? { kind: layer, code } : undefined
}
