import { describe, expect, test } from 'vitest'
import type { Rule } from '../../packages/disclosure/rules.ts'
import { publicIntervals } from './bounds.ts'
import { inventedCube } from './county.ts'
import { attack, rules, withoutOf } from './cube.ts'
import { linearTally } from './cubes.ts'
import type { Tally } from './judge.ts'
import { knowledgeOf } from './knowledge.ts'

const cubes = [1, 2, 3].map((seed) => inventedCube({ primaries: 12, secondaries: 4, weeks: 2 }, seed))
const exposed = ({ pinned, failing, 'within 1': near }: Tally) => pinned + failing + near
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

  test('linear programming under everything published at once learns no more', async () => {
    const { publication } = attack(cubes[0]!, withoutOf(undefined), { asLeads: false })
    const tally = await linearTally(knowledgeOf(cubes[0]!, publication), 10, 1)
    expect(tally.secret).toBeGreaterThan(30)
    expect(exposed(tally)).toBe(0)
  })
})

describe('with one rule off', () => {
  const without = (off: Rule) =>
    cubes.map((cube) => attack(cube, withoutOf(off), { asLeads: off === 'lead' || off === 'audit' }))
  const base = without('audit')

  test.each(rules)('%s: more is exposed than by the missing audit alone', (off) => {
    const found = without(off)
    const seen = (all: typeof found) => sum(all.map((one) => exposed(one.public)))
    const byLeads = (all: typeof found) => sum(all.map((one) => exposed(one.leads)))
    if (off === 'lead') expect(byLeads(found)).toBeGreaterThan(byLeads(base))
    else expect(seen(found)).toBeGreaterThan(seen(base))
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
