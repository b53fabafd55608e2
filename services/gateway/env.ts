import {
  controlPlaneEnv,
  installationEnv,
  listenEnv,
  logEnv,
  oidcEnv,
  parseEnv,
  rowPoliciesEnv,
  settleEnv,
  warehouseEnv,
} from '@cairn/config'
import { z } from 'zod'

/** Every variable that the gateway reads; docs/deploy.md lists them from here. */
export const gatewayEnv = z.object({
  ...installationEnv,
  ...logEnv,
  ...controlPlaneEnv,
  ...warehouseEnv,
  ...rowPoliciesEnv,
  ...oidcEnv,
  ...listenEnv('GATEWAY', 4000),
  ...settleEnv,
})

export type GatewayEnv = z.output<typeof gatewayEnv>

/** Settings from the environment; a wrong one is named, its value is not. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): GatewayEnv =>
  parseEnv('gateway', gatewayEnv, source)
