import { ApiError, OfflineError } from '../api/errors.ts'
import { pickTitle } from '../i18n/index.ts'
import type { Settings } from '../state/settings.ts'

/** What an error means, for the one who met it. */
export function reasonOf(error: unknown, { t, lang }: Settings): string {
  if (error instanceof OfflineError) return t('error.network')
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : ''
  const title = pickTitle(lang.value, error.title, error.titleEn)
  const detail = pickTitle(lang.value, error.detail, error.detailEn)
  return [title, detail].filter(Boolean).join(lang.value === 'zh' ? '：' : ': ') || `HTTP ${error.status}`
}

/** What is wrong with one place of what was sent; undefined where nothing is. */
export function faultText(error: unknown, pointer: string, { lang }: Settings): string | undefined {
  const fault = error instanceof ApiError ? error.faultAt(pointer) : undefined
  return fault && pickTitle(lang.value, fault.detail, fault.detail_en)
}
