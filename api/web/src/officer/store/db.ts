import { Dexie, type Table } from 'dexie'
import { uuid } from './hash.ts'
import type { Command, Draft, Instant, LocalStatus, Outcome, Pack, PhotoRef, PhotoState, Uuid } from './types.ts'

/** This device as the account's; one row. The next sequence number is taken in the transaction that keeps the command. */
export interface DeviceRow {
  one: 'device'
  id: Uuid
  account: string
  next_seq: number
}

export interface CommandRow extends Command {
  status: LocalStatus
  outcome?: Outcome
  /** By the device's clock: when the outcome came. */
  acked_at?: Instant
  /** How far the server's clock was ahead of the device's then. */
  skew_ms?: number
  /** The server does not even take it in a batch of its own; it is tried again by and by, and those behind it go on. */
  aside?: { at: Instant; status: number; title: string; title_en: string }
  read: boolean
  label: string
}

/** A picture's place in a draft or a command; its bytes and what became of them are told by their hash. */
export interface PhotoRow extends PhotoRef {
  owner: string
  type: string
}

/** Bytes on their way, whoever uses them. */
export interface UploadRow {
  sha256: string
  bytes: number
  type: string
  state: PhotoState
  offset: number
  reason?: { type: string; title: string; title_en: string }
  /** By the device's clock. */
  stored_at?: Instant
}

/** The bytes themselves, apart from all that is listed: lists stay light. */
export interface OriginalRow {
  sha256: string
  data: ArrayBuffer
}

/** The pack is taken as a whole and replaced as a whole. */
export interface PackRow {
  one: 'pack'
  pack: Pack
  etag?: string
  /** By the device's clock: when it was asked for. What was acknowledged later may not be in it. */
  asked_at: Instant
}

export interface SettingRow {
  name: string
  value: unknown
}

/**
 * What an officer's phone keeps. Each account has a database of its own: another account on the same phone never sees or sends the first one's.
 * Transactions are strict: what the page calls saved is on the disk, not in a buffer.
 */
export class OfficerDb extends Dexie {
  declare device: Table<DeviceRow, 'device'>
  declare commands: Table<CommandRow, number>
  declare photos: Table<PhotoRow, Uuid>
  declare uploads: Table<UploadRow, string>
  declare originals: Table<OriginalRow, string>
  declare drafts: Table<Draft, Uuid>
  declare packs: Table<PackRow, 'pack'>
  declare settings: Table<SettingRow, string>

  constructor(account: string) {
    super(databaseName(account), { chromeTransactionDurability: 'strict', cache: 'disabled' })
    this.version(1).stores({
      device: 'one',
      commands: 'seq, &key, status',
      photos: 'id, owner, sha256',
      uploads: 'sha256, state',
      originals: 'sha256',
      drafts: 'id, updated_at',
      packs: 'one',
      settings: 'name',
    })
    this.on('populate', (tx) => {
      const row: DeviceRow = { one: 'device', id: uuid(), account, next_seq: 1 }
      void tx.table('device').add(row)
    })
  }

  async setting<T>(name: string): Promise<T | undefined> {
    return (await this.settings.get(name))?.value as T | undefined
  }

  async set(name: string, value: unknown): Promise<void> {
    await this.settings.put({ name, value })
  }
}

const prefix = 'wangge-officer:'

export function databaseName(account: string): string {
  return prefix + account
}

export const ownerOfDraft = (id: Uuid): string => `draft:${id}`
export const ownerOfCommand = (key: Uuid): string => `command:${key}`
