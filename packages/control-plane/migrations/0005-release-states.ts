import { Migration } from '@mikro-orm/migrations'

/** What an operator must know of an authority's releases, whichever process found it out. */
export class ReleaseStatesKept extends Migration {
  override up(): void {
    const platform = this.driver.getPlatform()
    const integer = platform.getIntegerTypeDeclarationSQL({})
    const string = platform.getVarcharTypeDeclarationSQL({})
    this.addSql(`create table release_state (
      authority ${integer} not null references authority (code), academic_year ${integer} not null,
      refused text null, refused_since ${string} null, audited ${string} null, exposed ${integer} null,
      audited_at ${string} null, primary key (authority, academic_year))`)
  }
}
