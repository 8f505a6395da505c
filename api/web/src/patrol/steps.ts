/** The steps of the desk, what is most likely first. The others are the officer's. */
export const deskSteps = ['dispatch', 'take', 'rectify', 'pass', 'fail', 'resume', 'look_back', 'return', 'suspend', 'merge', 'void', 'comment'] as const
export type DeskStep = (typeof deskSteps)[number]

export const stepKinds = ['report', 'on_the_spot', ...deskSteps] as const

/** Steps that send something back or end it without its being done. */
export function isAlarming(kind: DeskStep): boolean {
  return kind === 'fail' || kind === 'void'
}

/** Steps that want words. */
export function wantsNote(kind: DeskStep): boolean {
  return kind === 'return' || kind === 'fail' || kind === 'suspend' || kind === 'void' || kind === 'comment'
}
