import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { Server } from '../api/server.ts'
import type { SearchItem } from '../api/types.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'
import { schemeOfLayer, type Selection } from './permalink.ts'
import type { Candidate } from './selecting.ts'

const typingMs = 150
const limit = 20

export interface Search {
  text: Ref<string>
  items: ShallowRef<SearchItem[] | undefined>
  loading: Ref<boolean>
  error: ShallowRef<unknown>
  retry(): void
}

/** Asks while the user types; an answer to an earlier text never replaces one to a later text. */
export function createSearch(server: Server): Search {
  const text = ref('')
  const items = shallowRef<SearchItem[]>()
  const loading = ref(false)
  const error = shallowRef<unknown>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined

  async function ask(q: string): Promise<void> {
    const mine = pending = new AbortController()
    try {
      items.value = await server.search(q, limit, mine.signal)
    } catch (failure) {
      if (isAbort(failure)) return
      error.value = failure
    }
    if (pending === mine) loading.value = false
  }

  function start(): void {
    clearTimeout(timer)
    pending?.abort()
    error.value = undefined
    const q = text.value.trim()
    loading.value = q !== ''
    if (q === '') items.value = undefined
    else timer = setTimeout(() => void ask(q), typingMs)
  }
  watch(text, start)
  return { text, items, loading, error, retry: start }
}

export function selectionOf(item: SearchItem): Selection {
  const scheme = schemeOfLayer(item.layer)
  if (scheme !== undefined && item.code) return { kind: 'grid', scheme, code: item.code }
  return item.kind === 'region' && item.code
    ? { kind: 'region', code: item.code }
    : { kind: 'feature', layer: item.layer, id: String(item.id) }
}

export function candidateOf(item: SearchItem, lang: Lang): Candidate {
  const layerTitle = pickTitle(lang, item.layer_title, item.layer_title_en)
  const subtitle = [layerTitle, item.region_name, item.name ? item.code : undefined].filter(Boolean).join(' · ')
  return { selection: selectionOf(item), layer: item.layer, title: (item.name || item.code) ?? `#${item.id}`, subtitle }
}
