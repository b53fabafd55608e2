/** Characteristics of pupils by which a metric may be unequal. */
export const characteristics = [
  'fsm',
  'sen_provision',
  'sex',
  'nc_year',
  'ethnicity',
  'idaci_quintile',
] as const
