import { Audit } from './audit.ts'
import { Authorities } from './authorities.ts'
import { Calendars } from './calendars.ts'
import { Keys } from './keys.ts'
import { Ledger } from './ledger.ts'
import { migrate } from './migrate.ts'
import { Readers } from './readers.ts'
import { RefusedError } from './refused.ts'
import { Schools } from './schools.ts'
import { openSqlite, type Store } from './store.ts'

export interface ControlPlaneOptions {
  /** `sqlite:FILE`. */
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
  readonly ledger: Ledger
  readonly audit: Audit
  /** Runs the migrations that have not run yet and returns their names; any number of processes may do it at once. */
  migrate(): Promise<string[]>
  close(): Promise<void>
}

/** Opens the control plane. Several processes may have one file open; call migrate() before the first use. */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const [scheme, file] = splitUrl(options.url)
  if (scheme !== 'sqlite' || file === '') throw new RefusedError('url', 'sqlite: and a file')
  if (options.masterKey.length !== 32) throw new RefusedError('master key', '32 bytes')
  const orm = await openSqlite(file)
  const { masterKey, actor = 'cairn', now = () => new Date() } = options
  const store: Store = { orm, masterKey, actor, now }
  return {
    authorities: new Authorities(store),
    schools: new Schools(store),
    readers: new Readers(store),
    keys: new Keys(store),
    calendars: new Calendars(store),
    ledger: new Ledger(store),
    audit: new Audit(store),
    migrate: () => migrate(orm),
    close: () => orm.close(),
  }
}

function splitUrl(url: string): [scheme: string, rest: string] {
  const at = url.indexOf(':')
  return [url.slice(0, at), url.slice(at + 1)]
}
