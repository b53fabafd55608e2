export * from './instrument.ts'
export * from './resilience-wheel.ts'
export * from './score.ts'
