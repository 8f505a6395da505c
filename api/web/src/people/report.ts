import type { ImportReport } from '../api/people.ts'

/** What is to be said of the rows, for a spreadsheet: UTF-8 with a mark at its beginning, by which Excel knows it. */
export function reportOf({ rows }: Pick<ImportReport, 'rows'>, words: { sheet: string; row: string; state: string; reason: string; rejected: string; taken: string }, lang: 'zh' | 'en'): Blob {
  const lines = [
    [words.sheet, words.row, words.state, words.reason],
    ...rows.map(({ sheet, row, reason, reason_en, rejected }) => [sheet, row === 0 ? '' : String(row), rejected ? words.rejected : words.taken, lang === 'en' ? reason_en : reason]),
  ]
  return new Blob([`\uFEFF${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' })
}

/** Quoted, and never a formula: what a ledger says may begin with an equals sign. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${harmless.replace(/"/g, '""')}"`
}

/** Gives a file to the one who looks at the page. */
export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => { URL.revokeObjectURL(url) }, 10_000)
}
