export { primaryYears, type SimulatedSchool, secondaryYears, simulatedAuthority } from './county.ts'
export { halfTermsOf, weeksInYear } from './school-year.ts'
export {
  type GivenCounty,
  type Sent,
  type SimulationOptions,
  simulate,
  simulatedRegister,
  simulatedSource,
} from './simulate.ts'
export type { SimulationTruth } from './truth.ts'
