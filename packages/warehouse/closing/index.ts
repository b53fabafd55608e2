/** A door of its own, so that the boundary check can see who goes through it: behind it stand true small numbers. */
export { type AuditedRelease, auditRelease } from './audit.ts'
export { type Closed, type Closing, closeRelease } from './close.ts'
export { type CubeSources, cubeOf, type Excluded } from './cube.ts'
export {
  type ClosingRequest,
  type ClosingSources,
  closeDue,
  type Due,
  dueOf,
  NotDueError,
  refusalOf,
} from './due.ts'
export type { Carried } from './next.ts'
export { type ProfileRequest, type ProfileSources, profileToClose } from './profile.ts'
export { readCarried, writeRelease } from './write.ts'
