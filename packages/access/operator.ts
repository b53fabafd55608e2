/** A door of its own, so that the boundary check can see who goes through it. */
export { operatorScope } from './scope.ts'
