/** One line of a picker. */
export interface Choice {
  key: string
  title: string
  subtitle?: string
}
