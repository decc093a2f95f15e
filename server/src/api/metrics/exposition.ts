import type { Family, HistogramSample, Sample } from '../../ports/telemetry/metrics.ts'

export type ExpositionFormat = 'prometheus' | 'openmetrics'

export const contentTypes: { readonly [F in ExpositionFormat]: string } = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/**
 * What is counted, as Prometheus ("Exposition formats") or OpenMetrics 1.0 reads it. They differ in how a counter's
 * family is called, and in the end, by which OpenMetrics tells that nothing was cut off.
 */
export function expose(families: readonly Family[], format: ExpositionFormat): string {
  const lines = families.flatMap((family) => familyLines(family, format))
  if (format === 'openmetrics') lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

function familyLines(family: Family, format: ExpositionFormat): string[] {
  const { name, help, kind, samples } = family
  const called = format === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name
  return [
    `# HELP ${called} ${format === 'openmetrics' ? escapeQuoted(help) : escapeText(help)}`,
    `# TYPE ${called} ${kind}`,
    ...(family.kind === 'histogram'
      ? family.samples.flatMap((sample) => histogramLines(name, sample))
      : (samples as readonly Sample[]).map(({ labels, value }) => line(name, labels, value))),
  ]
}

function histogramLines(name: string, { labels, sum, buckets }: HistogramSample): string[] {
  return [
    ...buckets.map(({ upTo, count }) => line(`${name}_bucket`, { ...labels, le: numberText(upTo) }, count)),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, buckets.at(-1)?.count ?? 0),
  ]
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeQuoted(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeQuoted(text: string): string {
  return escapeText(text).replaceAll('"', '\\"')
}
