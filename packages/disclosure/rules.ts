/** The rules that can be switched off, one by one, by the tests and the attack alone: never through the index. */
export type Rule =
  | 'secondary'
  | 'schools to authority'
  | 'within schools'
  | 'within authority'
  | 'time'
  | 'outcomes'
  | 'denominators secondary'
  | 'sum'
  | 'lead'
  | 'pair tables'
  | 'derived'
  | 'audit'
  | 'audit as leads'

export type Without = ReadonlySet<Rule>

/** What is protected in one layer of cells, and from where on it is not. */
export interface Requirement {
  /** A figure from 1 to below this is protected. */
  below: number
  /** A hidden figure's interval must be at least this wide, and reach `below`. */
  width: number
  /** Denominators: their sums in a line are held to a rule of their own. */
  denominators: boolean
  /** All but a few are protected as the few are: not for events, of which a pupil may have several. */
  complement: boolean
  /** None and all are protected too. */
  sensitive: boolean
}

/** Whether a figure is protected by itself. `of` is its denominator. */
export function isProtected(need: Requirement, value: number, of: number): boolean {
  return isSmall(need, value, of) || isAllButFew(need, value, of)
}

/** None of few is a true zero, which may be known: that they are few is for the denominators' layer to keep. */
function isAllButFew(need: Requirement, value: number, of: number): boolean {
  return need.complement && (value > 0 || need.sensitive) && isSmall(need, of - value, of)
}

function isSmall({ below, sensitive }: Requirement, value: number, of: number): boolean {
  return value < below && (value > 0 || (sensitive && of > 0))
}

/**
 * Whether the hidden parts of a line with a shown total are together too few: their sum is then known.
 * @param left how many parts are hidden
 */
export function isFewTogether(need: Requirement, sum: number, complement: number, left: number): boolean {
  if (need.denominators) return sum > 0 && sum < need.below + left - 1
  const few = (total: number) => total < need.below && (total > 0 || need.sensitive)
  return few(sum) || (need.complement && few(complement))
}

/**
 * Whether a protected figure keeps its doubt, when a reader knows it to lie within low and high.
 * @param most the most that a reader can think its denominator to be
 */
export function keepsDoubt(
  need: Requirement,
  figure: { value: number; of: number; low: number; high: number; most: number },
): boolean {
  const { value, of, low, high, most } = figure
  if (high - low < need.width) return false
  if (isSmall(need, value, of) && high < need.below) return false
  return !(isAllButFew(need, value, of) && low > most - need.below)
}
