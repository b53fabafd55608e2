import { isAdditive, type Metric, metrics } from '@cairn/metrics'
import { Arg, Query, Resolver } from 'type-graphql'
import { methods } from '../figures/estimate.ts'
import { codeSetOf } from '../figures/labels.ts'
import { brokenDown, grainsOf, groupingsOf, isStock } from '../figures/question.ts'
import { grainNames } from '../scalars.ts'
import { type MetricDimension, MetricType } from './types.ts'

@Resolver()
export class MetricsResolver {
  @Query(() => [MetricType], {
    description: 'The registry: every metric, with what it means and how it is worked out.',
  })
  metrics(): MetricType[] {
    return [...metrics.values()].map(described)
  }

  @Query(() => MetricType, { nullable: true })
  metric(@Arg('id', () => String) id: string): MetricType | null {
    const metric = metrics.get(id)
    return metric ? described(metric) : null
  }
}

const intervals: Record<string, string> = {
  none: 'none',
  wilson: methods.wilson,
  rate: `${methods.exact} below 10 events, ${methods.byar} from 10`,
  'mean-t': methods.mean,
}

function described(metric: Metric): MetricType {
  const ratio = metric.kind === 'rate' || metric.kind === 'proportion' ? metric : undefined
  const stored = brokenDown(metric)
  const { id, title, definition, unit, polarity, answers } = metric
  return {
    id,
    title,
    definition,
    unit,
    polarity,
    answers,
    kind: metric.kind === 'stored' ? (stored.measure.kind === 'mean' ? 'mean' : 'count') : metric.kind,
    intervalMethod: intervals[metric.kind === 'median' ? 'none' : metric.interval]!,
    dimensions: dimensionsOf(metric),
    groupings: groupingsOf(metric),
    grains: grainNames(grainsOf(metric)),
    additive: metric.kind === 'stored' && isAdditive(stored) && !isStock(stored),
    numerator: ratio?.numerator.id ?? null,
    denominator: ratio?.denominator.id ?? null,
    per: ratio?.per ?? null,
  }
}

/** Those that some grouping names: internal ones are nobody's business. */
function dimensionsOf(metric: Metric): MetricDimension[] {
  const stored = brokenDown(metric)
  return [...new Set(groupingsOf(metric).flat())].map((name) => ({
    name,
    title: stored.dimensions[name]!.title,
    multiple: stored.dimensions[name]!.each !== undefined,
    codes: (codeSetOf(stored, name)?.codes ?? []).map(({ code, label, validFrom, validTo }) => ({
      value: code,
      label,
      validFrom: validFrom ?? null,
      validTo: validTo ?? null,
    })),
  }))
}
