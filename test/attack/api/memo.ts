import type { Warehouse } from '@cairn/warehouse'

type Statement = Parameters<Warehouse['query']>[0]

/**
 * Stands between the gateway and its warehouse: the same statement is answered from memory until told to forget. What is
 * asked of the gateway it works out each time.
 */
export class Memory {
  readonly #known = new Map<string, Promise<unknown[]>>()

  readonly wrap = (warehouse: Warehouse): Warehouse => ({
    ...warehouse,
    query: <Row>({ signal: _, ...statement }: Statement): Promise<Row[]> => {
      const { name, sql, params, authorities } = statement
      const key = JSON.stringify([name, sql, params, authorities])
      const found = this.#known.get(key) ?? warehouse.query(statement)
      this.#known.set(key, found)
      found.catch(() => this.#known.delete(key))
      return found as Promise<Row[]>
    },
  })

  /** Whenever something is written. */
  forget(): void {
    this.#known.clear()
  }
}
