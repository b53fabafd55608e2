import type { EventType } from './event-type.ts'
import { all } from './events/index.ts'

/** Every event type by its CloudEvents `type`. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(all.map((each) => [each.type, each]))
