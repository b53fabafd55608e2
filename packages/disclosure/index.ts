export { type Cell, type Disclosed, disclose } from './disclose.ts'
export { interim, type Profile } from './profile.ts'
