import { Migration } from '@mikro-orm/migrations'

/** Disclosure profiles that authorities have tightened: rows are added and never changed. */
export class DisclosureProfiles extends Migration {
  override up(): void {
    const platform = this.driver.getPlatform()
    const integer = platform.getIntegerTypeDeclarationSQL({})
    const string = platform.getVarcharTypeDeclarationSQL({})
    this.addSql(`create table disclosure_profile (
      authority ${integer} not null references authority (code), base ${string} not null, version ${integer} not null,
      definition text not null, added_at ${string} not null, primary key (authority, base, version))`)
  }
}
