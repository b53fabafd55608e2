import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface GatewayRuleOff {
  readonly file: string
  /** As it stands in the file, once. */
  readonly line: string
  readonly instead: string
  /** What looks: random programs, all questions about support or tiers, or a release's means beside its counts. */
  readonly by: 'programs' | 'support' | 'tiers' | 'means'
}

/** The gateway's own rules, each as the line that keeps it, and what would stand there without. */
export const gatewayRules = {
  /** Readers across schools get what releases hold; without, each figure as it is now and judged by itself. */
  'released alone': {
    file: 'services/gateway/figures/answer.ts',
    line: 'if (holdsRecords(scope)) return counted(reading.groups, await deps.directory.ownProfile(scope))',
    instead:
      'return counted(reading.groups, holdsRecords(scope) ? await deps.directory.ownProfile(scope) : aggregate)',
    by: 'programs',
  },
  /** A school's support is told to its lead; without, to whoever may read the school, each number judged by itself. */
  'support to its lead': {
    file: 'packages/access/scope.ts',
    line: "role === 'school_lead' && schools !== 'all'",
    instead: "schools !== ''",
    by: 'support',
  },
  /** A release's layers close along their lines, means among them; without, each figure is judged by itself. */
  'lines of means': {
    file: 'packages/disclosure/release.ts',
    line: 'suppressInSteps(cube, profile, new Set(), true)',
    instead: "suppressInSteps(cube, profile, new Set(['secondary', 'audit']), true)",
    by: 'means',
  },
  /** Of pupils told apart all values are told or none, as a whole; without, each number judged by itself. */
  'values all or none': {
    file: 'services/gateway/support/tables.ts',
    line: 'if (there.length === 0) return true',
    instead: 'if (there.length === 0 || asked.pupilsBy) return true',
    by: 'support',
  },
  /** Readers of some schools are told no tiers; without, of each of their schools, judged by itself. */
  'tiers of whole authorities': {
    file: 'services/gateway/closed-periods.ts',
    line: "if (context.scope.schools !== 'all') throw",
    instead: 'if (context.scope.schools.length === 0) throw',
    by: 'tiers',
  },
  /** Exits and decisions of an academic year; without, of any span of half-terms in one. */
  'tiers by year': {
    file: 'services/gateway/closed-periods.ts',
    line: "const of = 'an academic year'",
    instead: "const of = 'a half-term'",
    by: 'tiers',
  },
  /** Stays and falls as a year ends; without, as any half-term does. */
  'what grows by year': {
    file: 'services/gateway/tiers/asked.ts',
    line: "edge: 'last', of: 'an academic year'",
    instead: "edge: 'last', of: 'a half-term'",
    by: 'tiers',
  },
  /** … and where what they grew by may be told; without, where they may. */
  'what grows with its growth': {
    file: 'services/gateway/tiers/grown.ts',
    line: 'mayTell(reader, grown) &&',
    instead: 'true ||',
    by: 'tiers',
  },
  /** One movement of a year; without, between any two ends of half-terms of a year. */
  'one movement a year': {
    file: 'services/gateway/closed-periods.ts',
    line: "const of = 'an academic year’s first half-term'",
    instead: "if (context.scope.schools === 'all') return\n  const of = 'a half-term'",
    by: 'tiers',
  },
  /** A mix decided over all its lines; without, each number by itself. */
  'mix as a whole': {
    file: 'packages/disclosure/publication.ts',
    line: 'suppressWithout(cube, profile, new Set(), asLeads)',
    instead: "suppressWithout(cube, profile, new Set(['secondary', 'audit']), asLeads)",
    by: 'tiers',
  },
  /** … and looked at as each lead; without, as the public. */
  'mix as leads': {
    file: 'services/gateway/tiers/closed.ts',
    line: '{ asLeads: schools.length > 1',
    instead: '{ asLeads: schools.length < 0',
    by: 'tiers',
  },
} as const satisfies Record<string, GatewayRuleOff>
export type GatewayRule = keyof typeof gatewayRules

export interface FoundWithout {
  readonly off: GatewayRule
  readonly numbers: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
}

const run = promisify(execFile)
const child = fileURLToPath(new URL('without.ts', import.meta.url))

/** The attack on a gateway without a rule, in a process of its own: a module is loaded once. */
export async function attackWithout(
  off: GatewayRule,
  { programs, seed }: { programs: number; seed: number },
): Promise<FoundWithout> {
  const args = ['--disable-warning=ExperimentalWarning', '--import', 'tsx', child, off]
  const { stdout } = await run(process.execPath, [...args, `${programs}`, `${seed}`], { maxBuffer: 2 ** 26 })
  const { numbers, secrets, exposed, exposedToLeads } = JSON.parse(stdout)
  return { off, numbers, secrets, exposed, exposedToLeads }
}
