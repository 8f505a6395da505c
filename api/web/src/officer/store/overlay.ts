import { standAt } from './ahead.ts'
import { ownerOfCommand, type CommandRow, type PackRow, type PhotoRow, type UploadRow } from './db.ts'
import type { CheckBody, Counts, DueEntry, DueItem, Entry, Instant, KeptPhoto, MyProblem, PackProblem, ProblemBody, StepBody, Timetable } from './types.ts'

/** Photos with what became of their bytes. */
export function withUploads(photos: readonly PhotoRow[], uploads: ReadonlyMap<string, UploadRow>, here: ReadonlySet<string>): KeptPhoto[] {
  return photos.map((photo) => {
    const upload = uploads.get(photo.sha256)
    return {
      ...photo, state: upload?.state ?? 'local', offset: upload?.offset ?? 0, here: here.has(photo.sha256), ...(upload?.reason && { reason: upload.reason }),
    }
  })
}

/** Newest first. */
export function entriesOf(commands: readonly CommandRow[], photos: readonly KeptPhoto[]): Entry[] {
  const byOwner = new Map<string, KeptPhoto[]>()
  for (const photo of photos) byOwner.set(photo.owner, [...byOwner.get(photo.owner) ?? [], photo])
  return commands.map((command) => ({ ...command, photos: byOwner.get(ownerOfCommand(command.key)) ?? [] })).sort((a, b) => b.seq - a.seq)
}

export function countsOf(entries: readonly Entry[], drafts: number): Counts {
  const left = new Map(entries.filter(({ outcome }) => outcome?.status !== 'refused').flatMap(({ photos }) => photos)
    .filter(({ state }) => state === 'local' || state === 'partial').map((photo) => [photo.sha256, photo]))
  return {
    queued: entries.filter(({ status }) => status !== 'acked').length,
    photosLeft: left.size,
    bytesLeft: [...left.values()].reduce((sum, { bytes, offset }) => sum + bytes - offset, 0),
    unread: entries.filter(({ read, status, aside }) => !read && (status === 'acked' || aside)).length,
    drafts,
  }
}

/** The pack does not know of it: it went out later, or has not gone out. What was refused did not happen. */
function isAhead(entry: Entry, pack: PackRow): boolean {
  return entry.outcome?.status !== 'refused' && (entry.acked_at === undefined || entry.acked_at > pack.asked_at)
}

/** A due list as the server made it. */
export interface DueList {
  items: readonly DueItem[]
  made_at: Instant
}

/** A due list as it stands now, with what was checked here. What was refused did not happen; nothing has happened later than now. */
export function dueOf({ items, made_at: madeAt }: DueList, timetables: readonly Timetable[], entries: readonly Entry[], skewMs: number, now: number): DueEntry[] {
  const checks = entries.filter(({ kind, outcome }) => kind === 'check' && outcome?.status !== 'refused')
    .map((entry) => ({ entry, body: entry.body as CheckBody, at: Math.min(now, Date.parse(entry.made_at) + (entry.skew_ms ?? skewMs)) }))
  return standAt(items, madeAt, timetables, checks, now)
}

/** The pack's problems with the steps taken here, and before them those reported here. */
export function problemsOf(row: PackRow | undefined, entries: readonly Entry[]): MyProblem[] {
  const known = new Set(row?.pack.problems.map(({ id }) => id))
  const made = entries.flatMap((entry) => {
    const body = entry.kind === 'problem' ? entry.body as ProblemBody : entry.kind === 'check' ? (entry.body as CheckBody).problem : undefined
    return body?.id === undefined || known.has(body.id) || entry.outcome?.status === 'refused' ? [] : [madeHere(entry, body, row)]
  })
  const packed = (row?.pack.problems ?? []).map((problem): MyProblem => {
    const step = row && entries.find((entry) => entry.kind === 'step' && (entry.body as StepBody).problem === problem.id && isAhead(entry, row))
    return step ? { ...problem, ...(step.outcome?.state && { state: step.outcome.state }), here: hereOf(step) } : problem
  })
  return [...made, ...packed]
}

function madeHere(entry: Entry, body: ProblemBody, row: PackRow | undefined): MyProblem {
  const known = row?.pack.classes.find(({ code }) => code === body.class)
  const check = entry.kind === 'check' ? entry.body as CheckBody : undefined
  const fix = body.fix ?? check?.fix
  const outcome = entry.outcome
  const problem: PackProblem = {
    id: body.id ?? entry.key, number: (entry.kind === 'problem' && outcome?.number) || '', class: body.class, title: body.title ?? known?.title ?? entry.label,
    lon: fix?.lon ?? null, lat: fix?.lat ?? null, subject: body.subject ?? check?.subject ?? null, state: (entry.kind === 'problem' && outcome?.state) || 'recorded', at: entry.made_at, revision: 0,
    ...(known && { class_title: known.title }),
  }
  return { ...problem, here: hereOf(entry) }
}

function hereOf({ key, status, outcome }: Entry): NonNullable<MyProblem['here']> {
  return { key, status, ...(outcome && { outcome }) }
}
