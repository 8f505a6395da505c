import { nextTick, reactive, ref } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { useDraft } from '../../../src/officer/draft.ts'
import type { OfficerStore } from '../../../src/officer/store/store.ts'

describe('a draft', () => {
  it('is kept on where it could not be recorded', async () => {
    const kept: unknown[] = []
    const store = { drafts: ref([]), saveDraft: vi.fn(({ form: now }: { form: unknown }) => { kept.push(now); return Promise.resolve('d') }) }
    const form = reactive({ note: '' })
    const draft = useDraft(store as unknown as OfficerStore, { kind: 'check', label: () => '', form })
    form.note = 'a'
    await vi.waitFor(() => { expect(kept).toEqual([{ note: 'a' }]) })
    await draft.close()
    form.note = 'b'
    await nextTick()
    expect(kept.length).toBe(1)
    draft.reopen() // the phone was full
    form.note = 'c'
    await vi.waitFor(() => { expect(kept.at(-1)).toEqual({ note: 'c' }) })
  })
})
