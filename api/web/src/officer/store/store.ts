import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type {
  Bodies, CommandKind, Counts, Draft, DraftWithPhotos, DueEntry, Entry, Instant, KeptPhoto, MyProblem, Pack, PackProgress, PhotoKind, PhotoNetwork, PhotoRef, StorageState,
  SyncState, Uuid,
} from './types.ts'
import type { DueList } from './overlay.ts'
import type { AppVersion } from './worker.ts'

/** A picture to be kept with a record: a new one, or one that a draft keeps already. */
export type PhotoInput = { file: Blob; kind: PhotoKind; taken_at?: Instant } | { id: Uuid }

export interface RecordOptions {
  photos?: PhotoInput[]
  /** Photos of the problem inside a check (body.problem), where there is one. */
  problemPhotos?: PhotoInput[]
  /** The draft that this was; it goes in the same transaction. */
  draft?: Uuid
  /** What lists call it: "公厕 A012". */
  label: string
}

/** What an officer's phone keeps: one per account, in IndexedDB. Refs follow the database, whichever tab writes it. */
export interface OfficerStore {
  readonly account: string
  /** This device's id as the account's; undefined until the database is open. */
  device: Readonly<Ref<Uuid | undefined>>

  pack: Readonly<ShallowRef<Pack | undefined>>
  /** The pack's due list as it stands now, with what was done here, in the order of the pack. */
  due: ComputedRef<DueEntry[]>
  /** Another due list of the server's as it stands now, by the pack's timetables. */
  stand(list: DueList): DueEntry[]
  problems: ComputedRef<MyProblem[]>
  /** Everything recorded here and not swept yet, newest first. */
  entries: Readonly<ShallowRef<Entry[]>>
  drafts: Readonly<ShallowRef<DraftWithPhotos[]>>
  counts: ComputedRef<Counts>
  /** What the phone keeps has been read: before that, what is not there may only not be there yet. */
  read: Readonly<Ref<boolean>>
  sync: Readonly<Ref<SyncState>>
  storage: Readonly<Ref<StorageState>>
  packing: Readonly<Ref<PackProgress | undefined>>
  photoNetwork: Ref<PhotoNetwork>

  /**
   * Keeps a record with its photos in one transaction; when it resolves, the record survives everything but the loss of the phone. Sends nothing
   * itself: that begins in the background. Throws FullError when the phone has no room, and TooLargeError or EmptyPhotoError for a picture.
   */
  record<K extends CommandKind>(kind: K, body: Bodies[K], options: RecordOptions): Promise<Entry>
  saveDraft(draft: Omit<Draft, 'id' | 'updated_at'> & { id?: Uuid }): Promise<Uuid>
  /** Keeps a picture with a draft at once, so that it is not lost with the app. */
  addPhoto(draft: Uuid, file: Blob, kind: PhotoKind, takenAt?: Instant): Promise<KeptPhoto>
  dropPhoto(id: Uuid): Promise<void>
  dropDraft(id: Uuid): Promise<void>
  /** The original, while it is here. */
  original(sha256: string): Promise<Blob | undefined>

  markRead(keys: readonly Uuid[]): Promise<void>
  /** Tries now, whatever it waits for. Resolves when nothing more can be sent now. */
  syncNow(): Promise<void>
  /** Sends the photos now on whatever network there is. */
  sendPhotos(): Promise<void>
  /** Fetches the pack, and the tiles of the own area where asked for. Throws ApiError or OfflineError; the old pack stays. */
  refreshPack(options?: { tiles?: boolean }): Promise<void>
  /** The server's time, for display: the device's corrected by what the last answers said. What is worked out with it follows the time. */
  now(): Date
  /** How far the server's clock is ahead of the device's, in milliseconds. */
  skewMs: Readonly<Ref<number>>

  /** Of the app itself, as the service worker has installed it. */
  version: AppVersion
  /** Asks the browser to keep the data. Best after a touch. */
  persist(): Promise<boolean>
  /** Begins to send and to follow; end() stops it. */
  start(): void
  end(): void
  /**
   * Removes everything of the account from the device, and ends. Throws UnsentError while something has not arrived or was only begun, unless `force` says that the user
   * confirmed. `keepUnsent` leaves what has not arrived and what was begun, for when the same account signs in again, and nothing else.
   */
  wipe(options?: { force?: boolean; keepUnsent?: boolean }): Promise<void>
}

export type { PhotoRef }

/** There is no room on the device. */
export class FullError extends Error { override name = 'FullError' }
/** A picture of more bytes than the server takes. */
export class TooLargeError extends Error { override name = 'TooLargeError' }
/** A picture without a byte. */
export class EmptyPhotoError extends Error { override name = 'EmptyPhotoError' }
/** Somebody else is signed in: what is asked for would be theirs. */
export class OtherAccountError extends Error { override name = 'OtherAccountError' }
/** What was recorded here has not all arrived. */
export class UnsentError extends Error {
  override name = 'UnsentError'
  readonly counts: Counts
  constructor(counts: Counts) {
    super('not everything has been sent')
    this.counts = counts
  }
}
