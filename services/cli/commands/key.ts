import { type ControlPlane, type Reader, roles } from '@cairn/control-plane'
import { Command, Option } from 'commander'
import { misuse } from '../fault.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, laCode, several, urn } from '../options.ts'
import { table } from '../table.ts'

export const keyCommand = (): Command =>
  new Command('key')
    .description('keys: to send events, or to read figures')
    .addCommand(create())
    .addCommand(revoke())
    .addCommand(list())

interface CreateOptions {
  authority: number[]
  school?: number
  source?: string[]
  role?: Reader['role']
  reader?: string
  name?: string
  label?: string
  expires?: string
  data?: string
  json?: boolean
}

const create = (): Command =>
  new Command('create')
    .description('make a key; it is shown this once, and kept nowhere')
    .requiredOption('--authority <code>', 'LA code; several for a commissioner', several(laCode))
    .option('--school <urn>', 'this school alone', urn)
    .option(
      '--source <prefix>',
      'ingest: a prefix of `source` that it may send as; may be given several times',
      several(String),
    )
    .addOption(new Option('--role <role>', 'reader: what it may read').choices([...roles]))
    .option('--reader <id>', 'reader: whose key it is (default: made from role and authority)')
    .option('--name <name>', 'reader: name of a new one')
    .option('--label <label>', 'what the key is for', 'command line')
    .option('--expires <time>', 'ISO 8601 time after which it is refused')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
With --source it is a key that sends events, with --role one that reads figures.
A key of one school must have a source prefix of its own, so that no school can overwrite another's events.

Examples:
  cairn key create --authority 855 --source urn:mis:855
  cairn key create --authority 855 --school 120001 --source urn:mis:120001
  cairn key create --authority 855 --role analyst
  cairn key create --authority 855 --authority 856 --role commissioner`,
    )
    .action(async (options: CreateOptions) => {
      if ((options.role === undefined) === (options.source === undefined))
        throw misuse('Give either --source (a key that sends events) or --role (a key that reads figures).')
      const created = await withControlPlane(existingFolder(options), (controlPlane) =>
        options.role ? readerKey(controlPlane, options, options.role) : ingestKey(controlPlane, options),
      )
      if (options.json) console.log(JSON.stringify(created))
      else {
        console.error(`Key ${created.id}. It is shown this once:`)
        console.log(created.key)
      }
    })

async function ingestKey(
  { keys }: ControlPlane,
  { authority, school, source, label, expires }: CreateOptions,
) {
  const [code, ...more] = authority
  if (more.length > 0) throw misuse('A key that sends events is for one authority.')
  const request = {
    kind: 'ingest',
    authority: code!,
    school: school ?? null,
    sources: source!,
    label: label!,
  } as const
  return keys.create({ ...request, ...(expires ? { expiresAt: expires } : {}) })
}

async function readerKey({ keys, readers }: ControlPlane, options: CreateOptions, role: Reader['role']) {
  const { authority, school, label, expires } = options
  const id =
    options.reader ??
    [role, ...authority, ...(school ? [school] : [])].join('-').replaceAll('_', '-').slice(0, 64)
  const wanted: Reader = {
    id,
    name: options.name ?? id,
    role,
    authorities: authority,
    schools: school ? [school] : null,
  }
  const known = await readers.get(id)
  if (!known) await readers.add(wanted)
  else if (grants(known) !== grants(wanted))
    throw misuse(`There is a reader ${id} with other rights.`, 'Give a new one with --reader ID.')
  return {
    reader: id,
    ...(await keys.create({
      kind: 'reader',
      reader: id,
      label: label!,
      ...(expires ? { expiresAt: expires } : {}),
    })),
  }
}

const grants = ({ role, authorities, schools }: Reader): string =>
  JSON.stringify([role, [...authorities].sort(), schools && [...schools].sort()])

const revoke = (): Command =>
  new Command('revoke')
    .description('revoke a key, for good; it is refused everywhere within five seconds')
    .argument('<id>', 'id of the key, or the key itself')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (given: string, options: { data?: string; json?: boolean }) => {
      const id = /^cairn_([a-z2-7]{16})_/.exec(given)?.[1] ?? given
      await withControlPlane(existingFolder(options), ({ keys }) => keys.revoke(id))
      console.log(options.json ? JSON.stringify({ id, revoked: true }) : `Key ${id} is revoked.`)
    })

const list = (): Command =>
  new Command('list')
    .description('keys there are, without their secrets')
    .option('--authority <code>', 'ingest keys of this authority alone', laCode)
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { authority?: number; data?: string; json?: boolean }) => {
      const keys = await withControlPlane(existingFolder(options), (controlPlane) =>
        controlPlane.keys.list(options.authority),
      )
      if (options.json) console.log(JSON.stringify({ keys }))
      else if (keys.length === 0) console.log('None yet. Make one: cairn key create --help')
      else
        console.log(
          table(
            ['id', 'kind', 'for', 'label', 'created', 'state'],
            keys.map((key) => [
              key.id,
              key.kind,
              whose(key),
              key.label,
              key.createdAt.slice(0, 10),
              state(key),
            ]),
          ),
        )
    })

const whose = (key: {
  reader: string | null
  authority: number | null
  school: number | null
  sources: readonly string[]
}) => key.reader ?? `${key.school ?? key.authority} as ${key.sources.join(', ')}`

const state = ({ revokedAt, expiresAt }: { revokedAt: string | null; expiresAt: string | null }): string => {
  if (revokedAt) return `revoked ${revokedAt.slice(0, 10)}`
  return expiresAt && expiresAt <= new Date().toISOString() ? 'expired' : 'in force'
}
