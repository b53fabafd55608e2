export type CellValue = string | number | boolean | null

/** Rows as aligned columns under a heading; numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly CellValue[])[]): string {
  const text = rows.map((row) => row.map(shown))
  const numeric = headings.map((_, c) => rows.length > 0 && rows.every((row) => typeof row[c] === 'number'))
  const widths = headings.map((heading, c) => Math.max(heading.length, ...text.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (numeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd()
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...text.map(line)].join('\n')
}

const shown = (value: CellValue): string =>
  typeof value === 'number' ? grouped(value) : String(value ?? '–')

/** 389484 → 389,484 */
export const grouped = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 2 })

/** `1 event`, `2 events`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`
