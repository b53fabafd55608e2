import { controlPlaneEnv, installationEnv, listenEnv, logEnv, parseEnv, warehouseEnv } from '@cairn/config'
import { z } from 'zod'

/** Every variable that the gateway reads; docs/deploy.md lists them from here. */
export const gatewayEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...warehouseEnv,
  ...listenEnv('GATEWAY', 4000),
})

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): z.output<typeof gatewayEnv> =>
  parseEnv('gateway', gatewayEnv, source)
