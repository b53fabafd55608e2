import { createLocalIssuer } from '@cairn/access'
import { Command } from 'commander'
import { misuse } from '../fault.ts'
import { masterKeyOf, withControlPlane } from '../open.ts'
import { dataOption, existingFolder, jsonOption, whole } from '../options.ts'

export const tokenCommand = (): Command =>
  new Command('token')
    .description('issue a short-lived token (JWT) for a reader, from the local issuer; for development')
    .argument('<reader>', 'id of the reader')
    .option('--minutes <n>', 'how long it holds', whole(1, 24 * 60), 60)
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nRights stand with the reader, never in the token. Readers: cairn key create --role …, cairn key list.',
    )
    .action(async (reader: string, options: { minutes: number; data?: string; json?: boolean }) => {
      const folder = existingFolder(options)
      const known = await withControlPlane(folder, ({ readers }) => readers.get(reader))
      if (!known) throw misuse(`There is no reader ${reader}.`, 'cairn key create --role … makes one.')
      const issuer = await createLocalIssuer(masterKeyOf(folder))
      const token = await issuer.issueToken(reader, options.minutes * 60)
      console.log(options.json ? JSON.stringify({ reader, token, minutes: options.minutes }) : token)
    })
