import { controlPlaneEnv, installationEnv, listenEnv, logEnv, parseEnv } from '@cairn/config'
import { z } from 'zod'

/** Every variable that ingest reads; docs/deploy.md lists them from here. */
export const ingestEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...listenEnv('INGEST', 4001),
})

export type IngestEnv = z.output<typeof ingestEnv>

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): IngestEnv =>
  parseEnv('ingest', ingestEnv, source)
