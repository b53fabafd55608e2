import { Spine } from './0001-spine.ts'
import { InstrumentDefinitions } from './0002-instruments.ts'
import { TierPolicies } from './0003-tier-policies.ts'
import { Tiered } from './0004-tiered.ts'
import { ReleaseStatesKept } from './0005-release-states.ts'
import { DisclosureProfiles } from './0006-disclosure-profiles.ts'

/** In order; a migration that has run anywhere is never changed. */
export const migrations = [
  { name: '0001-spine', class: Spine },
  { name: '0002-instruments', class: InstrumentDefinitions },
  { name: '0003-tier-policies', class: TierPolicies },
  { name: '0004-tiered', class: Tiered },
  { name: '0005-release-states', class: ReleaseStatesKept },
  { name: '0006-disclosure-profiles', class: DisclosureProfiles },
]
