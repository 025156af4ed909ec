import { describe, expect, it } from 'vitest'
import { badgeOf } from '../../src/background/news.ts'
import { STANDINGS, type Standing } from '../../src/verify/claims/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { diceFrom } from '../support/mutate.ts'
import { edited, poolOf } from './edits.ts'
import { subjects } from './subjects.ts'

/**
 * Rule 0 of docs/CLAIMS.md: no edit of octets that nobody vouches for makes a row verified or assumed that was not, takes a weaker party out of
 * the picture, or silences an alarm. `RULE0_RUNS=1000` makes a long run of it.
 */
const RUNS = Number(process.env['RULE0_RUNS'] ?? 40)
const SEED = process.env['RULE0_SEED'] ?? 'rule-0'

const rank = (standing: Standing): number => STANDINGS.indexOf(standing)

/**
 * What an edit gained, in words; empty where it gained nothing. A row may say less of what is wrong (assumed, after failed) only where another
 * sank for it: whoever spoils the receipt is no longer told what the receipt had said, and is told that it does not hold.
 */
function gains(before: Report, after: Report): readonly string[] {
  const sank = after.claims.some(({ id, standing }) => rank(standing) < rank(standingOf(before, id)))
  const rows = after.claims.flatMap(({ id, standing }) => {
    const was = standingOf(before, id)
    const raised = rank(standing) > rank(was) && (standing === 'verified' || (standing === 'assumed' && !sank))
    return raised ? [`${id} from ${was} to ${standing}`] : []
  })
  return [...rows, ...hopsLost(before, after), ...alarmsLost(before, after)]
}

/** Without an authentic receipt nobody is known, and the signature's own row says so. A party that provably only read along is named as such. */
function hopsLost(before: Report, after: Report): readonly string[] {
  const holds = (report: Report) => ['verified', 'assumed'].includes(standingOf(report, 'signature'))
  const count = ({ claims, findings }: Report) =>
    Math.max(1, claims.find(({ id }) => id === 'environment')?.hops.length ?? 0) +
    findings.filter(({ check }) => check === 'parties.reader').length
  return holds(after) && count(after) < count(before) ? [`${count(before)} hops became ${count(after)}`] : []
}

function alarmsLost(before: Report, after: Report): readonly string[] {
  return badgeOf(before) === '!' && badgeOf(after) !== '!' ? [`the badge ! became “${badgeOf(after)}”`] : []
}

function standingOf({ claims }: Report, id: string): Standing {
  return claims.find((claim) => claim.id === id)?.standing ?? 'unchecked'
}

/**
 * Exempt by name: who shows no evidence at all is not accused of what it would have shown. The rows say that there is none (the last test here);
 * that it was asked for and not given is the gatherer's to say.
 */
const WITHHELD: readonly (readonly [edit: string, gain: string])[] = [['evidence: none', 'the badge ! became']]

describe('what nobody signed only lowers', async () => {
  const all = await subjects()
  const pool = poolOf(all.map(({ dossier }) => dossier))
  it.each(all)('$name', async ({ name, dossier, judge }) => {
    const dice = diceFrom(`${SEED} ${name}`)
    const before = await judge(dossier)
    for (let run = 0; run < RUNS; run += 1) {
      const { what, dossier: changed } = edited(dossier, pool, dice)
      const after = await judge(changed)
      const won = gains(before, after).filter((gain) => !WITHHELD.some(([edit, said]) => edit === what && gain.startsWith(said)))
      expect({ what, won }).toEqual({ what, won: [] })
    }
  })
  it('would notice: an edit that gains is one', async () => {
    const honest = all.find(({ name }) => name === 'inference-receipt honest')
    const failing = all.find(({ name }) => name === 'inference-receipt debug')
    if (honest === undefined || failing === undefined) throw new Error('no subject')
    const won = gains(await failing.judge(failing.dossier), await honest.judge(honest.dossier))
    expect(won).toContain('signature from assumed to verified')
    expect(won).toContain('the badge ! became “”')
  })
  it('says so where evidence is withheld altogether', async () => {
    for (const { dossier, judge } of all) {
      const report = await judge({ ...dossier, evidence: [] })
      if (dossier.evidence.length > 0 && !dossier.receipts.some(({ text }) => text.includes('"att"'))) {
        expect(standingOf(report, 'environment')).not.toBe('verified')
      }
    }
  })
})
