export { type Cell, type Disclosed, disclose } from './disclose.ts'
export { DisclosureError } from './error.ts'
export { type FigureName, type Former, namesOf, placeOf, type Status } from './former.ts'
export {
  aggregate,
  baseOf,
  type CubeProfile,
  live,
  type Overrides,
  ownSchool,
  type Profile,
  profileOf,
  shipped,
  stampOf,
  standard,
  strict,
  strictestOf,
  tighten,
} from './profile.ts'
export {
  type Disclosure,
  type LoggedDecision,
  type Publication,
  type PublishedFigure,
  suppress,
} from './publication.ts'
export { auditPublished, type Exposure } from './published.ts'
export { carryMetric, nextRelease, nextReleaseInSteps, type Release } from './release.ts'
export {
  type Category,
  type Characteristic,
  type Coordinate,
  type Cube,
  categories,
  coordinates,
  type LayerKind,
  type Metric,
  type Period,
  periods,
  type Shape,
  shapeFor,
} from './shape.ts'
export type { Steps } from './steps.ts'
export { type Symbol, symbolFor, symbols } from './symbols.ts'
export {
  isOpenTable,
  type Shown,
  type ShownTable,
  type TableCell,
  type TableHistory,
  tablesToShow,
} from './tables.ts'
