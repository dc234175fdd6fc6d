import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFeedWindow, WINDOW_MS } from '../../src/revocation/feed-window.ts'
import { type FeedRow, type Judged, MIN_WINDOW } from '../../src/revocation/revocations.ts'

const NOW = 10 * WINDOW_MS
const row = (id: number, said: Partial<FeedRow>): FeedRow => ({
  id,
  at: NOW,
  kind: 'end',
  sessionId: null,
  subjectId: null,
  spared: null,
  ...said,
})
const session = (said: Partial<Judged> = {}): Judged => ({
  id: 's1',
  lineage: 'l1',
  subjectId: 'ada',
  family: null,
  position: 0,
  ...said,
})

const names = fc.constantFrom('a', 'b', 'c')
const anyRow = fc
  .record({
    kind: fc.constantFrom('end', 'reload'),
    bySession: fc.boolean(),
    name: names,
    spared: fc.option(names),
  })
  .map(({ kind, bySession, name, spared }) => ({
    kind,
    sessionId: bySession ? `session-${name}` : null,
    subjectId: bySession ? null : `subject-${name}`,
    spared: bySession || spared === null ? null : `session-${spared}`,
  }))
const anySession = fc
  .record({ name: names, lineage: names, subject: names, family: fc.option(names), position: fc.nat(40) })
  .map(
    ({ name, lineage, subject, family, position }): Judged => ({
      id: `session-${name}`,
      lineage: `session-${lineage}`,
      subjectId: `subject-${subject}`,
      family: family === null ? null : `session-${family}`,
      position,
    }),
  )

/** What the whole table says, row by row. */
function judgeAll(rows: readonly FeedRow[], { id, lineage, subjectId, family, position }: Judged) {
  const about = rows.filter(
    (each) =>
      each.id > position &&
      (each.sessionId === id ||
        each.sessionId === lineage ||
        (family !== null && each.sessionId === family) ||
        (each.subjectId === subjectId && each.spared !== id)),
  )
  if (about.some(({ kind }) => kind === 'end')) return 'ended'
  return about.length > 0 ? 'reload' : 'valid'
}

describe('the window of the feed', () => {
  it('P12: says of any session what the whole table says, however the rows arrived', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 40 }),
        fc.infiniteStream(fc.nat(7)),
        anySession,
        (some, sizes, asked) => {
          const rows = some.map((each, index) => row(index + 1, each as Partial<FeedRow>))
          const window = createFeedWindow()
          window.replace(rows.slice(0, 3), NOW)
          for (let at = 3; at < rows.length; ) {
            const size = sizes.next().value
            // Readers overlap, and a row of one's own is known before its turn.
            const noted = rows[at + size]
            if (noted) window.note(noted)
            window.append(rows.slice(Math.max(0, at - 2), at + size), NOW)
            at += size
          }
          expect(window.judge(asked, NOW)).toBe(judgeAll(rows, asked))
          expect(window.position).toBe(rows.length)
        },
      ),
    )
  })

  it('forgets rows that are old and many, and says where they might have mattered', () => {
    const window = createFeedWindow()
    const rows = Array.from({ length: 3 * MIN_WINDOW }, (_, i) =>
      row(i + 1, { sessionId: `s${i + 1}`, at: NOW - WINDOW_MS }),
    )
    window.append(rows, NOW)
    expect(window.judge(session({ id: 's2', position: 1 }), NOW - 1)).toBe('ended')
    window.append([row(rows.length + 1, { sessionId: 'x' })], NOW + 1)
    expect(window.size).toBe(MIN_WINDOW)
    expect(window.judge(session({ id: `s${rows.length}`, position: 1 }), NOW + 1)).toBe('ended')
    // Dropped rows are older than KV takes to tell, so a record that is still there is good.
    expect(window.judge(session({ id: 's2', position: 1 }), NOW + 1)).toBe('valid')
  })

  it('does not know what so many rows said that it had to drop young ones', () => {
    const window = createFeedWindow()
    const rows = Array.from({ length: 25_000 }, (_, i) => row(i + 1, { sessionId: `s${i + 1}` }))
    window.append(rows, NOW)
    expect(window.size).toBe(20_000)
    expect(window.judge(session({ id: 's1', position: 0 }), NOW)).toBe('unknown')
    expect(window.judge(session({ id: 's24999', position: 20_000 }), NOW)).toBe('ended')
    expect(window.judge(session({ id: 'other', position: 20_000 }), NOW)).toBe('valid')
    expect(window.judge(session({ id: 'other', position: 0 }), NOW + WINDOW_MS)).toBe('valid')
  })

  it('a read that began earlier and ended later takes nothing back', () => {
    const window = createFeedWindow()
    window.append([row(1, { sessionId: 's1' }), row(2, { sessionId: 's2' })], NOW)
    window.replace([row(1, { sessionId: 's1' })], NOW)
    expect([window.position, window.judge(session({ id: 's2' }), NOW)]).toEqual([2, 'ended'])
  })

  it('rows of its own making are bounded where no feed confirms them', () => {
    const window = createFeedWindow()
    for (let id = 1; id <= 5000; id++) window.note(row(id, { sessionId: `s${id}` }))
    expect(window.judge(session({ id: 's5000' }), NOW)).toBe('ended')
    expect(window.judge(session({ id: 's1' }), NOW)).toBe('valid')
  })
})
