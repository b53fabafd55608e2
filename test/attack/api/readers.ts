import type { Role } from '@cairn/control-plane'
import type { Installation } from '../../../services/gateway/installation.ts'

/** Who asks. What those who see several schools are told is put together, as anybody might know them all. */
export interface Reader {
  readonly name: string
  readonly key: string
  /** Schools that the reader sees. */
  readonly mask: number
  /** Of a school's lead: the school. Nobody else is told what a lead is told. */
  readonly lead?: number
  /** Of ten programs, about so many. */
  readonly share: number
}

/** Every role; readers of some schools, which overlap; leads of a small school and of a large one. */
export async function readersOf(
  gateway: Installation,
  authority: number,
  urns: readonly number[],
): Promise<Reader[]> {
  const all = 2 ** urns.length - 1
  const add = async (
    name: string,
    role: Role,
    share: number,
    own: readonly number[] = [],
    lead?: number,
  ) => ({
    ...{ name, share, mask: own.length > 0 ? own.reduce((sum, i) => sum + 2 ** i, 0) : all },
    key: await gateway.keyOf(
      name.replaceAll(' ', '-'),
      role,
      [authority],
      own.length > 0 ? own.map((i) => urns[i]!) : null,
    ),
    ...(lead !== undefined && { lead }),
  })
  const readers: Reader[] = []
  for (const [name, role, share] of [
    ['analyst', 'analyst', 3],
    ['commissioner', 'commissioner', 1],
    ['bi', 'bi', 1],
  ] as const)
    readers.push(await add(name, role, share))
  readers.push(await add('analyst of some', 'analyst', 1.5, [0, 1, 2, 3, 4, 5]))
  readers.push(await add('commissioner of others', 'commissioner', 1.5, [4, 5, 6, 7, 8, 9, 10, 11]))
  for (const lead of [1, urns.length - 1])
    readers.push(await add(`lead of ${lead}`, 'school_lead', 1, [lead], lead))
  return readers
}
