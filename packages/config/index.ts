export { describeEnv, EnvError, type EnvVariable, parseEnv } from './environment.ts'
export {
  controlPlaneEnv,
  controlPlaneSettings,
  installationEnv,
  listenEnv,
  logEnv,
  logSettings,
  oidcEnv,
  oidcSettings,
  rowPoliciesEnv,
  type Secret,
  secret,
  settleEnv,
  warehouseEnv,
  warehouseSettings,
} from './parts.ts'
export { runService, type Service } from './service.ts'
