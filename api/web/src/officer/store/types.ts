import type { Geometry } from 'geojson'

export type * from './packed.ts'

/** What a phone sends and is told, as the API has it (grid/patrol), and what this device keeps of it. */

export type Uuid = string
/** ISO 8601. */
export type Instant = string
export type Flag = 'no_position' | 'zero' | 'inaccurate' | 'far' | 'outside' | 'shifted' | 'moved' | 'clock' | 'not_own' | 'grid_retired' | 'gone' | 'late' | 'no_photo'

export interface SubjectRef {
  /** A layer's id, place or grid. */
  kind: string
  id: number
}

/** Where a device says that it is. Degrees, longitude first. */
export interface Fix {
  lon: number
  lat: number
  accuracy_m?: number
  datum?: 'wgs84' | 'gcj02' | 'bd09'
  source?: 'gps' | 'pin' | 'exif'
  /** Where the device was, when the pin was moved away from it. */
  gps?: [number, number]
}

export type PhotoKind = 'near' | 'far' | 'reference' | 'before' | 'after' | 'other'

export interface PhotoRef {
  id: Uuid
  sha256: string
  bytes: number
  kind: PhotoKind
  taken_at?: Instant
}

export type Answer = 'pass' | 'fail' | 'na'

/** The bodies of commands, without their photos: those are given beside. `id` is chosen by the store where it is left out. */
export interface CheckBody {
  id?: Uuid
  plan?: string
  subject: SubjectRef
  checklist: string
  edition: string
  result: 'normal' | 'abnormal'
  answers: Record<string, Answer>
  note?: string
  fix?: Fix
  /** The revision of the feature as the officer saw it, 0 for unknown. */
  seen: number
  problem?: ProblemBody
}

export interface ProblemBody {
  id?: Uuid
  class: string
  title?: string
  note?: string
  fix?: Fix
  subject?: SubjectRef
  on_the_spot?: boolean
  check?: Uuid
  reopens?: Uuid
}

export type StepKind = 'report' | 'dispatch' | 'return' | 'take' | 'rectify' | 'pass' | 'fail' | 'suspend' | 'resume' | 'void' | 'merge' | 'look_back' | 'comment' | 'on_the_spot'

export interface StepBody {
  id?: Uuid
  problem: Uuid
  kind: StepKind
  seen: number
  dept?: string
  assignee?: number
  deadline?: Instant
  note?: string
  other?: string
}

export interface LedgerBody {
  id?: Uuid
  layer: string
  feature?: number
  finding: 'exists' | 'missing' | 'differs' | 'new'
  base?: number
  values?: Record<string, unknown>
  geometry?: Geometry
  note?: string
  fix?: Fix
}

export interface TrackBody {
  /** Longitude, latitude, Unix milliseconds, accuracy in metres. */
  points: [number, number, number, number][]
}

/** Settles a conflict: of what `of` wanted, these fields are to be as the officer has them after all. */
export interface MineBody {
  of: Uuid
  fields: string[]
  seen: number
}

export interface Bodies {
  check: CheckBody
  problem: ProblemBody
  step: StepBody
  ledger: LedgerBody
  track: TrackBody
  mine: MineBody
}
export type CommandKind = keyof Bodies

export interface Command {
  seq: number
  key: Uuid
  kind: CommandKind
  made_at: Instant
  body: unknown
}

export interface Clash {
  field: string
  title: string
  base: unknown
  mine: unknown
  theirs: unknown
  by?: string
  at?: Instant
  revision: number
}

export interface Outcome {
  seq: number
  key: Uuid
  status: 'done' | 'conflict' | 'refused' | 'waiting'
  type?: string
  title?: string
  title_en?: string
  detail?: string
  detail_en?: string
  flags?: Flag[]
  id?: Uuid
  number?: string
  state?: string
  clashes?: Clash[]
  revision?: number
}

// ---- the device

/** queued: only here; sent: it went out, and no answer came; acked: its outcome is known. */
export type LocalStatus = 'queued' | 'sent' | 'acked'

export type PhotoState = 'local' | 'partial' | 'stored' | 'refused'

/** A photo as the device has it. */
export interface KeptPhoto extends PhotoRef {
  /** 'draft:…' or 'command:…': what it belongs to. */
  owner: string
  type: string
  /** Of the bytes, whoever uses them. */
  state: PhotoState
  offset: number
  /** Why the server does not want it, in Chinese and English. */
  reason?: { type: string; title: string; title_en: string }
  /** The original is still on this device. */
  here: boolean
}

/** One thing that was recorded on this device, and what became of it. */
export interface Entry extends Command {
  status: LocalStatus
  outcome?: Outcome
  /** By the device's clock: when the outcome came. */
  acked_at?: Instant
  /** How far the server's clock was ahead of this one's then: the clock may be put right later. */
  skew_ms?: number
  /** The server did not even take it in a batch of its own; it is kept, and tried again every hour. */
  aside?: { at: Instant; status: number; title: string; title_en: string }
  /** Somebody looked at the outcome. One that is not done stays to be read until then. */
  read: boolean
  photos: KeptPhoto[]
  /** For lists: what it is about, as the page that recorded it said. */
  label: string
}

/** Something begun and not recorded yet; it survives the end of the app like everything else. */
export interface Draft {
  id: Uuid
  kind: CommandKind
  label: string
  /** What has been filled in so far, in whatever form the page likes. */
  form: unknown
  updated_at: Instant
}

export interface DraftWithPhotos extends Draft {
  photos: KeptPhoto[]
}

export type SyncPhase =
  | 'idle' // everything is sent
  | 'sending' // records
  | 'photos'
  | 'waiting' // for the next attempt, see nextAt
  | 'offline'
  | 'wifi' // photos wait for a better network, or for sendPhotos()
  | 'sign_in' // nobody is signed in
  | 'other_account' // somebody else is
  | 'refused' // the server does not take a batch as a whole; nothing is lost

export interface SyncState {
  phase: SyncPhase
  /** When everything that was there had last been sent. */
  doneAt?: Instant
  /** Of the next attempt, where it waits. */
  nextAt?: Instant
  /** What the server said, where it refused. */
  error?: { status: number; title: string; title_en: string; requestId?: string }
}

export interface Counts {
  /** Commands without an outcome. */
  queued: number
  photosLeft: number
  bytesLeft: number
  /** Outcomes to be read: conflicts, refusals, doubts and refused photos. */
  unread: number
  drafts: number
}

export interface StorageState {
  usage: number
  quota: number
  /** The browser promised not to throw the data away. */
  persisted: boolean
  /** low: below 200 MB left; full: below 40 MB: some should be sent before more photos are taken. What does not fit is refused with FullError. */
  level: 'ok' | 'low' | 'full'
}

export interface PackProgress {
  step: 'records' | 'tiles' | 'done'
  done: number
  total: number
}

/** auto: on networks that do not count bytes, as far as the browser can tell. */
export type PhotoNetwork = 'auto' | 'always'
