import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ControlPlane, openControlPlane } from './control-plane.ts'

export interface TemporaryControlPlane {
  readonly plane: ControlPlane
  readonly file: string
  readonly masterKey: Buffer
  /** Opens the same file once more, as another process would. */
  again(now?: () => Date): Promise<ControlPlane>
  remove(): Promise<void>
}

/** A migrated control plane on a real file of its own, for tests alone. */
export async function temporaryControlPlane(now?: () => Date): Promise<TemporaryControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), 'cairn-control-plane-'))
  const file = join(dir, 'control-plane.db')
  const masterKey = randomBytes(32)
  const open = (clock?: () => Date) =>
    openControlPlane({ url: `sqlite:${file}`, masterKey, actor: 'test', ...(clock ? { now: clock } : {}) })
  const plane = await open(now)
  await plane.migrate()
  const opened = [plane]
  return {
    plane,
    file,
    masterKey,
    async again(clock) {
      const other = await open(clock)
      opened.push(other)
      return other
    },
    async remove() {
      for (const one of opened) await one.close()
      rmSync(dir, { recursive: true })
    },
  }
}

/** Two authorities with two schools each: 855 (100001, 100002) and 856 (100003, 100004). */
export async function addTwoAuthorities({ authorities, schools }: ControlPlane): Promise<void> {
  await authorities.add({ code: 855, gssCode: 'E10000018', name: 'Leicestershire' })
  await authorities.add({ code: 856, gssCode: 'E06000016', name: 'Leicester' })
  const school = (urn: number, authority: number) => ({
    urn,
    authority,
    name: `School ${urn}`,
    phase: 'PS' as const,
  })
  await schools.import([school(100001, 855), school(100002, 855), school(100003, 856), school(100004, 856)])
}
