import type { IconName } from '../ui/icons.ts'
import type { Entry } from './store/types.ts'

export type OutcomeState = 'queued' | 'sent' | 'waiting' | 'done' | 'doubt' | 'conflict' | 'refused'

/** How what became of a record looks: a word, a sign and a tone. */
export function outcomeOf({ status, outcome, aside, photos }: Entry): { state: OutcomeState; icon: IconName; tone: string } {
  if (aside && status !== 'acked') return { state: 'refused', icon: 'alert', tone: 'bad' }
  if (status !== 'acked') return status === 'sent' ? { state: 'sent', icon: 'upload', tone: 'warn' } : { state: 'queued', icon: 'clock', tone: 'warn' }
  switch (outcome?.status) {
    case 'conflict': return { state: 'conflict', icon: 'alert', tone: 'warn' }
    case 'refused': return { state: 'refused', icon: 'close', tone: 'bad' }
    case 'waiting': return { state: 'waiting', icon: 'clock', tone: 'warn' }
    default: return (outcome?.flags?.length ?? 0) > 0 || photos.some(({ state }) => state === 'refused')
      ? { state: 'doubt', icon: 'check', tone: 'warn' }
      : { state: 'done', icon: 'check', tone: 'good' }
  }
}
