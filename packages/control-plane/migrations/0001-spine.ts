import { Migration } from '@mikro-orm/migrations'

/** Authorities, schools, readers, keys, term calendars, the ledger and the audit chain. */
export class Spine extends Migration {
  override up(): void {
    const platform = this.driver.getPlatform()
    const integer = platform.getIntegerTypeDeclarationSQL({})
    const bigint = platform.getBigIntTypeDeclarationSQL({})
    const bool = platform.getBooleanTypeDeclarationSQL()
    const string = platform.getVarcharTypeDeclarationSQL({})

    this.addSql(`create table authority (
      code ${integer} not null primary key, gss_code ${string} null, name ${string} not null,
      key_id ${string} not null, sealed_key text not null, created_at ${string} not null)`)
    this.addSql(`create table school (
      urn ${integer} not null primary key, authority ${integer} not null references authority (code),
      laestab ${integer} null, name ${string} not null, phase ${string} not null, predecessor ${integer} null,
      aggregate ${bool} not null, synthetic ${bool} not null, open_date ${string} null, close_date ${string} null)`)
    this.addSql('create index school_authority_index on school (authority)')
    // A new URN often keeps its predecessor's LAESTAB: it is unique among open schools alone.
    this.addSql('create unique index school_open_laestab_unique on school (laestab) where close_date is null')
    this.addSql(`create table reader (
      id ${string} not null primary key, name ${string} not null, role ${string} not null,
      authorities text not null, schools text null, created_at ${string} not null)`)
    this.addSql(`create table api_key (
      id ${string} not null primary key, secret_hash ${string} not null, kind ${string} not null,
      authority ${integer} null references authority (code), school ${integer} null references school (urn),
      sources text not null, reader ${string} null, label ${string} not null, created_at ${string} not null,
      expires_at ${string} null, revoked_at ${string} null)`)
    this.addSql('create index api_key_authority_index on api_key (authority)')
    this.addSql('create index api_key_reader_index on api_key (reader)')
    this.addSql(`create table term_calendar (
      authority ${integer} not null references authority (code), school ${integer} not null,
      academic_year ${integer} not null, half_terms text not null,
      primary key (authority, school, academic_year))`)
    this.addSql(`create table lease (
      "partition" ${integer} not null primary key, epoch ${integer} not null, owner ${string} not null,
      "offset" ${bigint} not null, drained ${bigint} not null, settled ${bigint} not null,
      drained_at ${bigint} null, renewed_at ${bigint} not null,
      constraint lease_marks check (0 <= settled and settled <= drained and drained <= "offset"))`)
    this.addSql(`create table audit_entry (
      seq ${integer} not null primary key, at ${string} not null, actor ${string} not null,
      action ${string} not null, subject ${string} not null, detail text not null,
      previous_hash ${string} not null, hash ${string} not null)`)
    this.addSql(`create table revision (area ${string} not null primary key, number ${integer} not null)`)
    this.addSql(`insert into revision (area, number) values
      ('audit', 0), ('authorities', 0), ('calendars', 1), ('epoch', 0), ('keys', 0), ('readers', 0), ('schools', 0)`)
  }
}
