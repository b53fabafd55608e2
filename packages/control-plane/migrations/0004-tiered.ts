import { Migration } from '@mikro-orm/migrations'

/** A mark of their own for tiers. It begins at 0: what stands is worked out once more, which changes nothing of it. */
export class Tiered extends Migration {
  override up(): void {
    const bigint = this.driver.getPlatform().getBigIntTypeDeclarationSQL({})
    this.addSql(`alter table lease add column tiered ${bigint} not null default 0`)
  }
}
