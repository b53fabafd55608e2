import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface GatewayRuleOff {
  readonly file: string
  /** As it stands in the file, once. */
  readonly line: string
  readonly instead: string
  /** What looks: random programs, or all questions about support. */
  readonly by: 'programs' | 'support'
}

/** The gateway's own rules, each as the line that keeps it, and what would stand there without. */
export const gatewayRules = {
  /** Readers across schools get what releases hold; without, each figure as it is now and judged by itself. */
  'released alone': {
    file: 'services/gateway/figures/answer.ts',
    line: 'if (holdsRecords(scope)) return counted(reading.groups, ownSchool)',
    instead: 'return counted(reading.groups, holdsRecords(scope) ? ownSchool : aggregate)',
    by: 'programs',
  },
  /** A school's support is told to its lead; without, to whoever may read the school, each number judged by itself. */
  'support to its lead': {
    file: 'packages/access/scope.ts',
    line: "role === 'school_lead' && schools !== 'all'",
    instead: "schools !== ''",
    by: 'support',
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
