import type { MessageKey } from '../i18n/index.ts'

/** The least length of a password, in characters. The server has the same rules and the last word. */
export const passwordLength = 10

export interface PasswordTry {
  name: string
  old?: string
  next: string
  repeat: string
}

export interface Rule {
  label: MessageKey
  met: boolean
}

const kinds = [/\p{L}/u, /\d/, /[^\p{L}\d]/u]
const han = /\p{Script=Han}/u

/** Each rule and whether it is met: a password is judged by what is asked of it, and nobody guesses how strong it is. */
export function passwordRules({ name, old, next, repeat }: PasswordTry): Rule[] {
  const kindCount = kinds.filter((kind) => kind.test(next.replace(/\p{Script=Han}/gu, ''))).length + (han.test(next) ? 1 : 0)
  return [
    { label: 'account.rule.length', met: [...next].length >= passwordLength },
    { label: 'account.rule.kinds', met: kindCount >= 2 },
    { label: 'account.rule.name', met: next !== '' && !next.toLowerCase().includes(name.toLowerCase()) },
    ...(old === undefined ? [] : [{ label: 'account.rule.differs' as const, met: next !== '' && next !== old }]),
    { label: 'account.rule.same', met: next !== '' && next === repeat },
  ]
}
