/** The steps of the desk, what leads on first: what is in hand is rectified sooner than it is handed to another. The others are the officer's. */
export const deskSteps = ['take', 'rectify', 'pass', 'fail', 'resume', 'dispatch', 'look_back', 'return', 'suspend', 'merge', 'void', 'comment'] as const
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
