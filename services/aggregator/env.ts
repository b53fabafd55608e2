import {
  controlPlaneEnv,
  installationEnv,
  listenEnv,
  logEnv,
  parseEnv,
  settleEnv,
  warehouseEnv,
} from '@cairn/config'
import { z } from 'zod'

/** Every variable that the aggregator reads; docs/deploy.md lists them from here. */
export const aggregatorEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...warehouseEnv,
  ...listenEnv('AGGREGATOR', 4002),
  CAIRN_AGGREGATOR_BATCH: z.coerce
    .number()
    .int()
    .min(1)
    .max(200_000)
    .default(40_000)
    .describe('Records that are gathered into one insert, over all partitions that it owns'),
  CAIRN_DRAIN_EVERY_MS: z.coerce
    .number()
    .int()
    .min(50)
    .default(1_000)
    .describe('Milliseconds between two drains into cells while there is more to read'),
  CAIRN_RELEASES: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether half-terms and years that have closed are released by themselves; off while history is loaded',
    ),
  ...settleEnv,
})

export type AggregatorEnv = z.output<typeof aggregatorEnv>

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): AggregatorEnv =>
  parseEnv('aggregator', aggregatorEnv, source)
