/**
 * The partition of an authority, in every adapter: the remainder of its number.
 *
 * Authority codes run in blocks of consecutive numbers, which a remainder spreads better than a hash does:
 * of the 158 codes in use, 12 partitions get 10 to 17 each; with murmur3's finaliser 8 to 20.
 *
 * @throws RangeError where the authority is not a whole number from 0
 */
export function partitionOf(authority: number, partitions: number): number {
  if (!Number.isSafeInteger(authority) || authority < 0)
    throw new RangeError('authority: must be a whole number from 0')
  return authority % partitions
}
