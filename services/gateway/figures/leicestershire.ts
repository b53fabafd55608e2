export interface Asked {
  metric: string
  groupBy?: string[]
  period?: object
  filters?: object
  first?: number
  after?: string
}
/** Every field of a row. */
export const fields = `metricId definitionId timePeriod timeIdentifier authorityCode authorityName schoolUrn schoolName phase
  dimensions { name value label } n numerator denominator value lower upper confidence method unit per status symbol
  schools schoolsWithoutRoll rollCensus responseRate profile release reason`
export const query = `query($metric: String!, $groupBy: [String!]! = [], $period: PeriodInput!, $filters: FigureFilters, $first: Int, $after: String) {
  figures(metric: $metric, groupBy: $groupBy, period: $period, filters: $filters, first: $first, after: $after) {
    totalCount asOf pageInfo { hasNextPage hasPreviousPage startCursor endCursor } rows { ${fields} } } }`

export const [ash, birch, cedar, dale, elm] = [812301, 812302, 812303, 812304, 812305]
export const [fir, gorse] = [812306, 812307]
