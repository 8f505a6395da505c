import type { Translate } from '../i18n/index.ts'
import type { MessageKey } from '../i18n/index.ts'
import { zh } from './zh.ts'
import type { MyProblem, StepKind } from './store/types.ts'

/** The state of a problem in words: ours where we have them, the server's otherwise. */
export function stateText({ state, state_title: title, here }: Pick<MyProblem, 'state' | 'state_title' | 'here'>, t: Translate): string {
  if (here && here.status !== 'acked') return t('officer.state.queued')
  const key = `officer.state.${state}`
  return key in zh ? t(key as MessageKey) : title ?? state
}

export function stateTone({ state, overdue, here }: Pick<MyProblem, 'state' | 'overdue' | 'here'>): string {
  if (here && here.status !== 'acked') return 'warn'
  if (state === 'closed' || state === 'void' || state === 'merged') return 'good'
  return overdue ? 'bad' : ''
}

/** What an officer does to a problem on the ground; the rest is the desk's. */
export const groundSteps: readonly StepKind[] = ['take', 'rectify', 'on_the_spot', 'pass', 'fail', 'look_back', 'return', 'comment']

/** Steps that say nothing without a picture or a word. */
export const needsWord: readonly StepKind[] = ['fail', 'return', 'comment', 'look_back']
