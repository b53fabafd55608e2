import { Audit } from './audit.ts'
import { Authorities } from './authorities.ts'
import { Calendars } from './calendars.ts'
import { Instruments } from './instruments.ts'
import { Keys } from './keys.ts'
import { Ledger } from './ledger.ts'
import { migrate } from './migrate.ts'
import { openStore } from './open-store.ts'
import { Policies } from './policies.ts'
import { Profiles } from './profiles.ts'
import { Readers } from './readers.ts'
import { RefusedError } from './refused.ts'
import { ReleaseStates } from './release-states.ts'
import { Schools } from './schools.ts'
import type { Store } from './store.ts'
import { saying, sayUnavailable } from './unavailable.ts'

export interface ControlPlaneOptions {
  /** `sqlite:FILE`, or `postgres://user:password@host:port/database`. */
  readonly url: string
  /** 32 bytes; see loadOrCreateMasterKey. */
  readonly masterKey: Buffer
  /** Who acts, as the audit names it: the service, or the command line's user. */
  readonly actor?: string
  readonly now?: () => Date
}

/** What the installation knows of who sends, who asks and how far the pipeline is. */
export interface ControlPlane {
  readonly authorities: Authorities
  readonly schools: Schools
  readonly readers: Readers
  readonly keys: Keys
  readonly calendars: Calendars
  readonly instruments: Instruments
  readonly policies: Policies
  readonly profiles: Profiles
  readonly ledger: Ledger
  readonly releaseStates: ReleaseStates
  readonly audit: Audit
  /** Runs the migrations that have not run yet and returns their names; any number of processes may do it at once. */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

/**
 * Opens the control plane. Several processes may have one database open; call migrate() before the first use.
 * @throws RefusedError; later, every method may throw ControlPlaneUnavailable where the database is a server
 */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  if (options.masterKey.length !== 32) throw new RefusedError('master key', '32 bytes')
  const orm = await openStore(options.url).catch((error) => {
    throw sayUnavailable(error)
  })
  const { masterKey, actor = 'cairn', now = () => new Date() } = options
  const store: Store = { orm, masterKey, actor, now }
  return {
    authorities: saying(new Authorities(store)),
    schools: saying(new Schools(store)),
    readers: saying(new Readers(store)),
    keys: saying(new Keys(store)),
    calendars: saying(new Calendars(store)),
    instruments: saying(new Instruments(store)),
    policies: saying(new Policies(store)),
    profiles: saying(new Profiles(store)),
    ledger: saying(new Ledger(store)),
    releaseStates: saying(new ReleaseStates(store)),
    audit: saying(new Audit(store)),
    migrate: () =>
      migrate(orm).catch((error) => {
        throw sayUnavailable(error)
      }),
    close: () => orm.close(),
  }
}
