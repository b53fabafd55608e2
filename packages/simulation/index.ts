export { type SimulatedSchool, simulatedAuthority } from './county.ts'
export { halfTermsOf, weeksInYear } from './school-year.ts'
export { type SimulationOptions, simulate, simulatedRegister, simulatedSource } from './simulate.ts'
export type { SimulationTruth } from './truth.ts'
