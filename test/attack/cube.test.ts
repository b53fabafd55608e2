import { describe, expect, test } from 'vitest'
import type { Rule } from '../../packages/disclosure/rules.ts'
import { publicIntervals } from './bounds.ts'
import { inventedCube } from './county.ts'
import { attack, rules, withoutOf } from './cube.ts'
import { linearTally } from './cubes.ts'
import { exposed } from './judge.ts'
import { knowledgeOf } from './knowledge.ts'

const cubes = [1, 2, 3].map((seed) => inventedCube({ primaries: 12, secondaries: 4, weeks: 2 }, seed))
/** Hardly anyone is counted twice in the year: its half-terms nearly add up. */
const rare = inventedCube({ primaries: 13, secondaries: 3, weeks: 6 }, 1, [0.2, 0.5, 1, 4])
const sum = (numbers: number[]) => numbers.reduce((so, one) => so + one, 0)

describe('with every rule on', () => {
  test('neither the public nor any lead learns a protected figure of others, by passing bounds along', () => {
    for (const cube of cubes) {
      const attacked = attack(cube, withoutOf(undefined), { auditAsLeads: true })
      expect(attacked.public.secret).toBeGreaterThan(100)
      expect(exposed(attacked.public)).toBe(0)
      expect(exposed(attacked.leads)).toBe(0)
    }
  })

  test('linear programming under everything published at once learns none of all protected figures', async () => {
    const { publication } = attack(cubes[0]!, withoutOf(undefined), { asLeads: false, auditAsLeads: true })
    const knowledge = knowledgeOf(cubes[0]!, publication)
    const tally = await linearTally(knowledge, Number.POSITIVE_INFINITY, 1)
    expect(tally.secret).toBeGreaterThan(700)
    expect(exposed(tally)).toBe(0)
    for (const lead of [0, 15]) {
      const learned = await linearTally(knowledge, 6, 1, lead)
      expect(learned.secret).toBeGreaterThan(20)
      expect(exposed(learned)).toBe(0)
    }
  })
})

describe('with one rule off', () => {
  const without = (off: Rule) =>
    cubes.map((cube) => attack(cube, withoutOf(off), { asLeads: off === 'lead' || off === 'audit' }))
  const base = without('audit')

  test.each(rules.filter((rule) => rule !== 'derived'))(
    '%s: more is exposed than by the missing audit alone',
    (off) => {
      const found = without(off)
      const seen = (all: typeof found) => sum(all.map((one) => exposed(one.public)))
      const byLeads = (all: typeof found) => sum(all.map((one) => exposed(one.leads)))
      if (off === 'lead') expect(byLeads(found)).toBeGreaterThan(byLeads(base))
      else expect(seen(found)).toBeGreaterThan(seen(base))
    },
  )

  test('derived lines: linear programming finds what the audit no longer sees', async () => {
    const { publication } = attack(rare, withoutOf('derived'), { asLeads: false })
    expect(exposed(await linearTally(knowledgeOf(rare, publication), 40, 1))).toBeGreaterThan(0)
  })

  test('audit: something is exposed', () => {
    expect(sum(base.map((one) => exposed(one.public)))).toBeGreaterThan(0)
  })
})

test('the bounds of the attack never exclude the truth', () => {
  const { publication } = attack(cubes[0]!, withoutOf('secondary'), { asLeads: false })
  const knowledge = knowledgeOf(cubes[0]!, publication)
  const { low, high } = publicIntervals(knowledge)
  knowledge.truth.forEach((value, at) => {
    expect(low[at]).toBeLessThanOrEqual(value)
    expect(high[at]).toBeGreaterThanOrEqual(value)
  })
})
