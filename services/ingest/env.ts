import { controlPlaneEnv, installationEnv, listenEnv, logEnv, parseEnv } from '@cairn/config'
import { z } from 'zod'

/** Every variable that ingest reads; docs/deploy.md lists them from here. */
export const ingestEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...listenEnv('INGEST', 4001),
})

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): z.output<typeof ingestEnv> =>
  parseEnv('ingest', ingestEnv, source)
