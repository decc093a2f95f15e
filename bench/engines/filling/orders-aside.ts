import { Client } from 'pg'

interface Order {
  readonly name: string
  readonly sql: string
}

/** Memory for the sorting of one index, of two at a time. */
const sortMemory = '512MB'
const atOnce = 2

/** The indexes that no primary key stands on: made anew once the rows are there, which is much faster than one by one. */
export class OrdersAside {
  readonly #orders: readonly Order[]

  private constructor(orders: readonly Order[]) {
    this.#orders = orders
  }

  static async take(client: Client): Promise<OrdersAside> {
    const { rows } = await client.query<Order>(`
      SELECT indexname AS name, indexdef AS sql FROM pg_indexes
      WHERE schemaname = current_schema() AND tablename NOT LIKE 'lading\\_%'
        AND indexname NOT IN (SELECT conname FROM pg_constraint)`)
    for (const { name } of rows) await client.query(`DROP INDEX "${name}"`)
    return new OrdersAside(rows)
  }

  async putBack(url: string): Promise<void> {
    const left = this.#orders.values()
    const work = async (): Promise<void> => {
      const client = new Client({ connectionString: url })
      await client.connect()
      try {
        await client.query(`SET maintenance_work_mem = '${sortMemory}'; SET statement_timeout = 0`)
        for (const { sql } of left) await client.query(sql)
      } finally {
        await client.end()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
}
