import type { Server } from '../api/server.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'
import { schemeOfLayer } from '../state/permalink.ts'
import type { Choice } from '../ui/choice.ts'

const shown = 40

/** Finds grids of all nets by name or code; a choice's key is scheme:code. */
export function findGrids(server: Server, lang: () => Lang) {
  return async (q: string, signal: AbortSignal): Promise<Choice[]> => {
    if (q === '') return []
    const items = await server.search(q, shown, signal)
    return items.flatMap(({ layer, code, name, layer_title, layer_title_en }) => {
      const scheme = schemeOfLayer(layer)
      return scheme === undefined || !code ? [] : [{ key: `${scheme}:${code}`, title: name || code, subtitle: [pickTitle(lang(), layer_title, layer_title_en), code].filter(Boolean).join(' · ') }]
    })
  }
}
