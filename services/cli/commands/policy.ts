import { readFile } from 'node:fs/promises'
import { type Domain, domains, flawsOfPolicy, mondayOfWeek, type Policy } from '@cairn/mtss'
import { Command, Option } from 'commander'
import { unreadable } from '../csv.ts'
import { exitCodes, Fault } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode, whole } from '../options.ts'
import { table } from '../table.ts'

export const policyCommand = (): Command =>
  new Command('policy')
    .description('rules by which tiers are recommended, by authority and domain')
    .addCommand(importPolicy())
    .addCommand(list())
    .addCommand(show())

interface PolicyOptions {
  authority: number
  data?: string
  json?: boolean
}

const importPolicy = (): Command =>
  new Command('import')
    .description('add the next version of a domain’s rules')
    .argument('<file>', 'JSON: domain, version, rules (cairn policy show prints one to start from)')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .requiredOption('--from <date>', 'Monday of the first week that the rules decide: 2025-09-01')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A version is added and never changed. Where an authority has rules of its own for a domain, they alone decide there, and
nothing does before their first week. Every recommendation of the authority is worked out anew.`,
    )
    .action(async (file: string, { from, ...options }: PolicyOptions & { from: string }) => {
      const text = await readFile(file, 'utf8').catch((error) => Promise.reject(unreadable(error, file)))
      const given = parsed(text, file)
      const flaws = flawsOfPolicy(given)
      if (flaws.length > 0) {
        if (options.json) console.log(JSON.stringify({ refused: flaws }))
        else
          console.error(
            `cairn: refused. ${flaws.map(({ field, rule }) => `${field || '/'}: ${rule}`).join('\n                ')}`,
          )
        process.exitCode = exitCodes.failed
        return
      }
      const { policy, addedAt } = await withControlPlane(existingFolder(options), ({ policies }) =>
        policies.add(options.authority, from, given),
      )
      const { domain, version } = policy
      console.log(
        options.json
          ? JSON.stringify({ authority: options.authority, domain, version, from, addedAt })
          : `Added version ${version} of ${domain} for authority ${options.authority}, in force from ${from}.`,
      )
    })

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault(`${file} is no JSON.`, 'See: cairn policy show --help')
  }
}

interface InForce {
  readonly domain: Domain
  readonly version: number
  /** Null: always. */
  readonly from: string | null
  /** The authority's own, or as shipped. */
  readonly whose: 'own' | 'shipped'
  readonly policy: Policy
}

/** Every version that decides in some week of an authority. */
const inForce = (options: PolicyOptions): Promise<InForce[]> =>
  withControlPlane(existingFolder(options), async ({ policies, authorities }) => {
    if (!(await authorities.get(options.authority)))
      throw new Fault(`There is no authority ${options.authority}.`, 'cairn authority list')
    const timelines = (await policies.of([options.authority])).get(options.authority)!
    const own = new Set((await policies.list(options.authority)).map(({ policy }) => policy.domain))
    return domains.flatMap((domain) =>
      timelines[domain].map(({ from, policy }) => ({
        ...{ domain, version: policy.version, policy },
        ...(own.has(domain)
          ? { from: mondayOfWeek(from), whose: 'own' as const }
          : { from: null, whose: 'shipped' as const }),
      })),
    )
  })

const list = (): Command =>
  new Command('list')
    .description('versions in force, by domain')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: PolicyOptions) => {
      const all = await inForce(options)
      if (options.json) console.log(JSON.stringify({ policies: all.map(({ policy: _, ...one }) => one) }))
      else
        console.log(
          table(
            ['domain', 'version', 'from', 'rules', 'whose'],
            all.map((p) => [p.domain, p.version, p.from ?? 'always', p.policy.rules.length, p.whose]),
          ),
        )
    })

const show = (): Command =>
  new Command('show')
    .description('one version, as JSON that policy import takes')
    .requiredOption('--authority <code>', 'LA code', laCode)
    .addOption(new Option('--domain <domain>').choices([...domains]).makeOptionMandatory())
    .option('--policy-version <n>', 'default: the newest', whole(1, 65_535))
    .addOption(dataOption())
    .action(async (options: PolicyOptions & { domain: Domain; policyVersion?: number }) => {
      const all = (await inForce(options)).filter(
        ({ domain, version }) => domain === options.domain && version === (options.policyVersion ?? version),
      )
      const last = all.at(-1)
      if (!last) throw new Fault('There is no such version.', 'cairn policy list')
      console.log(JSON.stringify(last.policy, null, 2))
    })
