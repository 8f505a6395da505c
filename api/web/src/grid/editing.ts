import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { Preview } from './overlay.ts'
import type { Ask, EditRequest, GridServer } from './server.ts'
import type { EditResult, GridDetail, Shaped } from './types.ts'

export type Tool = 'split' | 'merge' | 'redraw' | 'retire'
export const tools: readonly Tool[] = ['split', 'merge', 'redraw', 'retire']

/** While a hand is drawing, the server is asked at most this often what would come of it. */
export const previewMs = 250

/** One edit of one grid, from taking the tool to confirming: what is drawn is tried on the server all the time, and nothing stays until it is confirmed. */
export interface Editing {
  tool: Ref<Tool | undefined>
  grid: ShallowRef<GridDetail | undefined>
  /** What is drawn or picked so far; undefined while it is not enough for an edit. */
  ask: ShallowRef<Ask | undefined>
  /** What would come of it. */
  preview: ShallowRef<EditResult | undefined>
  error: ShallowRef<unknown>
  busy: Ref<boolean>
  saving: Ref<boolean>
  note: Ref<string>
  /** Codes picked for a merge. */
  picked: ComputedRef<string[]>
  /** The grids that the grid in hand is to be made of; undefined where it is redrawn by its corners. */
  members: ComputedRef<string[] | undefined>
  /** Counts how often drawing began anew. */
  round: Ref<number>
  start(tool: Tool, grid: GridDetail): void
  pick(code: string): void
  restart(): void
  cancel(): void
  /** Makes the edit that is previewed; the answer tells what to select next. */
  confirm(): Promise<EditResult | undefined>
}

export function createEditing(server: GridServer): Editing {
  const tool = ref<Tool>()
  const grid = shallowRef<GridDetail>()
  const ask = shallowRef<Ask>()
  const preview = shallowRef<EditResult>()
  const error = shallowRef<unknown>()
  const [busy, saving] = [ref(false), ref(false)]
  const note = ref('')
  const round = ref(0)
  const picked = computed(() => (ask.value?.kind === 'merge' ? ask.value.with : []))
  const members = computed(() => {
    const made = grid.value?.members ?? []
    if (tool.value !== 'redraw' || made.length === 0) return undefined
    return ask.value?.kind === 'redraw' && 'members' in ask.value ? ask.value.members : made
  })
  const request = (dryRun: boolean): EditRequest | undefined => grid.value && ask.value && { grid: grid.value, ask: ask.value, dryRun, note: note.value.trim() }
  tryAll(server, ask, () => request(true), { preview, error, busy })

  function restart(): void {
    ask.value = tool.value === 'retire' ? { kind: 'retire' } : undefined
    round.value++
  }
  function cancel(): void {
    tool.value = undefined
    grid.value = undefined
    note.value = ''
    ask.value = undefined
  }
  return {
    tool, grid, ask, preview, error, busy, saving, note, picked, members, round, restart, cancel,
    start(next, of) {
      cancel()
      grid.value = of
      tool.value = next
      restart()
    },
    pick(code) {
      if (members.value) {
        const next = flip(members.value, code)
        ask.value = next.length > 0 && !sameCodes(next, grid.value?.members ?? []) ? { kind: 'redraw', members: next } : undefined
        return
      }
      if (code === grid.value?.code) return
      const next = flip(picked.value, code)
      ask.value = next.length > 0 ? { kind: 'merge', with: next } : undefined
    },
    async confirm() {
      const wanted = request(false)
      if (!wanted || saving.value) return undefined
      saving.value = true
      try {
        const answer = await server.edit(wanted)
        cancel()
        return answer
      } catch (failure) {
        error.value = failure
        return undefined
      } finally {
        saving.value = false
      }
    },
  }
}

const flip = (codes: string[], code: string) => (codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code])
const sameCodes = (a: string[], b: string[]) => a.length === b.length && a.every((code) => b.includes(code))

/** Tries whatever is asked for on the server, the last of it only. */
function tryAll(server: GridServer, ask: ShallowRef<Ask | undefined>, request: () => EditRequest | undefined, { preview, error, busy }: Pick<Editing, 'preview' | 'error' | 'busy'>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined

  async function tryIt(): Promise<void> {
    const wanted = request()
    if (!wanted) return
    const mine = pending = new AbortController()
    try {
      const answer = await server.edit(wanted, mine.signal)
      if (pending !== mine) return
      preview.value = answer
      error.value = undefined
    } catch (failure) {
      if (isAbort(failure) || pending !== mine) return
      preview.value = undefined
      error.value = failure
    }
    busy.value = false
  }
  watch(ask, (now) => {
    clearTimeout(timer)
    pending?.abort()
    pending = undefined
    busy.value = now !== undefined
    if (now) {
      timer = setTimeout(() => void tryIt(), previewMs)
    } else {
      preview.value = undefined
      error.value = undefined
    }
  }, { flush: 'sync' })
}

/** The grid to look at after an edit: the first one made, or the one that stayed. */
export function successor({ made, changed }: EditResult): Shaped | undefined {
  return made[0] ?? changed[0]
}

/** The grids of the net edited: what is made of them changes with them and is not shown. */
export function ofNet<T extends { scheme: string }>(grids: T[], scheme: string): T[] {
  return grids.filter((one) => one.scheme === scheme)
}

/** What the map shows of an edit that is tried. */
export function previewOf({ grid, preview }: Pick<Editing, 'grid' | 'preview'>, area: (m2: number) => string): Preview | undefined {
  if (!grid.value) return undefined
  const result = preview.value
  const { code } = grid.value
  return {
    findings: result?.findings ?? [],
    shapes: numbered([
      ...(result?.retired.includes(code) ? [{ geometry: grid.value.geometry, role: 'retired' as const, label: '' }] : []),
      ...ofNet(result?.changed ?? [], grid.value.scheme).map((one) => ({ geometry: one.geometry, role: one.code === code ? 'made' as const : 'changed' as const, label: one.code === code ? area(one.area_m2) : '' })),
      ...(result?.made ?? []).map((one) => ({ geometry: one.geometry, role: 'made' as const, label: `${one.short_code || one.code}\n${area(one.area_m2)}` })),
    ]),
  }
}

/** Parts side by side are shaded differently. */
function numbered(shapes: Omit<Preview['shapes'][number], 'tone'>[]): Preview['shapes'] {
  return shapes.map((shape, tone) => ({ ...shape, tone }))
}
