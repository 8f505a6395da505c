import type { MessageKey } from '../i18n/index.ts'

export interface PasswordTry {
  name: string
  old: string
  next: string
  repeat: string
}

export interface Rule {
  label: MessageKey
  met: boolean
}

/** As the server has them (api/auth/strength.go), which besides refuses what everybody tries first. */
export const passwordLength = 10
const longest = 128
const differentCharacters = 5

/** Each rule and whether it is met: a password is judged by what is asked of it, and nobody guesses how strong it is. */
export function passwordRules({ name, old, next, repeat }: PasswordTry): Rule[] {
  const folded = next.toLowerCase()
  const characters = [...next].length
  const mostlyName = name !== '' && folded.includes(name.toLowerCase()) && folded.length < 2 * name.length + passwordLength
  return [
    { label: 'account.rule.length', met: characters >= passwordLength && characters <= longest },
    { label: 'account.rule.different', met: new Set(folded).size >= differentCharacters },
    { label: 'account.rule.name', met: next !== '' && !mostlyName },
    { label: 'account.rule.differs', met: next !== '' && next !== old },
    { label: 'account.rule.same', met: next !== '' && next === repeat },
  ]
}
