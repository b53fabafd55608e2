import { type Cube, type CubeProfile, type Disclosure, type Publication, standard } from '@cairn/disclosure'
import { suppressWithout } from '../../packages/disclosure/cube.ts'
import { disclosureOf } from '../../packages/disclosure/publication.ts'
import type { Rule } from '../../packages/disclosure/rules.ts'
import { leadIntervals, publicIntervals } from './bounds.ts'
import { noTally, type Tally, tally } from './judge.ts'
import { knowledgeOf } from './knowledge.ts'

/** The rules, in the order of the table. */
export const rules: Rule[] = [
  'secondary',
  'schools to authority',
  'within schools',
  'within authority',
  'time',
  'outcomes',
  'denominators secondary',
  'sum',
  'lead',
  'pair tables',
  'derived',
]

/**
 * The audit closes what a missing rule leaves open, so a rule is shown to be needed with the audit off too; but for
 * the derived lines, which are what the audit looks along.
 */
export function withoutOf(rule: Rule | undefined): Set<Rule> {
  if (rule === undefined) return new Set()
  return new Set<Rule>(rule === 'derived' ? [rule] : [rule, 'audit'])
}

export interface Attacked {
  publication: Publication
  public: Tally
  /** Over all leads: what any of them can tell of others. */
  leads: Tally
  withheld: number
  suppressedIn: number
}

/** Publishes a cube with the given rules off. */
export function publish(
  cube: Cube,
  without: ReadonlySet<Rule>,
  { profile = standard, auditAsLeads = false }: { profile?: CubeProfile; auditAsLeads?: boolean } = {},
): Disclosure & { tookMs: number } {
  const started = performance.now()
  const suppressed = suppressWithout(cube, profile, without, auditAsLeads)
  const tookMs = performance.now() - started
  return { ...disclosureOf(suppressed), tookMs }
}

/** Publishes a cube with the given rules off, and reads it as the public and as each school's lead. */
export function attack(
  cube: Cube,
  without: ReadonlySet<Rule>,
  { profile = standard, asLeads = true, auditAsLeads = false } = {},
): Attacked {
  const { publication, withheld, tookMs } = publish(cube, without, { profile, auditAsLeads })
  const knowledge = knowledgeOf(cube, publication)
  const known = publicIntervals(knowledge)
  const leads = noTally()
  if (asLeads) {
    for (const school of cube.shape.schools.keys()) {
      const found = tally(knowledge, leadIntervals(knowledge, known, school), profile, school)
      for (const name of Object.keys(leads) as (keyof Tally)[]) leads[name] += found[name]
    }
  }
  const seen = tally(knowledge, known, profile)
  return { publication, public: seen, leads, withheld: withheld.length, suppressedIn: tookMs }
}
