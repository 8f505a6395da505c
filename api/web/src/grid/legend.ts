import type { Lang, Translate } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'
import type { Colouring, GridClass } from './classes.ts'
import type { State } from './types.ts'

/** A class in words: its state, or from where to where it reaches. */
export function classText({ key, from, below }: GridClass, colouring: Colouring, lang: Lang, t: Translate): string {
  if (colouring === 'state') return t(`grid.state.${key as State}`)
  return colouring === 'load' ? loadText(key, from, below, lang, t) : countText(key, from, below, lang, t)
}

function loadText(key: string, from: number | undefined, below: number | undefined, lang: Lang, t: Translate): string {
  const percent = (share: number) => `${formatNumber(share * 100, lang, 0)} %`
  if (key === 'none') return t('grid.class.noLoad')
  if (from === undefined) return t('grid.class.load.below', { n: percent(below ?? 0) })
  if (below === undefined) return t('grid.class.load.over')
  return below === 1 ? t('grid.class.load.upTo', { from: percent(from) }) : t('grid.class.load.between', { from: percent(from), below: percent(below) })
}

function countText(key: string, from: number | undefined, below: number | undefined, lang: Lang, t: Translate): string {
  if (key === 'none') return t('grid.class.zero')
  const last = below === undefined ? undefined : below - 1
  if (from === undefined || last === undefined) return t('grid.class.from', { n: formatNumber(from ?? 0, lang) })
  return from === last ? t('grid.class.one', { n: formatNumber(from, lang) }) : t('grid.class.range', { from: formatNumber(from, lang), to: formatNumber(last, lang) })
}
