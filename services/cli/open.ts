import { controlPlaneSettings, logSettings, warehouseSettings } from '@cairn/config'
import { type ControlPlane, masterKeyFrom, openControlPlane } from '@cairn/control-plane'
import { type EventLog, migrateEventLog, openEventLog } from '@cairn/event-log'
import { migrateWarehouse, openWarehouse, type Warehouse, type WarehouseAddress } from '@cairn/warehouse'
import { startEngine } from '@cairn/warehouse/engine'
import { type DataFolder, makeDataFolder } from './data-folder.ts'
import { takeEngineLock } from './engine-lock.ts'
import { actor, readEnv } from './env.ts'
import { readRunFile } from './run-file.ts'

/** Lends the control plane to one command; whether anything else runs makes no difference. */
export async function withControlPlane<T>(
  folder: DataFolder,
  work: (controlPlane: ControlPlane) => Promise<T>,
): Promise<T> {
  const controlPlane = await open(folder)
  try {
    await controlPlane.migrate()
    return await work(controlPlane)
  } finally {
    await controlPlane.close()
  }
}

/** Brings the control plane to the present form; returns the names of the migrations that ran. */
export async function migrateControlPlane(folder: DataFolder): Promise<string[]> {
  const controlPlane = await open(folder)
  try {
    return await controlPlane.migrate()
  } finally {
    await controlPlane.close()
  }
}

function open(folder: DataFolder): Promise<ControlPlane> {
  makeDataFolder(folder)
  const env = readEnv()
  const masterKey = masterKeyOf(folder)
  return openControlPlane({ ...controlPlaneSettings(env, folder.path), masterKey, actor: actor() })
}

/** The master key of the installation: from the environment, else its file. */
export const masterKeyOf = (folder: DataFolder): Buffer =>
  masterKeyFrom({ base64: readEnv().CAIRN_MASTER_KEY, file: folder.masterKey })

/** Makes Kafka's topics, where Kafka is the event log; returns the names of those that it made. */
export const migrateLog = (folder: DataFolder): Promise<string[]> =>
  migrateEventLog(logSettings(readEnv(), folder.path))

/** Lends the event log to one command. */
export async function withLog<T>(folder: DataFolder, work: (log: EventLog) => Promise<T>): Promise<T> {
  makeDataFolder(folder)
  const log = await openEventLog(logSettings(readEnv(), folder.path))
  try {
    return await work(log)
  } finally {
    await log.close()
  }
}

/** Brings the warehouse to the present form; returns the numbers of the migrations that ran. */
export const migrateWarehouseOf = (folder: DataFolder): Promise<number[]> => withEngine(folder, migrate)

/** In the form of a cluster where the environment names one. */
const migrate = (warehouse: Warehouse) => migrateWarehouse(warehouse, { cluster: warehouseServer()?.cluster })

/** The ClickHouse server that the environment names; undefined where the embedded engine is the warehouse. */
export function warehouseServer(): WarehouseAddress | undefined {
  const { CLICKHOUSE_URL: url, ...env } = readEnv()
  return url === undefined ? undefined : warehouseSettings({ ...env, CLICKHOUSE_URL: url })
}

/**
 * Lends the warehouse: the server that the environment names, else through the engine that runs, or one that is started
 * for as long as the command takes.
 */
export const withWarehouse = <T>(
  folder: DataFolder,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> =>
  withEngine(folder, async (warehouse) => {
    await migrate(warehouse)
    return work(warehouse)
  })

async function withEngine<T>(folder: DataFolder, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const server = warehouseServer()
  if (server) return lend(server, work)
  const run = readRunFile(folder)
  if (run) return lend(run.engine, work)
  const lock = takeEngineLock(folder)
  try {
    const engine = await startEngine({ dataDir: folder.warehouse })
    try {
      return await lend(engine, work)
    } finally {
      await engine.stop()
    }
  } finally {
    lock.release()
  }
}

async function lend<T>(address: WarehouseAddress, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = openWarehouse(address)
  try {
    return await work(warehouse)
  } finally {
    await warehouse.close()
  }
}
