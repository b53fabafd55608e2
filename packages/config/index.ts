export { describeEnv, EnvError, type EnvVariable, parseEnv } from './environment.ts'
export {
  controlPlaneEnv,
  controlPlaneSettings,
  installationEnv,
  listenEnv,
  logEnv,
  logSettings,
  type Secret,
  secret,
  warehouseEnv,
  warehouseSettings,
} from './parts.ts'
