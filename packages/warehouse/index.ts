export { accessSql } from './access.ts'
export * from './by-characteristic.ts'
export * from './cells.ts'
export { contextFact } from './characteristics.ts'
export { openWarehouse, type Warehouse, type WarehouseAddress, WarehouseError } from './client.ts'
export {
  type ClosedPeriods,
  closedPeriods,
  closesOn,
  type HalfTermWeek,
  usualSettleDays,
} from './closed-periods.ts'
export * from './evidence.ts'
export * from './freshness.ts'
export { type MigrateOptions, migrateWarehouse, warehouseDdl } from './migrate.ts'
export * from './pipeline.ts'
export * from './present.ts'
export * from './pupil-tiers.ts'
export * from './quarantine.ts'
export * from './recommendations.ts'
export { contextualFacts, type Undrained } from './recompute.ts'
export * from './reconciliation.ts'
export * from './released-cells.ts'
export * from './releases.ts'
export { repair, type Suspects } from './repair.ts'
export { firstCheckins, scoredBy } from './rescore.ts'
export { erasedVersion, facts, factTable, noId, noWeek } from './schema.ts'
export type { SupportQuery } from './support.ts'
export * from './support-effect.ts'
export * from './support-need.ts'
export * from './support-plans.ts'
export * from './tier-history.ts'
export * from './tier-table.ts'
export {
  readTierMovement,
  readTiersUpTo,
  type TierMovementRow,
  type TierQuestion,
} from './tiers.ts'
