import type { Role } from '@cairn/control-plane'
import { type Scope, scopeOf } from './scope.ts'

/** A scope without a credential, for tests of readers alone: nothing that is deployed imports this. */
export const testScope = (
  authorities: readonly number[],
  schools: readonly number[] | 'all' = 'all',
  role: Role = 'analyst',
): Scope =>
  scopeOf({ id: 'test', name: 'test', role, authorities, schools: schools === 'all' ? null : schools })
