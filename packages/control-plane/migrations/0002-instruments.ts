import { Migration } from '@mikro-orm/migrations'

/** Definitions of instruments that were imported; those that come with Cairn are code. */
export class InstrumentDefinitions extends Migration {
  override up(): void {
    const platform = this.driver.getPlatform()
    const integer = platform.getIntegerTypeDeclarationSQL({})
    const string = platform.getVarcharTypeDeclarationSQL({})
    this.addSql(`create table instrument (
      id ${string} not null, version ${integer} not null, content text not null, corrects ${string} null,
      imported_at ${string} not null, primary key (id, version))`)
    // A chain of corrections has one end, whoever imports what at the same time.
    this.addSql('create unique index instrument_corrects_unique on instrument (corrects)')
    this.addSql("insert into revision (area, number) values ('instruments', 0)")
  }
}
