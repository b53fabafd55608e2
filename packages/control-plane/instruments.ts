import { canonicalJson } from '@cairn/contracts'
import {
  type DefinitionFlaw,
  flawOfCorrection,
  type InstrumentDefinition,
  nameOf,
  instruments as shipped,
  validateDefinition,
} from '@cairn/mtss'
import { InstrumentEntity } from './entities.ts'
import { RefusedError } from './refused.ts'
import { change, type Em, em, revision, type Store } from './store.ts'

/** A definition, and whether it came with Cairn or was imported. */
export interface Instrument {
  readonly definition: InstrumentDefinition
  readonly shipped: boolean
  /** ISO 8601, UTC; null for those that come with Cairn. */
  readonly importedAt: string | null
}

export interface InstrumentImport {
  /** `id@version` */
  readonly name: string
  /** False where exactly this definition was there already. */
  readonly added: boolean
}

/** A definition that breaks rules: all of them, the first as field and rule. Holds no value of it. */
export class DefinitionRefused extends RefusedError {
  readonly flaws: readonly DefinitionFlaw[]

  constructor(flaws: readonly DefinitionFlaw[]) {
    super(flaws[0]!.field || '/', flaws[0]!.rule)
    this.flaws = flaws
  }
}

/** Definitions of instruments: those that come with Cairn, and those that were imported. None ever changes. */
export class Instruments {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Adds a definition. The same once more is no change; another one under the same id and version is refused, and so is
   * a second correction of one definition. @throws DefinitionRefused, RefusedError
   */
  async import(given: unknown): Promise<InstrumentImport> {
    const verdict = validateDefinition(given)
    if ('refused' in verdict) throw new DefinitionRefused(verdict.refused)
    const definition = verdict.ok
    const name = nameOf(definition)
    const content = canonicalJson(definition)
    return change(this.#store, async (tx) => {
      const there = await all(tx.em)
      const same = there.find((one) => nameOf(one.definition) === name)
      if (same) {
        if (canonicalJson(same.definition) === content) return { name, added: false }
        throw new RefusedError('/version', 'a definition never changes: give the new one a higher version')
      }
      if (definition.corrects !== undefined) checkCorrection(definition, there)
      await tx.em.insert(InstrumentEntity, {
        id: definition.id,
        version: definition.version,
        content,
        corrects: definition.corrects ?? null,
        importedAt: this.#store.now().toISOString(),
      })
      await tx.touch('instruments')
      const { licence, corrects = null } = definition
      await tx.note({
        action: 'instrument.import',
        subject: `instrument ${name}`,
        detail: { corrects, holder: licence.holder, expires: licence.expires ?? null },
      })
      return { name, added: true }
    })
  }

  /** By id and version, those that come with Cairn among them. */
  async list(): Promise<Instrument[]> {
    const there = await all(em(this.#store))
    return there.sort(
      ({ definition: a }, { definition: b }) => a.id.localeCompare(b.id) || a.version - b.version,
    )
  }

  /** @param name `id@version` */
  async get(name: string): Promise<Instrument | undefined> {
    return (await this.list()).find(({ definition }) => nameOf(definition) === name)
  }

  /** Every definition that check-ins may name. */
  async all(): Promise<InstrumentDefinition[]> {
    return (await this.list()).map(({ definition }) => definition)
  }

  /** Rises with each import. */
  revision(): Promise<number> {
    return revision(this.#store, 'instruments')
  }
}

async function all(em: Em): Promise<Instrument[]> {
  const rows = await em.find(InstrumentEntity, {})
  return [
    ...shipped.map((definition) => ({ definition, shipped: true, importedAt: null })),
    ...rows.map(({ content, importedAt }) => ({
      definition: JSON.parse(content) as InstrumentDefinition,
      shipped: false,
      importedAt,
    })),
  ]
}

function checkCorrection(definition: InstrumentDefinition, there: readonly Instrument[]): void {
  const corrected = there.find((one) => nameOf(one.definition) === definition.corrects)
  if (!corrected) throw new RefusedError('/corrects', 'a definition that Cairn has')
  const rival = there.find((one) => one.definition.corrects === definition.corrects)
  if (rival)
    throw new RefusedError('/corrects', `${nameOf(rival.definition)} corrects it already: correct that one`)
  const flaw = flawOfCorrection(corrected.definition, definition)
  if (flaw) throw new DefinitionRefused([flaw])
}
