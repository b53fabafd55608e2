import { Migration } from '@mikro-orm/migrations'

/** Rules of tiers by authority and domain: rows are added and never changed. */
export class TierPolicies extends Migration {
  override up(): void {
    const platform = this.driver.getPlatform()
    const integer = platform.getIntegerTypeDeclarationSQL({})
    const string = platform.getVarcharTypeDeclarationSQL({})
    this.addSql(`create table tier_policy (
      authority ${integer} not null references authority (code), domain ${string} not null, version ${integer} not null,
      valid_from ${string} not null, definition text not null, added_at ${string} not null,
      primary key (authority, domain, version))`)
    this.addSql(`insert into revision (area, number) values ('policies', 1)`)
  }
}
