import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A metric says what it measures and what its reader is to conclude: both become its help text. */
export interface MetricText<Label extends string> {
  /** With its unit as last word: `ingest_append_seconds`. `cairn_` is put before it. */
  name: string
  /** What is counted or measured: "Events by outcome". */
  measures: string
  /** What an operator concludes and does: "Many refused: talk to the sender". */
  conclude: string
  /** Outcomes, codes and rules; never an authority's, a school's or a pupil's. */
  labels?: readonly Label[]
}

export interface Metrics {
  registry: Registry
  counter<Label extends string = never>(text: MetricText<Label>): Counter<Label>
  gauge<Label extends string = never>(text: MetricText<Label>): Gauge<Label>
  /** `buckets` are upper bounds in the metric's unit, rising. */
  histogram<Label extends string = never>(text: MetricText<Label> & { buckets: number[] }): Histogram<Label>
  /** Prometheus's text format, for `/metrics`, and the content type that it is sent with. */
  expose(): Promise<{ body: string; contentType: string }>
}

/** A registry of the service's own, with Node's default metrics; every series carries `service`. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const configuration = <Label extends string>({ name, measures, conclude, labels }: MetricText<Label>) => ({
    name: `cairn_${name}`,
    help: `${measures}. ${conclude}.`,
    labelNames: [...(labels ?? [])],
    registers: [registry],
  })
  return {
    registry,
    counter: (text) => new Counter(configuration(text)),
    gauge: (text) => new Gauge(configuration(text)),
    histogram: (text) => new Histogram({ ...configuration(text), buckets: text.buckets }),
    expose: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  }
}
