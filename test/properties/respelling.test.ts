import { describe, expect, it } from 'vitest'
import { badgeOf } from '../../src/background/news.ts'
import type { Report } from '../../src/verify/report.ts'
import { MEANING, OF_CHAT_SIGNATURES, OF_JSON, OF_STRINGS, receiptsRespelled, respelled, rewritten } from './spellings.ts'
import { subjects } from './subjects.ts'

/**
 * Respelling changes nothing: documents that say the same in another spelling give the same rows, honest or not. Its counterpart: a change that
 * carries meaning still lowers. Both over every simulated service and format that has such a part.
 */
const rows = ({ claims }: Report) =>
  claims.map(({ id, standing, hops }) => [id, standing, ...hops.map((hop) => `${hop.role} ${hop.standing}`)])

describe('respelling', async () => {
  const all = await subjects()
  const applied = new Set<string>()

  it.each(all)('changes nothing: $name', async ({ dossier, judge }) => {
    const report = await judge(dossier)
    const before = [rows(report), badgeOf(report)]
    const others = [
      ...OF_STRINGS.map((spelling) => ({ name: spelling.name, other: respelled(dossier, spelling) })),
      ...OF_CHAT_SIGNATURES.map((spelling) => ({ name: spelling.name, other: receiptsRespelled(dossier, spelling) })),
      ...OF_JSON.map((writing) => ({ name: writing.name, other: rewritten(dossier, writing) })),
    ]
    for (const { name, other } of others) {
      if (other === undefined) continue
      applied.add(name)
      const after = await judge(other)
      expect([name, rows(after), badgeOf(after)]).toEqual([name, ...before])
    }
  })

  it.each(all)('that changes what is said lowers: $name', async ({ dossier, judge }) => {
    const before = await judge(dossier)
    for (const change of MEANING) {
      const other = respelled(dossier, change)
      if (other === undefined) continue
      applied.add(change.name)
      const held = before.claims.find(({ id }) => id === 'environment')?.hops.filter(({ standing }) => standing === 'verified').length ?? 0
      const holds = (await judge(other)).claims
        .find(({ id }) => id === 'environment')
        ?.hops.filter(({ standing }) => standing === 'verified')
      expect([change.name, holds]).toEqual([change.name, held === 0 ? expect.anything() : []])
    }
  })

  it('was tried in every way that is listed', () => {
    const names = [...OF_STRINGS, ...OF_CHAT_SIGNATURES, ...OF_JSON, ...MEANING].map(({ name }) => name)
    expect(names.filter((name) => !applied.has(name))).toEqual([])
  })
})
