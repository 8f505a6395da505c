import { pickTitle, type Lang } from '../i18n/index.ts'
import type { PatternName } from './classes.ts'
import type { Finding } from './types.ts'

const looks: Partial<Record<string, { color: string; pattern: PatternName }>> = {
  gap: { color: '#d64545', pattern: 'gap' },
  overlap: { color: '#e8930c', pattern: 'overlap' },
}

/** A finding in the legend as on the map; a sliver looks like what it is a sliver of. */
export function findingLook({ kind, base }: Finding): { color: string; pattern: PatternName } {
  return looks[base ?? kind] ?? { color: '#7a4fd0', pattern: 'other' }
}

export function findingText({ message, message_en: messageEn }: Finding, lang: Lang): string {
  return pickTitle(lang, message, messageEn)
}
