import { Command } from 'commander'
import { misuse } from '../fault.ts'
import { localAuthority } from '../local-authorities.ts'
import { withControlPlane } from '../open.ts'
import { dataOption, existingFolder, folderOf, jsonOption, laCode } from '../options.ts'
import { table } from '../table.ts'

export const authorityCommand = (): Command =>
  new Command('authority').description('local authorities: the tenants').addCommand(add()).addCommand(list())

interface AddOptions {
  name?: string
  gss?: string
  data?: string
  json?: boolean
}

const add = (): Command =>
  new Command('add')
    .description('add an authority, with a pseudonym key of its own')
    .argument('<code>', 'LA code, three digits, such as 855', laCode)
    .option('--name <name>', 'needed only where Cairn does not know the code')
    .option('--gss <code>', 'ONS code, such as E10000018')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nCairn knows names and ONS codes of England’s authorities.\n\nExample: cairn authority add 855',
    )
    .action(async (code: number, options: AddOptions) => {
      const known = localAuthority(code)
      const name = options.name ?? known?.name
      if (name === undefined)
        throw misuse(
          `Cairn does not know the authority ${code}.`,
          `Name it: cairn authority add ${code} --name NAME`,
        )
      const authority = { code, name, gssCode: options.gss ?? known?.gssCode ?? null }
      const added = await withControlPlane(folderOf(options), ({ authorities }) => authorities.add(authority))
      console.log(
        options.json
          ? JSON.stringify(added)
          : `Added ${added.code} ${added.name} (${added.gssCode ?? 'no ONS code'}).`,
      )
    })

const list = (): Command =>
  new Command('list')
    .description('authorities there are')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: { data?: string; json?: boolean }) => {
      const authorities = await withControlPlane(existingFolder(options), (controlPlane) =>
        controlPlane.authorities.list(),
      )
      if (options.json) console.log(JSON.stringify({ authorities }))
      else if (authorities.length === 0) console.log('None yet. Add one: cairn authority add 855')
      else
        console.log(
          table(
            ['code', 'ONS code', 'name'],
            authorities.map((a) => [String(a.code), a.gssCode, a.name]),
          ),
        )
    })
