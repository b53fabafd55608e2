import * as echarts from 'echarts'

/** What compareSchools answers, as far as it is drawn. */
export interface FunnelData {
  readonly rows: readonly {
    readonly schoolName: string
    readonly denominator: number | null
    readonly value: number | null
    readonly funnel: { readonly significance: string } | null
  }[]
  readonly funnel: {
    readonly centre: number
    readonly curve: readonly Record<'denominator' | 'lower2s' | 'upper2s' | 'lower3s' | 'upper3s', number>[]
  }
}

/** What trend answers, as far as it is drawn. */
export interface TrendData {
  readonly points: readonly {
    readonly from: string
    readonly value: number | null
    readonly specialCause: string | null
  }[]
  readonly phases: readonly Record<'mean' | 'lower' | 'upper', number>[]
  readonly target: number | null
  readonly changes: readonly { readonly on: string; readonly label: string }[]
}

export interface Words {
  readonly title: string
  /** Says in a sentence or two what the chart shows, for those who cannot see it. */
  readonly description: string
}

const [width, height] = [760, 430]
const font = 'Arial, Helvetica, sans-serif'
const ink = '#0b0c0c'
const quiet = '#505a5f'
/** Colours of the Government Analysis Function; shapes differ too, so that colour is never alone. */
const blue = '#12436d'
const orange = '#c8501e'

const text = { fontFamily: font, fontSize: 13, color: ink }
const axis = (name: string, gap: number) => ({
  name,
  nameLocation: 'middle' as const,
  nameGap: gap,
  nameTextStyle: text,
  axisLabel: text,
  axisLine: { show: true, lineStyle: { color: quiet } },
  splitLine: { show: false },
})
const line = (name: string, data: (number | string)[][], style: object) => ({
  ...{ name, type: 'line' as const, data, symbol: 'none', silent: true },
  lineStyle: { color: quiet, width: 1.5, ...style },
  itemStyle: { color: quiet },
})
const dashed = { type: 'dashed' as const }
/** Words that stay readable across a line. */
const beside = (formatter: string, position: 'left' | 'right' | 'end') => ({
  ...{ show: true, formatter, position, ...text, fontSize: 12 },
  ...{ textBorderColor: '#ffffff', textBorderWidth: 3 },
})

/** A funnel: schools by size and value, the benchmark, and the limits around it. */
export function funnelSvg({ rows, funnel }: FunnelData, words: Words): string {
  const { curve, centre } = funnel
  const widest = curve.at(-1)!.denominator
  const limit = (name: string, at: 'lower2s' | 'upper2s' | 'lower3s' | 'upper3s', style: object) =>
    line(
      name,
      curve.map((point) => [point.denominator, point[at]]),
      style,
    )
  const points = (name: string, outside: boolean, symbol: string, color: string) => ({
    ...{ name, type: 'scatter' as const, symbol, symbolSize: 11, itemStyle: { color, opacity: 1 }, z: 5 },
    data: rows
      .filter((row) => row.value !== null && row.funnel !== null)
      .filter((row) => (row.funnel!.significance !== 'Not significant') === outside)
      .map((row) => ({
        value: [row.denominator!, row.value!],
        label: beside(row.schoolName, row.denominator! > 0.8 * widest ? 'left' : 'right'),
      })),
  })
  return drawn('funnel', words, {
    xAxis: { type: 'value', ...axis('Pupils on roll', 30), min: 0 },
    yAxis: { type: 'value', ...axis('Exclusions per 100 pupils', 40), min: 0 },
    legend: legend([
      'School within 95 % limits',
      'School beyond',
      'Authority',
      '95 % limits',
      '99.8 % limits',
    ]),
    series: [
      limit('99.8 % limits', 'upper3s', {}),
      limit('99.8 % limits', 'lower3s', {}),
      limit('95 % limits', 'upper2s', dashed),
      limit('95 % limits', 'lower2s', dashed),
      line(
        'Authority',
        [0, curve.length - 1].map((i) => [curve[i]!.denominator, centre]),
        { color: ink, width: 2 },
      ),
      points('School within 95 % limits', false, 'circle', blue),
      points('School beyond', true, 'diamond', orange),
    ],
  })
}

/** An XmR chart: values by week, mean and limits of each phase, special causes and changes marked. */
export function trendSvg({ points, phases, target, changes }: TrendData, words: Words): string {
  const [first, last] = [points[0]!.from, points.at(-1)!.from]
  const level = (name: string, at: number, style: object) =>
    line(
      name,
      [first, last].map((day) => [day, at]),
      style,
    )
  const [phase] = phases
  const special = points.filter((point) => point.specialCause !== null)
  return drawn('trend', words, {
    xAxis: {
      type: 'category',
      ...axis('Week beginning', 38),
      data: points.map((point) => point.from),
      axisLabel: { ...text, interval: 0, formatter: weekLabel },
    },
    yAxis: { type: 'value', ...axis('Incidents per 100 pupils', 40), min: 0 },
    legend: legend(['Week', 'Special cause', 'Mean', 'Limits (trial)', 'Target']),
    series: [
      level('Limits (trial)', phase!.upper, dashed),
      level('Limits (trial)', phase!.lower, dashed),
      level('Mean', phase!.mean, { color: ink, width: 2 }),
      ...(target === null ? [] : [level('Target', target, { color: orange, type: 'dotted', width: 2 })]),
      {
        ...{ name: 'Week', type: 'line', symbol: 'circle', symbolSize: 9, connectNulls: false },
        data: points.map((point) => point.value),
        lineStyle: { color: blue, width: 2 },
        itemStyle: { color: blue },
        markLine: {
          ...{ symbol: 'none', silent: true, lineStyle: { color: quiet, type: 'dotted' as const } },
          data: changes.map(({ on, label }) => ({
            xAxis: points.find((point) => point.from >= on)?.from ?? last,
            label: { ...beside(label, 'end'), rotate: 0, distance: 4 },
          })),
        },
      },
      {
        ...{ name: 'Special cause', type: 'scatter', symbol: 'diamond', symbolSize: 15 },
        data: special.map((point) => [point.from, point.value!]),
        itemStyle: { color: orange, opacity: 1 },
        z: 5,
      },
    ],
  })
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekLabel = (day: string): string => `${Number(day.slice(8))}\n${months[Number(day.slice(5, 7)) - 1]}`

/** Those that are lines alone have no mark on them. */
const lines = ['Authority', '95 % limits', '99.8 % limits', 'Mean', 'Limits (trial)', 'Target']
const legend = (names: string[]) => ({
  data: names.map((name) => ({ name, ...(lines.includes(name) && { itemStyle: { opacity: 0 } }) })),
  top: 32,
  left: 4,
  textStyle: text,
  itemGap: 16,
})

function drawn(id: string, { title, description }: Words, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: font },
    title: {
      text: title,
      left: 8,
      top: 6,
      padding: 0,
      textStyle: { ...text, fontSize: 16, fontWeight: 'bold' },
    },
    grid: { left: 62, right: 24, top: 88, bottom: 52 },
    ...option,
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  const said =
    `<title id="${id}-title">${escaped(title)}</title>` +
    `<desc id="${id}-desc">${escaped(description)}</desc>`
  // Styles for a pointer above a mark are of no use in a picture, and their names count all charts that a process drew:
  // the same figure is to be the same file.
  return `${svg
    .replaceAll(/<style\b[\s\S]*?<\/style>\n?/g, '')
    .replaceAll(/ class="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, `${id}-`)
    .replace(/<svg\b([^>]*)>/, `<svg$1 role="img" aria-labelledby="${id}-title ${id}-desc">${said}`)}\n`
}

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
