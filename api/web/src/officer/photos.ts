import type { App } from '../state/app.ts'
import { EmptyPhotoError, FullError, TooLargeError } from './store/store.ts'
import { reasonOf } from '../ui/reason.ts'
import type { KeptPhoto, PhotoKind } from './store/types.ts'

/** What was wrong with keeping something on this phone, for the one who holds it. */
export function keepingError(failure: unknown, { settings }: Pick<App, 'settings'>): string {
  const { t } = settings
  if (failure instanceof FullError) return t('officer.photo.full')
  if (failure instanceof TooLargeError) return t('officer.photo.tooLarge')
  if (failure instanceof EmptyPhotoError) return t('officer.photo.empty')
  return reasonOf(failure, settings) || t('officer.notKept')
}

export function ofKind(photos: readonly KeptPhoto[], ...kinds: PhotoKind[]): KeptPhoto[] {
  return photos.filter(({ kind }) => kinds.includes(kind))
}
